-- Versions of read models: one is read (schema read), another may be built beside it (read_next), and the one that was
-- read before is kept (read_former). A version's rows, how far it has come and what waits in it move together.
CREATE SCHEMA read_next;
CREATE SCHEMA read_former;
GRANT USAGE ON SCHEMA read_next, read_former TO colophon_projector, colophon_resolver;

-- Readers never see the other versions: only the projector has a grant. To be called again, after DROP TABLE of the
-- copies, by a migration that changes a table: what is in them can be built again.
CREATE FUNCTION sec.keep_versions(VARIADIC targets text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  target text;
  beside text;
BEGIN
  FOREACH target IN ARRAY targets LOOP
    FOREACH beside IN ARRAY ARRAY['read_next', 'read_former'] LOOP
      EXECUTE format('CREATE TABLE %I.%I (LIKE read.%I INCLUDING ALL)', beside, target, target);
      PERFORM sec.protect(format('%I.%I', beside, target)::regclass, 'colophon_projector');
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I.%I TO colophon_projector', beside, target);
    END LOOP;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION sec.keep_versions(text[]) FROM PUBLIC;

-- The version of a tenant's checkpoint is the one that its readers see.
CREATE UNIQUE INDEX checkpoints_active ON read.checkpoints (tenant_id, projection);
CREATE INDEX checkpoints_version ON read.checkpoints (projection, version);

SELECT sec.keep_versions('checkpoints', 'dead_letters', 'document_library', 'document_history', 'audit_reports',
                         'knowledge_marks', 'knowledge_lexicons', 'provenance_stretches', 'provenance_claims');

CREATE POLICY resolves ON read_next.checkpoints FOR SELECT TO colophon_resolver USING (true);
CREATE POLICY resolves ON read_former.checkpoints FOR SELECT TO colophon_resolver USING (true);
CREATE POLICY resolves ON log.events FOR SELECT TO colophon_resolver USING (true);
GRANT SELECT ON read_next.checkpoints, read_former.checkpoints TO colophon_resolver;
GRANT SELECT (tenant_id, position, recorded_at) ON log.events TO colophon_resolver;

-- Whose log is ahead of what readers see: of those that grew lately, or of all. Ids only.
CREATE FUNCTION sec.logs_ahead(names text[], versions int[], lately interval) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.tenant_id FROM log.heads h
   WHERE h.position > 0 AND (lately IS NULL OR h.recorded_at > clock_timestamp() - lately)
     AND EXISTS (SELECT FROM unnest(names, versions) p(name, version)
                   LEFT JOIN read.checkpoints c ON c.tenant_id = h.tenant_id AND c.projection = p.name
                  WHERE c.position IS NULL OR (c.version = p.version AND c.position < h.position))
$$;

-- Which versions have to be built: newer than the one that is read, or begun. One that was rolled back is left alone.
CREATE FUNCTION sec.builds_due(names text[], versions int[])
RETURNS TABLE (tenant_id uuid, projection text, version int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.tenant_id, p.name, p.version FROM unnest(names, versions) p(name, version)
    JOIN read.checkpoints c ON c.projection = p.name AND c.version < p.version
   WHERE NOT EXISTS (SELECT FROM read_former.checkpoints f
                      WHERE f.tenant_id = c.tenant_id AND f.projection = p.name AND f.version = p.version)
  UNION
  SELECT n.tenant_id, p.name, p.version FROM unnest(names, versions) p(name, version)
    JOIN read_next.checkpoints n ON n.projection = p.name AND n.version = p.version
$$;

-- How far each projection has come, over all tenants: numbers only.
DROP FUNCTION sec.projection_progress(text[], int[]);
CREATE FUNCTION sec.projection_progress(names text[], versions int[])
RETURNS TABLE (projection text, version int, active_versions json, tenants bigint, building bigint,
               lag_events bigint, lag_seconds double precision, dead_letters bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.name, p.version,
         (SELECT coalesce(json_object_agg(v.version, v.tenants), '{}') FROM (
           SELECT c.version, count(*) AS tenants FROM read.checkpoints c WHERE c.projection = p.name GROUP BY 1) v),
         l.tenants,
         (SELECT count(*) FROM read_next.checkpoints n WHERE n.projection = p.name),
         l.lag_events, l.lag_seconds,
         (SELECT count(*) FROM read.dead_letters d
            JOIN read.checkpoints c ON c.tenant_id = d.tenant_id AND c.projection = d.projection AND c.version = d.version
           WHERE d.projection = p.name)
    FROM unnest(names, versions) p(name, version), LATERAL (
      SELECT count(*) AS tenants, coalesce(sum(h.position - a.position), 0)::bigint AS lag_events,
             coalesce(max(CASE WHEN a.position < h.position THEN (
               SELECT extract(epoch FROM clock_timestamp() - e.recorded_at) FROM log.events e
                WHERE e.tenant_id = h.tenant_id AND e.position = a.position + 1) END), 0)::double precision AS lag_seconds
        FROM log.heads h
        LEFT JOIN read.checkpoints c ON c.tenant_id = h.tenant_id AND c.projection = p.name,
             LATERAL (SELECT coalesce(c.position, 0) AS position) a) l
$$;

-- Which streams wait, for the operator: ids and the error's type only.
CREATE FUNCTION sec.waiting_streams(names text[])
RETURNS TABLE (projection text, version int, tenant_id uuid, stream_id uuid, "position" bigint, error text, failed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.projection, d.version, d.tenant_id, d.stream_id, d.position, d.error, d.failed_at FROM read.dead_letters d
    JOIN read.checkpoints c ON c.tenant_id = d.tenant_id AND c.projection = d.projection AND c.version = d.version
   WHERE d.projection = ANY (names) ORDER BY d.failed_at, d.tenant_id, d.projection, d.stream_id
$$;

-- Which tenants have a log at all.
CREATE FUNCTION sec.log_tenants() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.tenant_id FROM log.heads h WHERE h.position > 0
$$;

GRANT CREATE ON SCHEMA sec TO colophon_resolver;
DO $$
DECLARE
  made text;
BEGIN
  FOREACH made IN ARRAY ARRAY['sec.logs_ahead(text[], int[], interval)', 'sec.builds_due(text[], int[])',
                              'sec.projection_progress(text[], int[])', 'sec.waiting_streams(text[])',
                              'sec.log_tenants()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO colophon_projector', made);
    EXECUTE format('ALTER FUNCTION %s OWNER TO colophon_resolver', made);
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;
