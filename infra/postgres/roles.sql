-- Every role of Colophon. Run by whoever owns the database; repeating it changes nothing.
-- None of the roles that log in owns a table, is a superuser or may bypass row security.
DO $$
DECLARE
  role_name text;
BEGIN
  -- No login: owner of all objects, owner of log.append, of the credential lookups, of full-text search.
  FOREACH role_name IN ARRAY ARRAY['colophon_owner', 'colophon_appender', 'colophon_resolver',
                                   'colophon_searcher'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT', role_name);
    END IF;
  END LOOP;
  -- Login: requests, group-commit writer, projections, keystore, eraser, sealer of checkpoints, archiver.
  FOREACH role_name IN ARRAY ARRAY['colophon_app', 'colophon_writer', 'colophon_projector',
                                   'colophon_keyring', 'colophon_eraser', 'colophon_sealer',
                                   'colophon_archiver'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT', role_name);
    END IF;
  END LOOP;
  EXECUTE format('GRANT colophon_owner, colophon_appender, colophon_resolver, colophon_searcher TO %I WITH SET TRUE',
                 current_user);
  EXECUTE format('GRANT CREATE, CONNECT ON DATABASE %I TO colophon_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO colophon_app, colophon_writer, colophon_projector, '
                 'colophon_keyring, colophon_eraser, colophon_sealer, colophon_archiver', current_database());
END $$;
-- The migration hands functions over to these; it needs to be able to become them for that.
GRANT colophon_appender, colophon_resolver, colophon_searcher TO colophon_owner WITH INHERIT FALSE, SET TRUE;
-- Whatever is asked for one tenant finds its rows by an index that begins with the tenant: a plan made while a table
-- was small must not read everybody's rows when it is large. Before PostgreSQL 18 a scan that cannot be avoided counts
-- as so dear that it would be compiled first.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['colophon_app', 'colophon_writer', 'colophon_projector', 'colophon_eraser',
                                   'colophon_sealer', 'colophon_archiver'] LOOP
    EXECUTE format('ALTER ROLE %I SET enable_seqscan = off', role_name);
    EXECUTE format('ALTER ROLE %I SET jit = off', role_name);
  END LOOP;
END $$;
-- Planning log.append anew costs more than running it.
ALTER ROLE colophon_writer SET plan_cache_mode = force_generic_plan;
ALTER ROLE colophon_writer SET enable_hashjoin = off;
ALTER ROLE colophon_writer SET enable_mergejoin = off;
-- Inline projections run in the append transaction under the projector's rights, not the writer's.
GRANT colophon_projector TO colophon_writer WITH INHERIT FALSE, SET TRUE;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO colophon_owner;
