-- The event log: envelopes for ever, payloads until erased, one gapless sequence and Merkle frontier per tenant.
CREATE SCHEMA log;
GRANT USAGE ON SCHEMA log TO colophon_app, colophon_writer, colophon_projector, colophon_eraser, colophon_appender;

-- metadata and segments are json, not jsonb: their text is hashed into the leaf and must come back verbatim.
CREATE TABLE log.events (
  tenant_id      uuid NOT NULL,
  position       bigint NOT NULL CHECK (position > 0),
  stream_id      uuid NOT NULL,
  stream_version bigint NOT NULL CHECK (stream_version > 0),
  event_id       uuid NOT NULL,
  name           text NOT NULL CHECK (name ~ '^[a-z_]+(\.[a-z_]+)+\.v[0-9]+$'),
  actor_ref      text NOT NULL CHECK (actor_ref ~ '^[a-z]+(:[0-9a-f-]{36})?$'),
  occurred_at    timestamptz NOT NULL,
  recorded_at    timestamptz NOT NULL,
  metadata       json NOT NULL,
  segments       json NOT NULL,
  leaf_hash      bytea NOT NULL CHECK (length(leaf_hash) = 32),
  PRIMARY KEY (tenant_id, position),
  UNIQUE (tenant_id, stream_id, stream_version),
  UNIQUE (tenant_id, event_id)
) PARTITION BY HASH (tenant_id);

-- The sealed content of an event, one row a segment. What erasure removes is here; what proofs need is above.
CREATE TABLE log.event_payloads (
  tenant_id  uuid NOT NULL,
  position   bigint NOT NULL,
  segment    text NOT NULL,
  key_id     uuid NOT NULL,
  ciphertext bytea NOT NULL,
  PRIMARY KEY (tenant_id, position, segment)
) PARTITION BY HASH (tenant_id);

-- One row a tenant: the last position and the RFC 6962 compact range of all leaves so far. Locked by each append.
CREATE TABLE log.heads (
  tenant_id   uuid PRIMARY KEY,
  position    bigint NOT NULL DEFAULT 0,
  frontier    bytea NOT NULL DEFAULT '',
  recorded_at timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE log.idempotency (
  tenant_id      uuid NOT NULL,
  actor_ref      text NOT NULL,
  key            text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  command_hash   bytea NOT NULL,
  position       bigint NOT NULL,
  stream_id      uuid NOT NULL,
  stream_version bigint NOT NULL,
  recorded_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, actor_ref, key)
);

-- A cache: deleting every row changes nothing but time.
CREATE TABLE log.snapshots (
  tenant_id      uuid NOT NULL,
  stream_id      uuid NOT NULL,
  stream_version bigint NOT NULL,
  position       bigint NOT NULL,
  code_version   integer NOT NULL,
  key_id         uuid NOT NULL,
  ciphertext     bytea NOT NULL,
  PRIMARY KEY (tenant_id, stream_id, stream_version)
);

CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_ARGV[0] = 'erasable' AND current_user = 'colophon_eraser' THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the event log is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

-- Row triggers reach the partitions by themselves, TRUNCATE triggers do not.
DO $$
DECLARE
  target text;
  part   text;
  partitions constant int := 16;
BEGIN
  FOREACH target IN ARRAY ARRAY['events', 'event_payloads'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON log.%I FOR EACH ROW '
                   'EXECUTE FUNCTION log.refuse_change(%L)', target,
                   CASE target WHEN 'event_payloads' THEN 'erasable' ELSE 'never' END);
    EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON log.%I EXECUTE FUNCTION log.refuse_change()', target);
    FOR n IN 0 .. partitions - 1 LOOP
      part := format('%s_%s', target, lpad(n::text, 2, '0'));
      EXECUTE format('CREATE TABLE log.%I PARTITION OF log.%I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
                     part, target, partitions, n);
      EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON log.%I EXECUTE FUNCTION log.refuse_change()', part);
      EXECUTE format('ALTER TABLE log.%I ENABLE ALWAYS TRIGGER never_truncated', part);
      EXECUTE format('ALTER TABLE log.%I ENABLE ALWAYS TRIGGER append_only', part);
      -- A partition asked for by its own name must be as closed as its parent.
      EXECUTE format('ALTER TABLE log.%I ENABLE ROW LEVEL SECURITY', part);
      EXECUTE format('ALTER TABLE log.%I FORCE ROW LEVEL SECURITY', part);
    END LOOP;
    EXECUTE format('ALTER TABLE log.%I ENABLE ALWAYS TRIGGER append_only', target);
    EXECUTE format('ALTER TABLE log.%I ENABLE ALWAYS TRIGGER never_truncated', target);
  END LOOP;
END $$;

SELECT sec.protect('log.events', 'colophon_app', 'colophon_projector', 'colophon_eraser');
SELECT sec.protect('log.event_payloads', 'colophon_app', 'colophon_projector', 'colophon_eraser');
SELECT sec.protect('log.heads', 'colophon_app', 'colophon_projector');
SELECT sec.protect('log.idempotency', 'colophon_app');
SELECT sec.protect('log.snapshots', 'colophon_app', 'colophon_projector');

-- The append function works for a batch of several tenants; it checks every item's signed context itself.
CREATE POLICY appends ON log.events FOR ALL TO colophon_appender USING (true) WITH CHECK (true);
CREATE POLICY appends ON log.event_payloads FOR INSERT TO colophon_appender WITH CHECK (true);
CREATE POLICY appends ON log.heads FOR ALL TO colophon_appender USING (true) WITH CHECK (true);
CREATE POLICY appends ON log.idempotency FOR ALL TO colophon_appender USING (true) WITH CHECK (true);

GRANT SELECT ON log.events, log.event_payloads, log.heads TO colophon_app, colophon_projector;
GRANT SELECT ON log.events TO colophon_eraser;
GRANT SELECT, DELETE ON log.event_payloads TO colophon_eraser;
GRANT SELECT, DELETE ON log.idempotency TO colophon_app;
GRANT SELECT, INSERT, DELETE ON log.snapshots TO colophon_app, colophon_projector;
GRANT SELECT, INSERT ON log.events TO colophon_appender;
GRANT INSERT ON log.event_payloads TO colophon_appender;
GRANT SELECT, INSERT, UPDATE ON log.heads TO colophon_appender;
GRANT SELECT, INSERT ON log.idempotency TO colophon_appender;
