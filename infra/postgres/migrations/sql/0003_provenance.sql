-- Whose each CRDT id of a document is: stretches of one client's ids, and to whom a client id belongs.
CREATE TABLE read.provenance_stretches (
  tenant_id     uuid NOT NULL,
  document_id   uuid NOT NULL,
  client        bigint NOT NULL,
  clock_from    bigint NOT NULL,
  clock_to      bigint NOT NULL,
  origin        text NOT NULL,
  author_ref    text NOT NULL,
  generation_id uuid,
  accepted_by   text,
  relayed       boolean NOT NULL,
  at            timestamptz NOT NULL,
  until         timestamptz NOT NULL,
  position      bigint NOT NULL,
  PRIMARY KEY (tenant_id, document_id, client, clock_from)
);

CREATE TABLE read.provenance_claims (
  tenant_id     uuid NOT NULL,
  document_id   uuid NOT NULL,
  client        bigint NOT NULL,
  session_id    text NOT NULL,
  is_live       boolean NOT NULL,
  origin        text NOT NULL,
  author_ref    text NOT NULL,
  generation_id uuid,
  accepted_by   text,
  PRIMARY KEY (tenant_id, document_id, client)
);
CREATE INDEX provenance_claims_session ON read.provenance_claims (tenant_id, document_id, session_id);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['provenance_stretches', 'provenance_claims'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;
