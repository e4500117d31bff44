-- Who asks, for many signed contexts at once: 'v1|tenant|actor|expires|key_id|mac' -> tenant and actor, or nulls where a
-- context does not verify: never an error, never a guess. Loops cost less than a plan here, and most contexts share one key.
CREATE FUNCTION sec.verified(contexts text[], OUT tenants uuid[], OUT actors text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mac_length constant int := 64;
  line text; key text; known_key text; inner_half bytea; outer_half bytea;
  now_seconds constant numeric := extract(epoch FROM clock_timestamp());
BEGIN
  tenants := array_fill(NULL::uuid, ARRAY[cardinality(contexts)]);
  actors := array_fill(NULL::text, ARRAY[cardinality(contexts)]);
  FOR i IN 1 .. cardinality(contexts) LOOP
    line := contexts[i];
    key := split_part(line, '|', 5);
    IF key IS DISTINCT FROM known_key THEN
      known_key := key;
      SELECT k.inner_pad, k.outer_pad INTO inner_half, outer_half FROM sec.context_keys k WHERE k.key_id = key;
    END IF;
    -- An unknown key leaves nulls, and so does everything that is computed with them.
    IF encode(sha256(outer_half || sha256(inner_half || convert_to(left(line, -mac_length - 1), 'UTF8'))), 'hex')
         = right(line, mac_length) AND substr(line, length(line) - mac_length, 1) = '|'
    THEN
      -- Only what we signed ourselves is read as a number or an id.
      IF starts_with(line, 'v1|') AND split_part(line, '|', 7) = '' AND split_part(line, '|', 4)::bigint >= now_seconds THEN
        tenants[i] := split_part(line, '|', 2)::uuid;
        actors[i] := split_part(line, '|', 3);
      END IF;
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION sec.verified(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.verified(text[]) TO colophon_appender;

CREATE OR REPLACE FUNCTION sec.tenant() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.tenants[1] FROM sec.verified(ARRAY[current_setting('colophon.context', true)]) v
$$;
DROP FUNCTION sec.verified(text);

-- The one way into the log: a batch of appends in one call, an outcome for each of them.
--
-- The batch arrives as parallel arrays, all indexes from 1. An item is one caller's append. The distinct streams of the batch
-- have slots, each naming an item of its tenant. A write is what one item does to one slot: assert its version, and append
-- events to it; each event has several sealed segments. Writes name item and slot, events their write, payloads their event.
--
-- Outcomes, one an item: appended | recorded (resubmitted, and its events were there already) | duplicate (same
-- idempotency key and command) | reused (same key, other command) | conflict (a stream is not at its expected version)
-- | denied (the context does not verify). `versions` says for each write where its stream stands; `earlier_*` is the first
-- receipt of a duplicate. An idempotency key must not come twice in a batch: the whole batch would be refused.
DROP FUNCTION IF EXISTS log.append;
CREATE FUNCTION log.append(
  item_context text[], item_key text[], item_command_hash bytea[], item_resubmitted boolean[],
  slot_item int[], slot_stream uuid[],
  write_item int[], write_slot int[], write_expected bigint[],
  event_write int[], event_ids uuid[], event_name text[], event_occurred_at text[], event_metadata text[], event_segments text[],
  payload_event int[], payload_segment text[], payload_key uuid[], payload_ciphertext bytea[],
  OUT outcomes text[], OUT positions bigint[], OUT versions bigint[], OUT earlier_stream uuid[], OUT earlier_version bigint[]
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  item_count  constant int := cardinality(item_context);
  write_count constant int := cardinality(write_item);
  event_count constant int := cardinality(event_write);
  item_tenant uuid[]; item_actor text[]; item_head int[]; item_first_write int[];
  tenants uuid[]; head_position bigint[]; head_frontier bytea[]; head_time timestamptz[]; head_stamp text[];
  slot_version bigint[] := array_fill(0::bigint, ARRAY[cardinality(slot_item)]);
  found record;
  w int := 1; e int := 1;                       -- the next write and event to look at
  first_write int; last_write int; own text; t int; slot int; place bigint; n bigint; node bytea; frontier bytea;
  out_position bigint[]; out_version bigint[]; out_leaf bytea[];
BEGIN
  outcomes := array_fill(NULL::text, ARRAY[item_count]);
  positions := array_fill(NULL::bigint, ARRAY[item_count]);
  earlier_stream := array_fill(NULL::uuid, ARRAY[item_count]);
  earlier_version := positions;
  versions := array_fill(NULL::bigint, ARRAY[write_count]);
  out_position := array_fill(NULL::bigint, ARRAY[event_count]);
  out_version := out_position;
  out_leaf := array_fill(NULL::bytea, ARRAY[event_count]);

  -- Who asks. Only a context that verifies names a tenant, and only its actor is ever written.
  SELECT v.tenants, v.actors INTO item_tenant, item_actor FROM sec.verified(item_context) v;
  SELECT array_agg(DISTINCT x ORDER BY x) INTO tenants FROM unnest(item_tenant) x WHERE x IS NOT NULL;

  -- Heads are locked in one order by everybody, so that two writers cannot deadlock.
  FOR attempt IN 1 .. 2 LOOP
    SELECT array_agg(h.position), array_agg(h.frontier), array_agg(h.stamp),
           array_agg(to_char(h.stamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
      INTO head_position, head_frontier, head_time, head_stamp
      FROM (SELECT x.position, x.frontier, greatest(clock_timestamp(), x.recorded_at) AS stamp FROM log.heads x
             WHERE x.tenant_id = ANY (tenants) ORDER BY x.tenant_id FOR UPDATE) h;
    EXIT WHEN cardinality(head_position) = cardinality(tenants) OR tenants IS NULL;
    INSERT INTO log.heads (tenant_id) SELECT x FROM unnest(tenants) x ORDER BY x ON CONFLICT DO NOTHING;
  END LOOP;
  item_head := array_fill(NULL::int, ARRAY[item_count]);
  FOR i IN 1 .. item_count LOOP item_head[i] := array_position(tenants, item_tenant[i]); END LOOP;

  -- A slot that names a denied item is looked up for another one of its writers.
  IF array_position(item_tenant, NULL) IS NOT NULL THEN
    FOR k IN 1 .. write_count LOOP
      IF item_head[slot_item[write_slot[k]]] IS NULL THEN slot_item[write_slot[k]] := write_item[k]; END IF;
    END LOOP;
  END IF;

  -- Where each stream stands; under the head lock nobody else can move it. By tenant, because then one partition is looked at.
  FOR i IN 1 .. coalesce(cardinality(tenants), 0) LOOP
    FOR found IN
      SELECT s.slot, v.version FROM unnest(slot_item, slot_stream) WITH ORDINALITY s(item, stream_id, slot),
        LATERAL (SELECT x.stream_version AS version FROM log.events x
                  WHERE x.tenant_id = tenants[i] AND x.stream_id = s.stream_id ORDER BY x.stream_version DESC LIMIT 1) v
       WHERE item_head[s.item] = i
    LOOP
      slot_version[found.slot] := found.version;
    END LOOP;
  END LOOP;

  -- What was said before: under a key, or by a caller that never heard the answer.
  FOR found IN
    SELECT u.i, k.command_hash, k.position, k.stream_id, k.stream_version
      FROM unnest(item_tenant, item_actor, item_key) WITH ORDINALITY u(tenant, actor, key, i), LATERAL (
        SELECT * FROM log.idempotency x WHERE x.tenant_id = u.tenant AND x.actor_ref = u.actor AND x.key = u.key LIMIT 1) k
  LOOP
    outcomes[found.i] := CASE WHEN found.command_hash = item_command_hash[found.i] THEN 'duplicate' ELSE 'reused' END;
    positions[found.i] := found.position;
    earlier_stream[found.i] := found.stream_id;
    earlier_version[found.i] := found.stream_version;
  END LOOP;
  IF true = ANY (item_resubmitted) THEN
    FOR found IN
      SELECT v.write, max(x.position) AS last_position, max(x.stream_version) AS version
        FROM unnest(event_write, event_ids) v(write, event_id), LATERAL (
          SELECT * FROM log.events x WHERE x.tenant_id = item_tenant[write_item[v.write]] AND x.event_id = v.event_id LIMIT 1) x
       WHERE item_resubmitted[write_item[v.write]] GROUP BY v.write
    LOOP
      slot := write_item[found.write];
      outcomes[slot] := 'recorded';
      positions[slot] := greatest(positions[slot], found.last_position);
      versions[found.write] := found.version;
    END LOOP;
  END IF;

  FOR i IN 1 .. item_count LOOP
    first_write := w;
    item_first_write[i] := w;
    WHILE w <= write_count AND write_item[w] = i LOOP w := w + 1; END LOOP;
    last_write := w - 1;
    t := item_head[i];
    IF t IS NULL THEN
      outcomes[i] := 'denied';
    ELSIF outcomes[i] IS NULL THEN
      outcomes[i] := 'appended';
      FOR k IN first_write .. last_write LOOP
        IF write_expected[k] <> slot_version[write_slot[k]] THEN
          outcomes[i] := 'conflict';
          positions[i] := head_position[t];
          EXIT;
        END IF;
      END LOOP;
    END IF;

    IF outcomes[i] = 'appended' THEN
      place := head_position[t]; frontier := head_frontier[t];
      own := '{"actor_ref":"' || item_actor[i] || '","event_id":"';
      WHILE e <= event_count AND event_write[e] <= last_write LOOP
        slot := write_slot[event_write[e]];
        slot_version[slot] := slot_version[slot] + 1;
        n := place;
        place := place + 1;
        -- The leaf: RFC 6962 hash of the envelope in RFC 8785 form (keys sorted, no white space, all text ASCII).
        node := sha256('\x00'::bytea || convert_to(concat(
          own, event_ids[e], '","metadata":', event_metadata[e], ',"name":"', event_name[e],
          '","occurred_at":"', event_occurred_at[e], '","position":', place, ',"recorded_at":"', head_stamp[t],
          '","segments":', event_segments[e], ',"stream_id":"', slot_stream[slot], '","stream_version":', slot_version[slot],
          ',"tenant_id":"', item_tenant[i], '","v":1}'), 'UTF8'));
        out_position[e] := place; out_version[e] := slot_version[slot]; out_leaf[e] := node;
        -- Each trailing one-bit of the size is a finished subtree that the new leaf completes.
        WHILE (n & 1) = 1 LOOP
          node := sha256('\x01'::bytea || substr(frontier, length(frontier) - 31) || node);
          frontier := substr(frontier, 1, length(frontier) - 32);
          n := n >> 1;
        END LOOP;
        frontier := frontier || node;
        e := e + 1;
      END LOOP;
      head_position[t] := place; head_frontier[t] := frontier; positions[i] := place;
    ELSE
      WHILE e <= event_count AND event_write[e] <= last_write LOOP e := e + 1; END LOOP;
    END IF;
    FOR k IN first_write .. last_write LOOP versions[k] := coalesce(versions[k], slot_version[write_slot[k]]); END LOOP;
  END LOOP;

  INSERT INTO log.events
    SELECT item_tenant[write_item[u.write]], u.position, slot_stream[write_slot[u.write]], u.version, u.event_id, u.name,
           item_actor[write_item[u.write]], u.occurred_at::timestamptz, head_time[item_head[write_item[u.write]]],
           u.metadata::json, u.segments::json, u.leaf
      FROM unnest(event_write, out_position, out_version, event_ids, event_name, event_occurred_at, event_metadata,
                  event_segments, out_leaf)
           u(write, position, version, event_id, name, occurred_at, metadata, segments, leaf)
     WHERE u.position IS NOT NULL;
  INSERT INTO log.event_payloads
    SELECT item_tenant[write_item[event_write[p.event]]], out_position[p.event], p.segment, p.key_id, p.ciphertext
      FROM unnest(payload_event, payload_segment, payload_key, payload_ciphertext) p(event, segment, key_id, ciphertext)
     WHERE out_position[p.event] IS NOT NULL;
  INSERT INTO log.idempotency
    SELECT item_tenant[u.i], item_actor[u.i], u.key, u.command_hash, u.position, slot_stream[write_slot[u.write]],
           versions[u.write], head_time[item_head[u.i]]
      FROM unnest(item_key, item_command_hash, outcomes, positions, item_first_write) WITH ORDINALITY
           u(key, command_hash, outcome, position, write, i)
     WHERE u.key IS NOT NULL AND u.outcome = 'appended';
  UPDATE log.heads h SET position = u.position, frontier = u.frontier, recorded_at = u.stamp
    FROM unnest(tenants, head_position, head_frontier, head_time) u(tenant, position, frontier, stamp)
   WHERE h.tenant_id = u.tenant AND h.position < u.position;
END $$;

-- Before it changes hands: nobody may revoke what another owner granted.
REVOKE ALL ON FUNCTION log.append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log.append TO colophon_writer;
GRANT CREATE ON SCHEMA log TO colophon_appender;
ALTER FUNCTION log.append OWNER TO colophon_appender;
REVOKE CREATE ON SCHEMA log FROM colophon_appender;
