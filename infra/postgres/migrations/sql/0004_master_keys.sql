-- Which master keys still open something, by a fingerprint that reveals nothing: one, and two while one is exchanged
-- for another. master_check says which of them wraps what is new.
CREATE TABLE keystore.master_keys (
  fingerprint text PRIMARY KEY,
  known_since timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON keystore.master_keys TO colophon_keyring;
-- As infra/event_store/key_wrapping.py makes it of the digest.
INSERT INTO keystore.master_keys (fingerprint) SELECT left(encode(digest, 'hex'), 16) FROM keystore.master_check;

-- What follows from the first master key and must outlive it, wrapped: ids and receipts rest on it.
CREATE TABLE keystore.lasting_secrets (
  purpose text PRIMARY KEY,
  wrapped bytea NOT NULL
);
GRANT SELECT ON keystore.lasting_secrets TO colophon_keyring;

-- A master key stays known for as long as anything is wrapped by it, and nothing can be wrapped by one that is gone.
-- By DDL and not by UPDATE: row security hides the rows from their owner.
DO $$
DECLARE
  target text;
  written text := (SELECT format('DEFAULT %L', fingerprint) FROM keystore.master_keys);
BEGIN
  FOREACH target IN ARRAY ARRAY['tenant_keys', 'signing_keys', 'lasting_secrets'] LOOP
    CONTINUE WHEN to_regclass('keystore.' || target) IS NULL;
    EXECUTE format('ALTER TABLE keystore.%I ADD COLUMN master_key text NOT NULL %s '
                   'REFERENCES keystore.master_keys (fingerprint)', target, coalesce(written, ''));
    EXECUTE format('ALTER TABLE keystore.%I ALTER COLUMN master_key DROP DEFAULT', target);
  END LOOP;
END $$;
CREATE INDEX tenant_keys_of_master_key ON keystore.tenant_keys (tenant_id, master_key);
-- Wrapped again, never another key.
GRANT UPDATE ON keystore.tenant_keys TO colophon_keyring;

-- Whose keys wait to be wrapped again; ids and fingerprints, no key.
GRANT USAGE ON SCHEMA keystore TO colophon_resolver;
GRANT SELECT (tenant_id, master_key) ON keystore.tenant_keys TO colophon_resolver;
CREATE POLICY resolves ON keystore.tenant_keys FOR SELECT TO colophon_resolver USING (true);
CREATE FUNCTION sec.tenants_of_master_keys() RETURNS TABLE (tenant_id uuid, master_key text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT k.tenant_id, k.master_key FROM keystore.tenant_keys k
$$;
REVOKE ALL ON FUNCTION sec.tenants_of_master_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.tenants_of_master_keys() TO colophon_keyring;
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
ALTER FUNCTION sec.tenants_of_master_keys() OWNER TO colophon_resolver;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;
