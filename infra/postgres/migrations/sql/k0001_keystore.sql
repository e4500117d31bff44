-- In a keystore apart: what the chain of the main database adds to the schema keystore among other things.
ALTER TABLE keystore.data_keys ALTER COLUMN wrapped DROP NOT NULL;
ALTER TABLE keystore.data_keys ADD COLUMN destroyed_at timestamptz;
ALTER TABLE keystore.data_keys ADD CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL));

CREATE TABLE keystore.password_verifiers (
  tenant_id   uuid NOT NULL,
  verifier_id uuid NOT NULL,
  member_id   uuid NOT NULL,
  verifier    text NOT NULL,
  PRIMARY KEY (tenant_id, verifier_id)
);
SELECT sec.protect('keystore.password_verifiers', 'colophon_keyring');
GRANT SELECT, INSERT, UPDATE, DELETE ON keystore.password_verifiers TO colophon_keyring;

-- Readiness compares it with what the code knows.
CREATE FUNCTION sec.schema_revision() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT version_num FROM public.alembic_version
$$;
REVOKE ALL ON FUNCTION sec.schema_revision() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.schema_revision() TO colophon_keyring;
