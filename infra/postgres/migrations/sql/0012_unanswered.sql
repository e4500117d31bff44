-- Calls of models that nobody answered: a stage refused them, or they failed at every model.
CREATE TABLE read.ai_unanswered (
  tenant_id            uuid NOT NULL,
  position             bigint NOT NULL,
  call_id              uuid NOT NULL,
  at                   timestamptz NOT NULL,
  member_id            uuid,
  key_id               uuid,
  document_id          uuid,
  conversation_id      uuid,
  request_id           text NOT NULL,
  endpoint             text NOT NULL,
  purpose              text NOT NULL,
  template             text NOT NULL,
  provider             text NOT NULL,
  model                text NOT NULL,
  tags                 jsonb NOT NULL,
  experiment           text NOT NULL,
  outcome              text NOT NULL,
  code                 text NOT NULL,
  stage                text NOT NULL,
  times                integer NOT NULL,
  latency_milliseconds integer NOT NULL,
  PRIMARY KEY (tenant_id, position)
);
CREATE INDEX ai_unanswered_by_call ON read.ai_unanswered (tenant_id, call_id);
CREATE INDEX ai_unanswered_by_time ON read.ai_unanswered (tenant_id, at);

SELECT sec.protect('read.ai_unanswered'::regclass, 'colophon_app', 'colophon_projector');
GRANT SELECT ON read.ai_unanswered TO colophon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.ai_unanswered TO colophon_projector;
