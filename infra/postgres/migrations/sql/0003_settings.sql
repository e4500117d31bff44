-- What is set for the platform, a tenant or a member: fed inline. The platform's rows are its own tenant's.
CREATE TABLE read.settings (
  tenant_id  uuid NOT NULL,
  scope      text NOT NULL,
  owner_id   uuid NOT NULL,
  key        text NOT NULL,
  value      jsonb,
  version    bigint NOT NULL,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  PRIMARY KEY (tenant_id, scope, owner_id, key)
);

-- With whom a document is shared, where that is not decided by role alone.
CREATE TABLE read.document_sharing (
  tenant_id     uuid NOT NULL,
  document_id   uuid NOT NULL,
  sharing       text NOT NULL,
  restricted_by uuid,
  version       bigint NOT NULL,
  changed_at    timestamptz NOT NULL,
  changed_by    text NOT NULL,
  stream_ids    uuid[] NOT NULL,
  PRIMARY KEY (tenant_id, document_id)
);

CREATE TABLE read.document_access (
  tenant_id   uuid NOT NULL,
  document_id uuid NOT NULL,
  member_id   uuid NOT NULL,
  access      text NOT NULL,
  PRIMARY KEY (tenant_id, document_id, member_id)
);

-- Which documents count for the tenant's plan.
CREATE TABLE read.open_documents (
  tenant_id   uuid NOT NULL,
  document_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, document_id)
);

ALTER TABLE read.tenants ADD COLUMN suspended_at timestamptz;
ALTER TABLE read.members ADD COLUMN removed_at timestamptz;
ALTER TABLE read.members ADD COLUMN verifier_id uuid;
ALTER TABLE read.sessions ADD COLUMN started_at timestamptz;

-- Whoever has left leaves the address free.
DROP INDEX read.members_email;
CREATE UNIQUE INDEX members_email ON read.members (tenant_id, lower(email))
  WHERE removed_at IS NULL AND email <> '[erased]';

CREATE TABLE read.invitations (
  tenant_id     uuid NOT NULL,
  invitation_id uuid NOT NULL,
  member_id     uuid NOT NULL,
  email         text NOT NULL,
  name          text NOT NULL,
  role          text NOT NULL,
  secret_hash   bytea NOT NULL,
  invited_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  ended_at      timestamptz,
  PRIMARY KEY (tenant_id, invitation_id)
);
CREATE INDEX invitations_secret ON read.invitations (secret_hash);
CREATE UNIQUE INDEX invitations_email ON read.invitations (tenant_id, lower(email))
  WHERE ended_at IS NULL AND email <> '[erased]';

-- What a password is checked against: no event holds it, and only the keystore's role reads it.
CREATE TABLE keystore.password_verifiers (
  tenant_id   uuid NOT NULL,
  verifier_id uuid NOT NULL,
  member_id   uuid NOT NULL,
  verifier    text NOT NULL,
  PRIMARY KEY (tenant_id, verifier_id)
);
SELECT sec.protect('keystore.password_verifiers', 'colophon_keyring');
GRANT SELECT, INSERT, UPDATE, DELETE ON keystore.password_verifiers TO colophon_keyring;

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['settings', 'document_sharing', 'document_access', 'open_documents', 'invitations'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;

-- Before the tenant is known: whose credential a hash is, and who signs in with which address.
CREATE POLICY resolves ON read.invitations FOR SELECT TO colophon_resolver USING (true);
GRANT SELECT ON read.invitations TO colophon_resolver;
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
SET ROLE colophon_resolver;

-- A removed member's credentials have ended, and so have all of a suspended tenant.
CREATE OR REPLACE FUNCTION sec.resolve_credential(hash bytea)
RETURNS TABLE (kind text, tenant_id uuid, credential_id uuid, member_id uuid, role text, scopes text[],
               expires_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.kind, c.tenant_id, c.credential_id, c.member_id, c.role, c.scopes, c.expires_at,
         coalesce(c.ended_at, t.suspended_at)
    FROM (SELECT b.kind, b.tenant_id, b.credential_id, b.member_id, m.role, b.scopes, b.expires_at,
                 coalesce(b.ended_at, m.removed_at) AS ended_at
            FROM (SELECT 'key' AS kind, k.tenant_id, k.key_id AS credential_id, k.member_id, k.scopes, k.expires_at,
                         k.revoked_at AS ended_at
                    FROM read.api_keys k WHERE k.secret_hash = hash
                  UNION ALL
                  SELECT 'session', s.tenant_id, s.session_id, s.member_id, '{}', s.expires_at, s.ended_at
                    FROM read.sessions s WHERE s.secret_hash = hash
                  UNION ALL
                  SELECT 'link', l.tenant_id, l.link_id, l.member_id, '{}', l.expires_at, l.used_at
                    FROM read.sign_in_links l WHERE l.secret_hash = hash) b
            JOIN read.members m ON m.tenant_id = b.tenant_id AND m.member_id = b.member_id
          UNION ALL
          SELECT 'invitation', i.tenant_id, i.invitation_id, i.member_id, i.role, '{}', i.expires_at, i.ended_at
            FROM read.invitations i WHERE i.secret_hash = hash) c
    JOIN read.tenants t ON t.tenant_id = c.tenant_id
$$;

-- Who may try a password: the member with this address in the tenant with this slug, and where its verifier is.
CREATE FUNCTION sec.resolve_sign_in(tenant_slug text, address text)
RETURNS TABLE (tenant_id uuid, member_id uuid, role text, verifier_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.tenant_id, m.member_id, m.role, m.verifier_id
    FROM read.tenants t JOIN read.members m ON m.tenant_id = t.tenant_id
   WHERE t.slug = tenant_slug AND t.suspended_at IS NULL
     AND lower(m.email) = lower(address) AND m.removed_at IS NULL
$$;
REVOKE ALL ON FUNCTION sec.resolve_sign_in(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.resolve_sign_in(text, text) TO colophon_app;

DROP FUNCTION sec.list_tenants();
CREATE FUNCTION sec.list_tenants()
RETURNS TABLE (tenant_id uuid, slug text, name text, plan text, opened_at timestamptz, suspended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.tenant_id, t.slug, t.name, t.plan, t.opened_at, t.suspended_at FROM read.tenants t ORDER BY t.slug
$$;
REVOKE ALL ON FUNCTION sec.list_tenants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.list_tenants() TO colophon_projector;
SET ROLE colophon_owner;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;
