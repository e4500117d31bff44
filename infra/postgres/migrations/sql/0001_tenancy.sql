-- Who is asking: the signed tenant context, checked inside PostgreSQL.
CREATE SCHEMA sec;
GRANT USAGE ON SCHEMA sec TO colophon_app, colophon_writer, colophon_projector, colophon_keyring,
                             colophon_eraser, colophon_appender, colophon_resolver;

-- The two padded halves of an HMAC-SHA256 key (RFC 2104), so that PostgreSQL's own sha256() suffices.
CREATE TABLE sec.context_keys (
  key_id    text PRIMARY KEY,
  inner_pad bytea NOT NULL CHECK (length(inner_pad) = 64),
  outer_pad bytea NOT NULL CHECK (length(outer_pad) = 64)
);

-- 'v1|tenant|actor|expires|key_id|mac' -> {tenant, actor}, or nulls: never an error, never a guess.
CREATE FUNCTION sec.verified(context text, OUT tenant uuid, OUT actor text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parts text[];
  body  text;
  inner_half bytea;
  outer_half bytea;
BEGIN
  IF coalesce(context, '') = '' THEN RETURN; END IF;
  parts := string_to_array(context, '|');
  IF cardinality(parts) <> 6 OR parts[1] <> 'v1' THEN RETURN; END IF;
  body := left(context, length(context) - length(parts[6]) - 1);
  SELECT k.inner_pad, k.outer_pad INTO inner_half, outer_half FROM sec.context_keys k WHERE k.key_id = parts[5];
  IF NOT FOUND THEN RETURN; END IF;
  IF encode(sha256(outer_half || sha256(inner_half || convert_to(body, 'UTF8'))), 'hex') <> parts[6] THEN RETURN; END IF;
  IF parts[4]::bigint < extract(epoch FROM clock_timestamp()) THEN RETURN; END IF;
  tenant := parts[2]::uuid;
  actor := parts[3];
END $$;

-- The tenant of this transaction; null outside one, and then every policy refuses.
CREATE FUNCTION sec.tenant() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.tenant FROM sec.verified(current_setting('colophon.context', true)) v
$$;

-- Protect a tenant table: forced row security, one RESTRICTIVE policy for all who may ever touch it, and a
-- permissive one for those who do. A policy added carelessly later can only narrow, never widen.
CREATE FUNCTION sec.protect(target regclass, VARIADIC readers name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY only_own_tenant ON %s AS RESTRICTIVE FOR ALL TO colophon_owner, colophon_app, '
                 'colophon_projector, colophon_keyring, colophon_eraser '
                 'USING (tenant_id = (SELECT sec.tenant())) WITH CHECK (tenant_id = (SELECT sec.tenant()))', target);
  EXECUTE format('CREATE POLICY within_tenant ON %s FOR ALL TO %s USING (true) WITH CHECK (true)',
                 target, (SELECT string_agg(quote_ident(r), ', ') FROM unnest(readers) r));
END $$;
REVOKE ALL ON FUNCTION sec.protect(regclass, name[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION sec.verified(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION sec.tenant() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.tenant() TO colophon_app, colophon_projector, colophon_keyring, colophon_eraser;
GRANT EXECUTE ON FUNCTION sec.verified(text) TO colophon_appender;
