-- Calls whose question was much like one from before: what was given again, and what was compared.
CREATE TABLE read.ai_like_questions (
  tenant_id           uuid NOT NULL,
  call_id             uuid NOT NULL,
  at                  timestamptz NOT NULL,
  name                text NOT NULL,
  outcome             text NOT NULL,
  similarity_permille integer NOT NULL,
  propensity_permille integer NOT NULL CHECK (propensity_permille BETWEEN 1 AND 1000),
  position            bigint NOT NULL,
  PRIMARY KEY (tenant_id, call_id)
);
CREATE INDEX ai_like_questions_by_time ON read.ai_like_questions (tenant_id, at);

SELECT sec.protect('read.ai_like_questions'::regclass, 'colophon_app', 'colophon_projector');
GRANT SELECT ON read.ai_like_questions TO colophon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.ai_like_questions TO colophon_projector;
