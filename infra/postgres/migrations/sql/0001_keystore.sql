-- Keys, apart from the log: its own schema, its own role, and by setting its own database.
CREATE SCHEMA keystore;
GRANT USAGE ON SCHEMA keystore TO colophon_keyring;

-- A value that only the right master key reproduces: a lost or wrong key is refused at start.
CREATE TABLE keystore.master_check (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  digest   bytea NOT NULL
);
GRANT SELECT, INSERT ON keystore.master_check TO colophon_keyring;

-- The tenant's key of each epoch, wrapped by the master key.
CREATE TABLE keystore.tenant_keys (
  tenant_id  uuid NOT NULL,
  epoch      integer NOT NULL,
  wrapped    bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, epoch)
);

-- One random key per document, per data subject and per tenant, wrapped by the tenant's key. Erasure is a DELETE here.
CREATE TABLE keystore.data_keys (
  tenant_id  uuid NOT NULL,
  key_id     uuid NOT NULL,
  scope      text NOT NULL CHECK (scope IN ('document', 'subject', 'tenant')),
  subject_id uuid NOT NULL,
  epoch      integer NOT NULL,
  wrapped    bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key_id),
  UNIQUE (tenant_id, scope, subject_id)
);

SELECT sec.protect('keystore.tenant_keys', 'colophon_keyring');
SELECT sec.protect('keystore.data_keys', 'colophon_keyring');
GRANT SELECT, INSERT, DELETE ON keystore.tenant_keys TO colophon_keyring;
GRANT SELECT, INSERT, UPDATE, DELETE ON keystore.data_keys TO colophon_keyring;
