-- Old payloads in files: which positions of a tenant's log each file holds, and what it must hash to.
GRANT USAGE ON SCHEMA log, sec TO colophon_archiver;
GRANT EXECUTE ON FUNCTION sec.tenant() TO colophon_archiver;

-- planned: its file may be there or not, and nobody reads it. verified: read back and found right, the payloads are
-- there and not here. abandoned: never to be verified, its file goes. replaced: rewritten without something erased.
CREATE TABLE log.archive_segments (
  tenant_id      uuid NOT NULL,
  segment_id     uuid NOT NULL,
  first_position bigint NOT NULL CHECK (first_position > 0),
  last_position  bigint NOT NULL,
  state          text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'abandoned', 'verified', 'replaced')),
  planned_at     timestamptz NOT NULL DEFAULT now(),
  payloads       integer,
  bytes          bigint,
  sha256         bytea CHECK (length(sha256) = 32),
  index          bytea,
  PRIMARY KEY (tenant_id, segment_id),
  CHECK (first_position <= last_position),
  CHECK (state IN ('planned', 'abandoned') OR (payloads IS NOT NULL AND bytes IS NOT NULL AND sha256 IS NOT NULL AND index IS NOT NULL))
);
-- Whoever comes second with the same range is refused by it.
CREATE UNIQUE INDEX archive_segments_read ON log.archive_segments (tenant_id, first_position) WHERE state = 'verified';

SELECT sec.protect('log.archive_segments', 'colophon_app', 'colophon_projector', 'colophon_archiver');
GRANT SELECT ON log.archive_segments TO colophon_app, colophon_projector;
GRANT SELECT, INSERT, UPDATE, DELETE ON log.archive_segments TO colophon_archiver;
GRANT SELECT, DELETE ON log.event_payloads TO colophon_archiver;
CREATE POLICY archives ON log.event_payloads FOR ALL TO colophon_archiver USING (true) WITH CHECK (true);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['archive_segments', 'event_payloads'] LOOP
    EXECUTE format('CREATE POLICY archives_own_tenant ON log.%I AS RESTRICTIVE FOR ALL TO colophon_archiver '
                   'USING (tenant_id = (SELECT sec.tenant())) WITH CHECK (tenant_id = (SELECT sec.tenant()))', target);
  END LOOP;
END $$;

-- A segment goes one way, and what stands for payloads that are nowhere else is never dropped.
CREATE FUNCTION log.guard_archive() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (TG_OP = 'INSERT' AND NEW.state = 'planned') OR (TG_OP = 'UPDATE'
      AND (OLD.tenant_id, OLD.segment_id, OLD.first_position, OLD.last_position)
        = (NEW.tenant_id, NEW.segment_id, NEW.first_position, NEW.last_position)
      AND ((OLD.state = 'planned' AND NEW.state IN ('verified', 'abandoned')) OR (OLD.state = 'verified' AND NEW.state = 'replaced'
           AND (OLD.payloads, OLD.bytes, OLD.sha256, OLD.index) = (NEW.payloads, NEW.bytes, NEW.sha256, NEW.index)))) THEN
    RETURN NEW;
  ELSIF TG_OP = 'DELETE' AND OLD.state <> 'verified' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'an archived segment cannot be changed like this: % is refused', TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION log.guard_archive() FROM PUBLIC;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE OR DELETE ON log.archive_segments
  FOR EACH ROW EXECUTE FUNCTION log.guard_archive();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON log.archive_segments EXECUTE FUNCTION log.refuse_change();
ALTER TABLE log.archive_segments ENABLE ALWAYS TRIGGER guarded;
ALTER TABLE log.archive_segments ENABLE ALWAYS TRIGGER never_truncated;

-- Payloads: the eraser deletes what is erased, the archiver what a verified segment holds, nobody anything else.
CREATE OR REPLACE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_ARGV[0] = 'erasable' THEN
    IF current_user = 'colophon_eraser' THEN RETURN OLD; END IF;
    IF current_user = 'colophon_archiver' AND EXISTS (
      SELECT FROM log.archive_segments s WHERE s.tenant_id = OLD.tenant_id AND s.state = 'verified'
        AND OLD.position BETWEEN s.first_position AND s.last_position) THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'the event log is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
