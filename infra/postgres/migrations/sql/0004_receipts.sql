-- Receipts under idempotency keys are for whoever repeats a request soon; the oldest are forgotten, some at a time.
CREATE INDEX receipts_by_age ON log.idempotency USING brin (recorded_at);
REVOKE DELETE ON log.idempotency FROM colophon_app;
GRANT DELETE ON log.idempotency TO colophon_appender;

CREATE FUNCTION log.forget_receipts(before timestamptz, rows_max int) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH gone AS (
    DELETE FROM log.idempotency WHERE ctid = ANY (ARRAY(
      SELECT k.ctid FROM log.idempotency k WHERE k.recorded_at < before LIMIT rows_max)) RETURNING 1)
  SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION log.forget_receipts(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log.forget_receipts(timestamptz, int) TO colophon_projector;
GRANT CREATE ON SCHEMA log TO colophon_appender;
ALTER FUNCTION log.forget_receipts(timestamptz, int) OWNER TO colophon_appender;
REVOKE CREATE ON SCHEMA log FROM colophon_appender;
