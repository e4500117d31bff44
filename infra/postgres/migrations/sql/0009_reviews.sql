-- Findings of the checks of prompts and answers that somebody has to judge. No word of them: those are in the log.
CREATE TABLE read.ai_reviews (
  tenant_id        uuid NOT NULL,
  review_id        uuid NOT NULL,
  call_id          uuid NOT NULL,
  member_id        uuid,
  document_id      uuid,
  kind             text NOT NULL,
  rules            text[] NOT NULL,
  found_by         text NOT NULL,
  withheld         boolean NOT NULL,
  source_documents uuid[] NOT NULL,
  state            text NOT NULL,
  opened_at        timestamptz NOT NULL,
  position         bigint NOT NULL,
  quoted_position  bigint,
  decision         text,
  decided_at       timestamptz,
  decided_by       text,
  decided_position bigint,
  PRIMARY KEY (tenant_id, review_id)
);
CREATE INDEX ai_reviews_in_order ON read.ai_reviews (tenant_id, position DESC);
CREATE INDEX ai_reviews_by_state ON read.ai_reviews (tenant_id, state, position DESC);
CREATE INDEX ai_reviews_by_age ON read.ai_reviews (tenant_id, opened_at);

-- Which sentences a rule lets pass, as keyed hashes; with `member_id` for that member alone.
CREATE TABLE read.ai_review_exceptions (
  tenant_id uuid NOT NULL,
  phrase_id uuid NOT NULL,
  rule      text NOT NULL,
  review_id uuid NOT NULL,
  member_id uuid,
  added_at  timestamptz NOT NULL,
  added_by  text NOT NULL,
  position  bigint NOT NULL,
  PRIMARY KEY (tenant_id, phrase_id)
);
CREATE INDEX ai_review_exceptions_in_order ON read.ai_review_exceptions (tenant_id, position DESC);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['ai_reviews', 'ai_review_exceptions'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;
