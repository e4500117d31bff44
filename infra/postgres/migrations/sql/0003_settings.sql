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

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['settings'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;
