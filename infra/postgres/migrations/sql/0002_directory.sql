-- Who belongs to which tenant and how they prove it: fed inline, in the transaction of the event itself.
CREATE SCHEMA read;
GRANT USAGE ON SCHEMA read TO colophon_app, colophon_projector, colophon_resolver;

CREATE TABLE read.tenants (
  tenant_id uuid PRIMARY KEY,
  slug      text NOT NULL UNIQUE,
  name      text NOT NULL,
  plan      text NOT NULL,
  opened_at timestamptz NOT NULL
);

CREATE TABLE read.members (
  tenant_id uuid NOT NULL,
  member_id uuid NOT NULL,
  email     text NOT NULL,
  name      text NOT NULL,
  role      text NOT NULL,
  added_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, member_id)
);
CREATE UNIQUE INDEX members_email ON read.members (tenant_id, lower(email)) WHERE email <> '[erased]';

CREATE TABLE read.api_keys (
  tenant_id   uuid NOT NULL,
  key_id      uuid NOT NULL,
  member_id   uuid NOT NULL,
  label       text NOT NULL,
  scopes      text[] NOT NULL,
  secret_hash bytea NOT NULL,
  issued_at   timestamptz NOT NULL,
  expires_at  timestamptz,
  revoked_at  timestamptz,
  PRIMARY KEY (tenant_id, key_id)
);
CREATE INDEX api_keys_secret ON read.api_keys (secret_hash);

CREATE TABLE read.sign_in_links (
  tenant_id   uuid NOT NULL,
  link_id     uuid NOT NULL,
  member_id   uuid NOT NULL,
  secret_hash bytea NOT NULL,
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  PRIMARY KEY (tenant_id, link_id)
);
CREATE INDEX sign_in_links_secret ON read.sign_in_links (secret_hash);

CREATE TABLE read.sessions (
  tenant_id   uuid NOT NULL,
  session_id  uuid NOT NULL,
  member_id   uuid NOT NULL,
  secret_hash bytea NOT NULL,
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  PRIMARY KEY (tenant_id, session_id)
);
CREATE INDEX sessions_secret ON read.sessions (secret_hash);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['tenants', 'members', 'api_keys', 'sign_in_links', 'sessions'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
    -- Before the tenant is known somebody must look a credential up: two functions of this owner do, nothing else.
    EXECUTE format('CREATE POLICY resolves ON read.%I FOR SELECT TO colophon_resolver USING (true)', target);
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_resolver', target);
  END LOOP;
END $$;

-- A credential's owner, by the SHA-256 of its 256-bit secret. Validity is judged by the caller, who knows the time.
CREATE FUNCTION sec.resolve_credential(hash bytea)
RETURNS TABLE (kind text, tenant_id uuid, credential_id uuid, member_id uuid, role text, scopes text[],
               expires_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.kind, c.tenant_id, c.credential_id, c.member_id, m.role, c.scopes, c.expires_at, c.ended_at
    FROM (SELECT 'key' AS kind, k.tenant_id, k.key_id AS credential_id, k.member_id, k.scopes, k.expires_at, k.revoked_at AS ended_at
            FROM read.api_keys k WHERE k.secret_hash = hash
          UNION ALL
          SELECT 'session', s.tenant_id, s.session_id, s.member_id, '{}', s.expires_at, s.ended_at
            FROM read.sessions s WHERE s.secret_hash = hash
          UNION ALL
          SELECT 'link', l.tenant_id, l.link_id, l.member_id, '{}', l.expires_at, l.used_at
            FROM read.sign_in_links l WHERE l.secret_hash = hash) c
    JOIN read.members m ON m.tenant_id = c.tenant_id AND m.member_id = c.member_id
$$;

-- For the operator's command line, which names tenants by slug.
CREATE FUNCTION sec.list_tenants()
RETURNS TABLE (tenant_id uuid, slug text, name text, plan text, opened_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.tenant_id, t.slug, t.name, t.plan, t.opened_at FROM read.tenants t ORDER BY t.slug
$$;

REVOKE ALL ON FUNCTION sec.resolve_credential(bytea), sec.list_tenants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.resolve_credential(bytea) TO colophon_app;
-- Listing every tenant is the operator's business, done as the projector, never by a request.
GRANT EXECUTE ON FUNCTION sec.list_tenants() TO colophon_projector;
-- Handed over last: nobody may revoke what another owner granted.
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
ALTER FUNCTION sec.resolve_credential(bytea) OWNER TO colophon_resolver;
ALTER FUNCTION sec.list_tenants() OWNER TO colophon_resolver;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;

-- Readiness compares it with what the code knows.
CREATE FUNCTION sec.schema_revision() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT version_num FROM public.alembic_version
$$;
REVOKE ALL ON FUNCTION sec.schema_revision() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.schema_revision() TO colophon_app;
