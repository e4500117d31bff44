-- How good people found the answers of models; beside the ledger, by the id of the call.
CREATE TABLE read.ai_ratings (
  tenant_id uuid NOT NULL,
  call_id   uuid NOT NULL,
  member_id uuid NOT NULL,
  rating    smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
  rated_at  timestamptz NOT NULL,
  times     integer NOT NULL,
  position  bigint NOT NULL,
  PRIMARY KEY (tenant_id, call_id, member_id)
);
CREATE INDEX ai_ratings_in_order ON read.ai_ratings (tenant_id, position);

SELECT sec.protect('read.ai_ratings'::regclass, 'colophon_app', 'colophon_projector');
GRANT SELECT ON read.ai_ratings TO colophon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.ai_ratings TO colophon_projector;
