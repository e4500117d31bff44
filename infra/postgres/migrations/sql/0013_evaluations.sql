-- How often models were right on test sets.
CREATE TABLE read.ai_evaluations (
  tenant_id        uuid NOT NULL,
  evaluation_id    uuid NOT NULL,
  position         bigint NOT NULL,
  at               timestamptz NOT NULL,
  purpose          text NOT NULL,
  template         text NOT NULL,
  template_version integer NOT NULL,
  model            text NOT NULL,
  test_set         text NOT NULL,
  examples         integer NOT NULL CHECK (examples > 0),
  right_answers    integer NOT NULL CHECK (right_answers BETWEEN 0 AND examples),
  evaluated_by     uuid,
  PRIMARY KEY (tenant_id, evaluation_id)
);
CREATE INDEX ai_evaluations_newest ON read.ai_evaluations (tenant_id, position DESC);
CREATE INDEX ai_evaluations_by_task ON read.ai_evaluations (tenant_id, purpose, template, model, position DESC);

SELECT sec.protect('read.ai_evaluations'::regclass, 'colophon_app', 'colophon_projector');
GRANT SELECT ON read.ai_evaluations TO colophon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.ai_evaluations TO colophon_projector;
