-- Attacks one table as every role that row security restricts, after a careless migration: all rights granted to all of
-- them, and a policy that shows everything to everybody. What is not refused is returned, a sentence each.
CREATE FUNCTION pg_temp.attack(target regclass, mine uuid, theirs uuid, nobody uuid, context text, attackers text[])
RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  attacker text; deed text; line text; seen bigint; forged jsonb;
BEGIN
  EXECUTE format('SELECT to_jsonb(t) || jsonb_build_object(''tenant_id'', $1) FROM %s t WHERE tenant_id = $2', target)
    INTO forged USING nobody, mine;
  IF forged IS NULL THEN RAISE EXCEPTION '% has no row to attack', target; END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO colophon_app, colophon_projector, colophon_keyring, '
                 'colophon_eraser, colophon_archiver', target);
  EXECUTE format('CREATE POLICY careless ON %s USING (true) WITH CHECK (true)', target);
  FOREACH attacker IN ARRAY attackers LOOP
    FOREACH line IN ARRAY ARRAY['', context] LOOP
      FOREACH deed IN ARRAY ARRAY[
        format('SELECT FROM %s WHERE tenant_id = $2 OR ($4 = '''' AND tenant_id = $1)', target),
        format('DELETE FROM %s WHERE tenant_id = $2', target),
        format('UPDATE %s SET tenant_id = tenant_id WHERE tenant_id = $2', target),
        format('UPDATE %s SET tenant_id = $3 WHERE tenant_id = $1', target),
        format('INSERT INTO %s SELECT * FROM jsonb_populate_record(NULL::%s, $5)', target, target)]
      LOOP
        BEGIN
          PERFORM set_config('role', attacker, true), set_config('colophon.context', line, true);
          EXECUTE deed USING mine, theirs, nobody, line, forged;
          GET DIAGNOSTICS seen = ROW_COUNT;
          PERFORM set_config('role', 'none', true);
          IF seen > 0 THEN RETURN NEXT format('%s: %s', attacker, deed); END IF;
        EXCEPTION
          WHEN insufficient_privilege THEN NULL;
          WHEN OTHERS THEN RETURN NEXT format('%s: %s got as far as %s', attacker, deed, SQLERRM);
        END;
      END LOOP;
    END LOOP;
  END LOOP;
END $$;

-- What nobody who logs in may do, whatever row security says; what was not refused is returned.
CREATE FUNCTION pg_temp.refused(attackers text[], deeds text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  attacker text; deed text;
BEGIN
  FOREACH attacker IN ARRAY attackers LOOP
    FOREACH deed IN ARRAY deeds LOOP
      BEGIN
        PERFORM set_config('role', attacker, true);
        EXECUTE deed;
        PERFORM set_config('role', 'none', true);
        RETURN NEXT format('%s may: %s', attacker, deed);
      EXCEPTION
        WHEN insufficient_privilege THEN NULL;
        WHEN OTHERS THEN RETURN NEXT format('%s may: %s (%s)', attacker, deed, SQLERRM);
      END;
    END LOOP;
  END LOOP;
END $$;
