-- Signed checkpoints of each tenant's log, and the complete subtrees that proofs are put together from.
GRANT USAGE ON SCHEMA log, sec, keystore TO colophon_sealer;

CREATE TABLE log.checkpoints (
  tenant_id uuid NOT NULL,
  size      bigint NOT NULL CHECK (size > 0),
  root      bytea NOT NULL CHECK (length(root) = 32),
  frontier  bytea NOT NULL,
  note      text NOT NULL,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, size)
);

-- Roots of 256, 65536, ... leaves: level 8, 16, ... A proof then reads at most 255 hashes of each of these levels.
CREATE TABLE log.subtrees (
  tenant_id uuid NOT NULL,
  level     smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
  index     bigint NOT NULL CHECK (index >= 0),
  hash      bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (tenant_id, level, index)
);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['checkpoints', 'subtrees'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON log.%I FOR EACH ROW '
                   'EXECUTE FUNCTION log.refuse_change(''never'')', target);
    EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON log.%I EXECUTE FUNCTION log.refuse_change()', target);
    EXECUTE format('ALTER TABLE log.%I ENABLE ALWAYS TRIGGER append_only', target);
    EXECUTE format('ALTER TABLE log.%I ENABLE ALWAYS TRIGGER never_truncated', target);
    PERFORM sec.protect(format('log.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON log.%I TO colophon_app, colophon_projector', target);
    EXECUTE format('CREATE POLICY seals ON log.%I FOR ALL TO colophon_sealer USING (true) WITH CHECK (true)', target);
    EXECUTE format('GRANT SELECT, INSERT ON log.%I TO colophon_sealer', target);
  END LOOP;
  -- The sealer works for every tenant: it sees envelopes and heads, no payload, and changes neither.
  FOREACH target IN ARRAY ARRAY['events', 'heads'] LOOP
    EXECUTE format('CREATE POLICY seals ON log.%I FOR SELECT TO colophon_sealer USING (true)', target);
    EXECUTE format('GRANT SELECT ON log.%I TO colophon_sealer', target);
  END LOOP;
END $$;

-- What an envelope says in RFC 8785 form: the text that its leaf is the hash of, spelled as log.append spells it.
CREATE FUNCTION log.envelope(e log.events) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT '{"actor_ref":"' || e.actor_ref || '","event_id":"' || e.event_id || '","metadata":' || e.metadata::text
    || ',"name":"' || e.name || '","occurred_at":"' || to_char(e.occurred_at AT TIME ZONE 'UTC', f.utc)
    || '","position":' || e.position || ',"recorded_at":"' || to_char(e.recorded_at AT TIME ZONE 'UTC', f.utc)
    || '","segments":' || e.segments::text || ',"stream_id":"' || e.stream_id || '","stream_version":' || e.stream_version
    || ',"tenant_id":"' || e.tenant_id || '","v":1}'
    FROM (SELECT 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' AS utc) f
$$;
REVOKE ALL ON FUNCTION log.envelope(log.events) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log.envelope(log.events) TO colophon_app, colophon_sealer;

-- The installation's signing key, wrapped by a key of its own below the master key. The last one signs.
CREATE TABLE keystore.signing_keys (
  number     integer PRIMARY KEY,
  public_key bytea NOT NULL CHECK (length(public_key) = 32),
  wrapped    bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON keystore.signing_keys TO colophon_sealer;

-- Reports about the log, and erasures in it. A report's bundle lies in a folder, not here.
CREATE TABLE read.audit_reports (
  tenant_id       uuid NOT NULL,
  report_id       uuid NOT NULL,
  state           text NOT NULL,
  position        bigint NOT NULL,
  requested_by    text NOT NULL,
  requested_at    timestamptz NOT NULL,
  member_id       uuid,
  "start"         timestamptz,
  "end"           timestamptz,
  actor           text NOT NULL,
  action          text NOT NULL,
  subject_id      uuid,
  text            text NOT NULL,
  entry_count     bigint,
  matching_count  bigint,
  size            bigint,
  root            bytea,
  manifest_sha256 bytea,
  bundle_bytes    bigint,
  expires_at      timestamptz,
  error           text,
  PRIMARY KEY (tenant_id, report_id)
);
CREATE INDEX audit_reports_queued ON read.audit_reports (tenant_id) WHERE state = 'queued';

CREATE TABLE read.erasures (
  tenant_id        uuid NOT NULL,
  target_id        uuid NOT NULL,
  scope            text NOT NULL,
  state            text NOT NULL,
  reason           text NOT NULL,
  position         bigint NOT NULL,
  requested_by     text NOT NULL,
  requested_at     timestamptz NOT NULL,
  keys_destroyed   integer,
  payloads_deleted bigint,
  finished_at      timestamptz,
  erased_position  bigint,
  PRIMARY KEY (tenant_id, target_id)
);
CREATE INDEX erasures_running ON read.erasures (tenant_id) WHERE state = 'running';

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['audit_reports', 'erasures'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
    EXECUTE format('CREATE POLICY resolves ON read.%I FOR SELECT TO colophon_resolver USING (true)', target);
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_resolver', target);
  END LOOP;
END $$;

-- What is begun and not finished, of every tenant: ids only, for the workers.
CREATE FUNCTION sec.unfinished_evidence() RETURNS TABLE (kind text, tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'erasure', e.tenant_id, e.target_id FROM read.erasures e WHERE e.state = 'running'
  UNION ALL
  SELECT 'report', r.tenant_id, r.report_id FROM read.audit_reports r WHERE r.state = 'queued'
$$;
REVOKE ALL ON FUNCTION sec.unfinished_evidence() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.unfinished_evidence() TO colophon_projector;
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
ALTER FUNCTION sec.unfinished_evidence() OWNER TO colophon_resolver;

-- Whose bundles may go, of every tenant: ids only.
CREATE FUNCTION sec.expired_reports(moment timestamptz) RETURNS TABLE (tenant_id uuid, report_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.tenant_id, r.report_id FROM read.audit_reports r WHERE r.expires_at <= moment
$$;
REVOKE ALL ON FUNCTION sec.expired_reports(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.expired_reports(timestamptz) TO colophon_projector;
ALTER FUNCTION sec.expired_reports(timestamptz) OWNER TO colophon_resolver;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;

-- A destroyed key leaves its id: so that no other takes its place, and an erasure that was interrupted finds it again.
ALTER TABLE keystore.data_keys ALTER COLUMN wrapped DROP NOT NULL;
ALTER TABLE keystore.data_keys ADD COLUMN destroyed_at timestamptz;
ALTER TABLE keystore.data_keys ADD CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL));
