-- Comments: which threads a document has, where each comment is, who is mentioned where. No word of them: those are
-- in the log.
CREATE TABLE read.comment_threads (
  tenant_id     uuid NOT NULL,
  thread_id     uuid NOT NULL,
  document_id   uuid NOT NULL,
  suggestion_id uuid,
  resolved      boolean NOT NULL DEFAULT false,
  comments      integer NOT NULL,
  opened_at     timestamptz NOT NULL,
  position      bigint NOT NULL,
  positions     bigint[] NOT NULL,
  PRIMARY KEY (tenant_id, thread_id)
);
CREATE INDEX comment_threads_of_a_document
  ON read.comment_threads (tenant_id, document_id, opened_at DESC, thread_id DESC);
CREATE INDEX comment_threads_changed ON read.comment_threads (tenant_id, document_id, position);

CREATE TABLE read.comments (
  tenant_id   uuid NOT NULL,
  comment_id  uuid NOT NULL,
  thread_id   uuid NOT NULL,
  document_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, comment_id)
);
CREATE INDEX comments_of_a_document ON read.comments (tenant_id, document_id);

CREATE TABLE read.comment_mentions (
  tenant_id    uuid NOT NULL,
  member_id    uuid NOT NULL,
  comment_id   uuid NOT NULL,
  thread_id    uuid NOT NULL,
  document_id  uuid NOT NULL,
  mentioned_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, member_id, comment_id)
);
CREATE INDEX comment_mentions_of_a_member
  ON read.comment_mentions (tenant_id, member_id, mentioned_at DESC, comment_id DESC);
CREATE INDEX comment_mentions_in_a_comment ON read.comment_mentions (tenant_id, comment_id);
CREATE INDEX comment_mentions_in_a_document ON read.comment_mentions (tenant_id, document_id);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['comment_threads', 'comments', 'comment_mentions'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;
