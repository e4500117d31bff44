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

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['settings', 'document_sharing', 'document_access'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;
