-- Conversations with an assistant: whose they are and what waits for an answer. No word of what was said.
CREATE TABLE read.conversations (
  tenant_id       uuid NOT NULL,
  conversation_id uuid NOT NULL,
  member_id       uuid NOT NULL,
  assistant       text NOT NULL,
  document_id     uuid,
  started_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  -- Where the first question stands in the log, whose words are the title.
  titled_at       bigint,
  running         uuid,
  closed          boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, conversation_id)
);
CREATE INDEX conversations_of_a_member
  ON read.conversations (tenant_id, member_id, updated_at DESC, conversation_id DESC) WHERE NOT closed;
CREATE INDEX conversations_waiting ON read.conversations (updated_at) WHERE running IS NOT NULL;

-- Whose words stand in a conversation's answers: what the erasure of a document has to reach.
CREATE TABLE read.conversation_sources (
  tenant_id       uuid NOT NULL,
  conversation_id uuid NOT NULL,
  document_id     uuid NOT NULL,
  PRIMARY KEY (tenant_id, document_id, conversation_id)
);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['conversations', 'conversation_sources'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
END $$;

CREATE POLICY resolves ON read.conversations FOR SELECT TO colophon_resolver USING (true);
GRANT SELECT ON read.conversations TO colophon_resolver;

-- What waits for an answer, of every tenant: ids only.
CREATE FUNCTION sec.waiting_turns(turns_max int)
RETURNS TABLE (tenant_id uuid, conversation_id uuid, turn_id uuid, member_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.tenant_id, c.conversation_id, c.running, c.member_id
    FROM read.conversations c WHERE c.running IS NOT NULL ORDER BY c.updated_at LIMIT turns_max
$$;
REVOKE ALL ON FUNCTION sec.waiting_turns(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.waiting_turns(int) TO colophon_projector;
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
ALTER FUNCTION sec.waiting_turns(int) OWNER TO colophon_resolver;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;
