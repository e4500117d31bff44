-- The read models of documents, and how far each projection has come.
CREATE TABLE read.checkpoints (
  tenant_id  uuid NOT NULL,
  projection text NOT NULL,
  version    integer NOT NULL,
  position   bigint NOT NULL,
  moved_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, projection, version)
);

-- An event that a projection could not take. Its stream waits there until somebody retries; all others go on.
CREATE TABLE read.dead_letters (
  tenant_id  uuid NOT NULL,
  projection text NOT NULL,
  version    integer NOT NULL,
  stream_id  uuid NOT NULL,
  position   bigint NOT NULL,
  error      text NOT NULL,
  failed_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, projection, version, stream_id)
);

CREATE TABLE read.document_library (
  tenant_id   uuid NOT NULL,
  document_id uuid NOT NULL,
  title       text NOT NULL,
  body        text NOT NULL,
  status      text NOT NULL,
  version     bigint NOT NULL,
  created_at  timestamptz NOT NULL,
  created_by  text NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  text NOT NULL,
  position    bigint NOT NULL,
  PRIMARY KEY (tenant_id, document_id)
);
CREATE INDEX document_library_recent ON read.document_library (tenant_id, updated_at DESC, document_id DESC);

CREATE TABLE read.document_history (
  tenant_id     uuid NOT NULL,
  document_id   uuid NOT NULL,
  number        bigint NOT NULL,
  kind          text NOT NULL,
  position_from bigint NOT NULL,
  position_to   bigint NOT NULL,
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz NOT NULL,
  edits         integer NOT NULL,
  actor_ref     text NOT NULL,
  title         text,
  PRIMARY KEY (tenant_id, document_id, number)
);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['checkpoints', 'dead_letters', 'document_library', 'document_history'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;
CREATE POLICY resolves ON read.checkpoints FOR SELECT TO colophon_resolver USING (true);
CREATE POLICY resolves ON read.dead_letters FOR SELECT TO colophon_resolver USING (true);
GRANT SELECT ON read.checkpoints, read.dead_letters TO colophon_resolver;
CREATE POLICY resolves ON log.heads FOR SELECT TO colophon_resolver USING (true);
GRANT USAGE ON SCHEMA log TO colophon_resolver;
GRANT SELECT ON log.heads TO colophon_resolver;

-- Where each projection stands for each tenant: positions and ids only, nothing of anybody's content.
CREATE FUNCTION sec.projection_progress(names text[], versions int[])
RETURNS TABLE (projection text, version int, tenant_id uuid, "position" bigint, head bigint, dead_letters bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.name, p.version, h.tenant_id, coalesce(c.position, 0), h.position,
         (SELECT count(*) FROM read.dead_letters d
           WHERE d.tenant_id = h.tenant_id AND d.projection = p.name AND d.version = p.version)
    FROM unnest(names, versions) p(name, version) CROSS JOIN log.heads h
    LEFT JOIN read.checkpoints c ON c.tenant_id = h.tenant_id AND c.projection = p.name AND c.version = p.version
$$;
REVOKE ALL ON FUNCTION sec.projection_progress(text[], int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.projection_progress(text[], int[]) TO colophon_projector;
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
ALTER FUNCTION sec.projection_progress(text[], int[]) OWNER TO colophon_resolver;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;
