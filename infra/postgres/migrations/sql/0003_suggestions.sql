-- Text asked of models, and suggestions: whose they are and how they stand. No word of them: those are in the log.
CREATE TABLE read.generations (
  tenant_id     uuid NOT NULL,
  generation_id uuid NOT NULL,
  document_id   uuid NOT NULL,
  member_id     uuid NOT NULL,
  state         text NOT NULL,
  requested_at  timestamptz NOT NULL,
  suggestion_id uuid,
  PRIMARY KEY (tenant_id, generation_id)
);
CREATE INDEX generations_of_a_document ON read.generations (tenant_id, document_id, requested_at DESC);
CREATE INDEX generations_waiting ON read.generations (requested_at) WHERE state = 'queued';

CREATE TABLE read.suggestions (
  tenant_id     uuid NOT NULL,
  suggestion_id uuid NOT NULL,
  document_id   uuid NOT NULL,
  generation_id uuid,
  open_hunks    integer[] NOT NULL,
  withdrawn     boolean NOT NULL DEFAULT false,
  made_at       timestamptz NOT NULL,
  position      bigint NOT NULL,
  PRIMARY KEY (tenant_id, suggestion_id)
);
CREATE INDEX suggestions_of_a_document ON read.suggestions (tenant_id, document_id, made_at DESC, suggestion_id DESC);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['generations', 'suggestions'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;

CREATE POLICY resolves ON read.generations FOR SELECT TO colophon_resolver USING (true);
GRANT SELECT ON read.generations TO colophon_resolver;

-- What waits for a co-author, of every tenant: ids only.
CREATE FUNCTION sec.waiting_generations(generations_max int)
RETURNS TABLE (tenant_id uuid, generation_id uuid, member_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT g.tenant_id, g.generation_id, g.member_id
    FROM read.generations g WHERE g.state = 'queued' ORDER BY g.requested_at LIMIT generations_max
$$;
REVOKE ALL ON FUNCTION sec.waiting_generations(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.waiting_generations(int) TO colophon_projector;
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
ALTER FUNCTION sec.waiting_generations(int) OWNER TO colophon_resolver;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;
