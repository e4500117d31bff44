-- The glossary: fed inline, so that two terms never get one name.
CREATE TABLE read.glossary_terms (
  tenant_id  uuid NOT NULL,
  term_id    uuid NOT NULL,
  term       text NOT NULL,
  name_key   text NOT NULL,
  definition text NOT NULL,
  aliases    text[] NOT NULL,
  version    bigint NOT NULL,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  PRIMARY KEY (tenant_id, term_id)
);
CREATE UNIQUE INDEX glossary_terms_name ON read.glossary_terms (tenant_id, name_key);

-- What there is to know: written by the projector. `wanted` is the position of the last event of the document.
CREATE TABLE read.knowledge_marks (
  tenant_id   uuid NOT NULL,
  document_id uuid NOT NULL,
  title       text NOT NULL,
  body        text NOT NULL,
  status      text NOT NULL,
  wanted      bigint NOT NULL,
  PRIMARY KEY (tenant_id, document_id)
);
-- The position of the last change of the tenant's glossary.
CREATE TABLE read.knowledge_lexicons (
  tenant_id uuid PRIMARY KEY,
  position  bigint NOT NULL
);

-- What is known: written by the indexer, one document a transaction. Nothing here cannot be built again.
CREATE TABLE read.knowledge_documents (
  tenant_id   uuid NOT NULL,
  document_id uuid NOT NULL,
  title       text NOT NULL,
  position    bigint NOT NULL,
  indexed     bigint NOT NULL,
  lexicon     bigint NOT NULL,
  extractor   text NOT NULL,
  chunks      integer NOT NULL,
  words       integer NOT NULL,
  PRIMARY KEY (tenant_id, document_id)
);
-- What a document is called, as an entity's key: where a mention of it leads.
CREATE TABLE read.knowledge_titles (
  tenant_id   uuid NOT NULL,
  title_key   text NOT NULL,
  document_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, title_key, document_id),
  FOREIGN KEY (tenant_id, document_id) REFERENCES read.knowledge_documents ON DELETE CASCADE
);
CREATE INDEX knowledge_titles_document ON read.knowledge_titles (tenant_id, document_id);

CREATE TABLE read.knowledge_chunks (
  tenant_id     uuid NOT NULL,
  chunk_id      uuid NOT NULL,
  document_id   uuid NOT NULL,
  ordinal       integer NOT NULL,
  heading       text NOT NULL,
  block_from    integer NOT NULL,
  block_to      integer NOT NULL,
  start_at      integer NOT NULL,
  end_at        integer NOT NULL,
  text          text NOT NULL,
  sha256        text NOT NULL,
  words         integer NOT NULL,
  embedding_key bytea NOT NULL,
  embedded      boolean NOT NULL DEFAULT false,
  lexemes       tsvector NOT NULL,
  PRIMARY KEY (tenant_id, chunk_id),
  FOREIGN KEY (tenant_id, document_id) REFERENCES read.knowledge_documents ON DELETE CASCADE
);
CREATE INDEX knowledge_chunks_document ON read.knowledge_chunks (tenant_id, document_id);
CREATE INDEX knowledge_chunks_embedding ON read.knowledge_chunks (tenant_id, embedding_key);
CREATE INDEX knowledge_chunks_unembedded ON read.knowledge_chunks (tenant_id) WHERE NOT embedded;
CREATE INDEX knowledge_chunks_lexemes ON read.knowledge_chunks USING gin (lexemes);

-- An entity is there while a mention of it is.
CREATE TABLE read.knowledge_mentions (
  tenant_id uuid NOT NULL,
  chunk_id  uuid NOT NULL,
  start_at  integer NOT NULL,
  end_at    integer NOT NULL,
  entity_id uuid NOT NULL,
  name      text NOT NULL,
  kind      text NOT NULL,
  PRIMARY KEY (tenant_id, chunk_id, start_at, end_at, entity_id),
  FOREIGN KEY (tenant_id, chunk_id) REFERENCES read.knowledge_chunks ON DELETE CASCADE
);
CREATE INDEX knowledge_mentions_entity ON read.knowledge_mentions (tenant_id, entity_id);

-- A relation is there while evidence for it is.
CREATE TABLE read.knowledge_evidence (
  tenant_id  uuid NOT NULL,
  chunk_id   uuid NOT NULL,
  start_at   integer NOT NULL,
  end_at     integer NOT NULL,
  subject_id uuid NOT NULL,
  predicate  text NOT NULL,
  object_id  uuid NOT NULL,
  confidence real NOT NULL,
  extractor  text NOT NULL,
  PRIMARY KEY (tenant_id, chunk_id, start_at, end_at, subject_id, predicate, object_id),
  FOREIGN KEY (tenant_id, chunk_id) REFERENCES read.knowledge_chunks ON DELETE CASCADE
);
CREATE INDEX knowledge_evidence_subject ON read.knowledge_evidence (tenant_id, subject_id);
CREATE INDEX knowledge_evidence_object ON read.knowledge_evidence (tenant_id, object_id);

-- Vectors in half precision by what was embedded: moved text is not embedded twice, removed text keeps none.
CREATE TABLE read.knowledge_embeddings (
  tenant_id uuid NOT NULL,
  model     text NOT NULL,
  key       bytea NOT NULL,
  vector    bytea NOT NULL,
  PRIMARY KEY (tenant_id, model, key)
);
-- How a vector index follows: the number of each chunk's last change. A new epoch means: begin again from nothing.
CREATE TABLE read.knowledge_vector_state (
  tenant_id uuid PRIMARY KEY,
  epoch     bigint NOT NULL,
  number    bigint NOT NULL
);
CREATE TABLE read.knowledge_vector_changes (
  tenant_id uuid NOT NULL,
  chunk_id  uuid NOT NULL,
  number    bigint NOT NULL,
  PRIMARY KEY (tenant_id, chunk_id)
);
CREATE INDEX knowledge_vector_changes_number ON read.knowledge_vector_changes (tenant_id, number);

DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['glossary_terms', 'knowledge_marks', 'knowledge_lexicons', 'knowledge_documents',
                                'knowledge_titles', 'knowledge_chunks', 'knowledge_mentions', 'knowledge_evidence', 'knowledge_embeddings',
                                'knowledge_vector_state', 'knowledge_vector_changes'] LOOP
    PERFORM sec.protect(format('read.%I', target)::regclass, 'colophon_app', 'colophon_projector');
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_app', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON read.%I TO colophon_projector', target);
  END LOOP;
  FOREACH target IN ARRAY ARRAY['knowledge_marks', 'knowledge_lexicons', 'knowledge_documents', 'knowledge_chunks'] LOOP
    EXECUTE format('CREATE POLICY resolves ON read.%I FOR SELECT TO colophon_resolver USING (true)', target);
    EXECUTE format('GRANT SELECT ON read.%I TO colophon_resolver', target);
  END LOOP;
END $$;

-- Which tenants have something to index: ids only, nothing of anybody's content.
CREATE FUNCTION sec.knowledge_work(extractor text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.tenant_id FROM read.knowledge_marks m
    LEFT JOIN read.knowledge_documents d ON d.tenant_id = m.tenant_id AND d.document_id = m.document_id
    LEFT JOIN read.knowledge_lexicons l ON l.tenant_id = m.tenant_id
   WHERE d.indexed IS NULL OR d.indexed < m.wanted OR d.extractor <> knowledge_work.extractor
      OR d.lexicon < coalesce(l.position, 0)
  UNION
  SELECT c.tenant_id FROM read.knowledge_chunks c WHERE NOT c.embedded
$$;
REVOKE ALL ON FUNCTION sec.knowledge_work(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.knowledge_work(text) TO colophon_projector;
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
ALTER FUNCTION sec.knowledge_work(text) OWNER TO colophon_resolver;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;

-- Full-text search of one tenant. Row security would keep PostgreSQL from using the GIN index, because matching is not
-- leakproof; so this function alone sees all rows, takes the tenant from the signed context and from nowhere else, and
-- counts words in that tenant's visible passages only. The tenant is also a word of each passage, for the index's sake.
-- Each word adds its rarity times ts_rank, which grows with its occurrences and levels off; long passages count less.
CREATE FUNCTION read.search_passages(words text[], hidden uuid[], passages_max integer)
RETURNS TABLE (chunk_id uuid, score double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tenant uuid := sec.tenant();
  own    tsquery;
  word   text;
  wanted tsquery;
  seen   bigint;
  all_chunks bigint;
  mean_words double precision;
  queries    tsquery[] := '{}';
  rarities   double precision[] := '{}';
BEGIN
  IF tenant IS NULL THEN RETURN; END IF;
  own := quote_literal('tenant:' || tenant)::tsquery;
  SELECT sum(d.chunks), sum(d.words)::double precision / greatest(sum(d.chunks), 1) INTO all_chunks, mean_words
    FROM read.knowledge_documents d WHERE d.tenant_id = tenant AND d.document_id <> ALL (hidden);
  FOREACH word IN ARRAY words LOOP
    wanted := plainto_tsquery('simple', word);
    CONTINUE WHEN numnode(wanted) = 0;
    SELECT count(*) INTO seen FROM read.knowledge_chunks c
     WHERE c.lexemes @@ (own && wanted) AND c.tenant_id = tenant AND c.document_id <> ALL (hidden);
    CONTINUE WHEN seen = 0;
    queries := queries || wanted;
    rarities := rarities || ln(1 + (all_chunks - seen + 0.5) / (seen + 0.5));
  END LOOP;
  IF cardinality(queries) = 0 THEN RETURN; END IF;
  wanted := queries[1];
  FOR i IN 2 .. cardinality(queries) LOOP wanted := wanted || queries[i]; END LOOP;
  RETURN QUERY
    SELECT c.chunk_id,
           (SELECT sum(q.rarity * ts_rank('{0.5, 0.5, 0.7, 1.0}', c.lexemes, q.query))
              FROM unnest(queries, rarities) q(query, rarity))
           / (0.6 + 0.4 * c.words / greatest(mean_words, 1)) AS score
      FROM read.knowledge_chunks c
     WHERE c.lexemes @@ (own && wanted) AND c.tenant_id = tenant AND c.document_id <> ALL (hidden)
     ORDER BY score DESC, c.chunk_id LIMIT passages_max;
END $$;
REVOKE ALL ON FUNCTION read.search_passages(text[], uuid[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read.search_passages(text[], uuid[], integer) TO colophon_app;
GRANT USAGE, CREATE ON SCHEMA read TO colophon_searcher;
GRANT USAGE ON SCHEMA sec TO colophon_searcher;
GRANT EXECUTE ON FUNCTION sec.tenant() TO colophon_searcher;
CREATE POLICY searches ON read.knowledge_chunks FOR SELECT TO colophon_searcher USING (true);
CREATE POLICY searches ON read.knowledge_documents FOR SELECT TO colophon_searcher USING (true);
GRANT SELECT ON read.knowledge_chunks, read.knowledge_documents TO colophon_searcher;
ALTER FUNCTION read.search_passages(text[], uuid[], integer) OWNER TO colophon_searcher;
REVOKE CREATE ON SCHEMA read FROM colophon_searcher;
