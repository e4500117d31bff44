-- What models are told, in versions: fed inline.
CREATE TABLE read.prompt_templates (
  tenant_id      uuid NOT NULL,
  name           text NOT NULL,
  version        integer NOT NULL,
  template_id    uuid NOT NULL,
  state          text NOT NULL,
  weight         integer NOT NULL,
  content        jsonb NOT NULL,
  drafted_at     timestamptz NOT NULL,
  drafted_by     text NOT NULL,
  approved_at    timestamptz,
  approved_by    text,
  changed_at     timestamptz NOT NULL,
  stream_version bigint NOT NULL,
  PRIMARY KEY (tenant_id, name, version)
);
-- Every process asks for these twice a second, of each tenant that is at work.
CREATE INDEX prompt_templates_live ON read.prompt_templates (tenant_id) WHERE state = 'live';

SELECT sec.protect('read.prompt_templates'::regclass, 'colophon_app', 'colophon_projector');
GRANT SELECT ON read.prompt_templates TO colophon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.prompt_templates TO colophon_projector;
