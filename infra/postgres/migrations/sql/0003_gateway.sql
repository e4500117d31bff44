-- The ledger of AI calls and its sums: fed inline, so that what was recorded is counted.
CREATE TABLE read.ai_calls (
  tenant_id            uuid NOT NULL,
  call_id              uuid NOT NULL,
  position             bigint NOT NULL,
  at                   timestamptz NOT NULL,
  day                  text NOT NULL,
  member_id            uuid,
  key_id               uuid,
  document_id          uuid,
  conversation_id      uuid,
  purpose              text NOT NULL,
  template             text NOT NULL,
  provider             text NOT NULL,
  model                text NOT NULL,
  requests             integer NOT NULL,
  input_tokens         bigint NOT NULL,
  output_tokens        bigint NOT NULL,
  cost_micros          bigint NOT NULL,
  cached               boolean NOT NULL,
  estimated            boolean NOT NULL,
  finish_reason        text NOT NULL,
  latency_milliseconds integer NOT NULL,
  PRIMARY KEY (tenant_id, call_id)
);
CREATE INDEX ai_calls_by_time ON read.ai_calls (tenant_id, at);

CREATE TABLE read.ai_spend (
  tenant_id    uuid NOT NULL,
  scope        text NOT NULL,
  owner_id     uuid NOT NULL,
  period       text NOT NULL,
  spent_micros bigint NOT NULL,
  PRIMARY KEY (tenant_id, scope, owner_id, period)
);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['ai_calls', 'ai_spend'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;
