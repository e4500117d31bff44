-- The one way into the log: a batch of appends in one call, an outcome for each of them.
--
-- The batch arrives as parallel arrays. An item is one caller's append; it writes (or only asserts) several streams,
-- each stream takes several events, each event several sealed segments. Streams name their item, events their stream,
-- segments their event, all by 1-based index. stream_slot numbers the distinct (tenant, stream) pairs of the batch.
--
-- Outcomes: appended | duplicate (same idempotency key and command: the first receipt again) | reused (same key, other
-- command) | conflict (a stream is not at its expected version; its real one is answered) | denied (context not valid).
DROP FUNCTION IF EXISTS log.append;
CREATE FUNCTION log.append(
  item_context text[], item_key text[], item_command_hash bytea[],
  stream_item int[], stream_slot int[], stream_ids uuid[], stream_expected bigint[],
  event_stream int[], event_ids uuid[], event_name text[], event_occurred_at text[], event_metadata text[], event_segments text[],
  payload_event int[], payload_segment text[], payload_key uuid[], payload_ciphertext bytea[]
) RETURNS TABLE (item int, outcome text, last_position bigint, stream uuid, version bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  utc_format constant text := 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';
  item_tenant uuid[]; item_actor text[]; item_outcome text[]; item_slot int[];
  tenants uuid[]; head_position bigint[]; head_frontier bytea[]; head_time timestamptz[];
  slot_version bigint[];
  s int := 1; e int := 1;                       -- the next stream and event to look at
  first_stream int; last_stream int; earlier record;
  out_tenant uuid[]; out_position bigint[]; out_version bigint[]; out_actor text[]; out_time timestamptz[]; out_leaf bytea[];
  t int; slot int; n bigint; node bytea; frontier bytea; stamp timestamptz;
BEGIN
  -- Who asks. Only a context that verifies names a tenant, and only its actor is ever written.
  SELECT array_agg(v.tenant ORDER BY c.i), array_agg(v.actor ORDER BY c.i)
    INTO item_tenant, item_actor
    FROM unnest(item_context) WITH ORDINALITY c(context, i), LATERAL sec.verified(c.context) v;

  -- Heads are locked in one order by everybody, so that two writers cannot deadlock.
  SELECT array_agg(DISTINCT x ORDER BY x) INTO tenants FROM unnest(item_tenant) x WHERE x IS NOT NULL;
  INSERT INTO log.heads (tenant_id)
    SELECT x FROM unnest(tenants) x WHERE NOT EXISTS (SELECT FROM log.heads h WHERE h.tenant_id = x) ORDER BY x
    ON CONFLICT DO NOTHING;
  SELECT array_agg(h.position ORDER BY h.tenant_id), array_agg(h.frontier ORDER BY h.tenant_id),
         array_agg(greatest(clock_timestamp(), h.recorded_at) ORDER BY h.tenant_id)
    INTO head_position, head_frontier, head_time
    FROM (SELECT * FROM log.heads WHERE tenant_id = ANY (tenants) ORDER BY tenant_id FOR UPDATE) h;
  SELECT array_agg(array_position(tenants, x) ORDER BY i) INTO item_slot FROM unnest(item_tenant) WITH ORDINALITY u(x, i);

  -- Where each stream stands; under the head lock nobody else can move it.
  SELECT array_agg(coalesce(v.version, 0) ORDER BY d.slot) INTO slot_version
    FROM (SELECT DISTINCT ON (u.slot) u.slot, u.stream_id, item_tenant[u.item] AS tenant_id
            FROM unnest(stream_slot, stream_ids, stream_item) u(slot, stream_id, item) ORDER BY u.slot) d
    LEFT JOIN LATERAL (SELECT x.stream_version AS version FROM log.events x
                        WHERE x.tenant_id = d.tenant_id AND x.stream_id = d.stream_id
                        ORDER BY x.stream_version DESC LIMIT 1) v ON true;

  FOR i IN 1 .. cardinality(item_context) LOOP
    first_stream := s;
    WHILE s <= cardinality(stream_item) AND stream_item[s] = i LOOP s := s + 1; END LOOP;
    last_stream := s - 1;
    item_outcome[i] := NULL;
    t := item_slot[i];
    IF t IS NULL THEN
      item_outcome[i] := 'denied';
      item := i; outcome := 'denied'; last_position := NULL; stream := NULL; version := NULL; RETURN NEXT;
    ELSIF item_key[i] IS NOT NULL THEN
      SELECT k.command_hash, k.position, k.stream_id, k.stream_version INTO earlier FROM log.idempotency k
       WHERE k.tenant_id = item_tenant[i] AND k.actor_ref = item_actor[i] AND k.key = item_key[i];
      IF FOUND THEN
        item_outcome[i] := CASE WHEN earlier.command_hash = item_command_hash[i] THEN 'duplicate' ELSE 'reused' END;
        item := i; outcome := item_outcome[i]; last_position := earlier.position;
        stream := earlier.stream_id; version := earlier.stream_version; RETURN NEXT;
      END IF;
    END IF;
    IF item_outcome[i] IS NULL THEN
      FOR k IN first_stream .. last_stream LOOP
        IF stream_expected[k] IS NOT NULL AND stream_expected[k] <> slot_version[stream_slot[k]] THEN
          item_outcome[i] := 'conflict';
          item := i; outcome := 'conflict'; last_position := head_position[t];
          stream := stream_ids[k]; version := slot_version[stream_slot[k]]; RETURN NEXT;
          EXIT;
        END IF;
      END LOOP;
    END IF;

    stamp := head_time[t]; n := head_position[t]; frontier := head_frontier[t];
    WHILE e <= cardinality(event_stream) AND event_stream[e] <= last_stream LOOP
      IF item_outcome[i] IS NULL THEN
        slot := stream_slot[event_stream[e]];
        slot_version[slot] := slot_version[slot] + 1;
        -- The leaf: RFC 6962 hash of the envelope in RFC 8785 form (keys sorted, no white space, all text ASCII).
        node := sha256('\x00'::bytea || convert_to(
          '{"actor_ref":"' || item_actor[i] || '","event_id":"' || event_ids[e] || '","metadata":' || event_metadata[e]
          || ',"name":"' || event_name[e] || '","occurred_at":"' || event_occurred_at[e] || '","position":' || (n + 1)
          || ',"recorded_at":"' || to_char(stamp AT TIME ZONE 'UTC', utc_format) || '","segments":' || event_segments[e]
          || ',"stream_id":"' || stream_ids[event_stream[e]] || '","stream_version":' || slot_version[slot]
          || ',"tenant_id":"' || item_tenant[i] || '","v":1}', 'UTF8'));
        out_tenant[e] := item_tenant[i]; out_position[e] := n + 1; out_version[e] := slot_version[slot];
        out_actor[e] := item_actor[i]; out_time[e] := stamp; out_leaf[e] := node;
        -- Each trailing one-bit of the size is a finished subtree that the new leaf completes.
        WHILE (n & 1) = 1 LOOP
          node := sha256('\x01'::bytea || substr(frontier, length(frontier) - 31) || node);
          frontier := substr(frontier, 1, length(frontier) - 32);
          n := n >> 1;
        END LOOP;
        frontier := frontier || node;
        n := out_position[e];
      ELSE
        out_position[e] := NULL;
      END IF;
      e := e + 1;
    END LOOP;

    IF item_outcome[i] IS NULL THEN
      head_position[t] := n; head_frontier[t] := frontier;
      item_outcome[i] := 'appended';
      IF item_key[i] IS NOT NULL THEN
        INSERT INTO log.idempotency VALUES (item_tenant[i], item_actor[i], item_key[i], item_command_hash[i], n,
          stream_ids[first_stream], slot_version[stream_slot[first_stream]], stamp);
      END IF;
      FOR k IN first_stream .. last_stream LOOP
        item := i; outcome := 'appended'; last_position := n;
        stream := stream_ids[k]; version := slot_version[stream_slot[k]]; RETURN NEXT;
      END LOOP;
    END IF;
  END LOOP;

  INSERT INTO log.events
    SELECT u.tenant, u.position, stream_ids[u.stream], u.version, u.event_id, u.name, u.actor, u.occurred_at::timestamptz,
           u.stamp, u.metadata::json, u.segments::json, u.leaf
      FROM unnest(out_tenant, out_position, event_stream, out_version, event_ids, event_name, out_actor, event_occurred_at,
                  out_time, event_metadata, event_segments, out_leaf)
           u(tenant, position, stream, version, event_id, name, actor, occurred_at, stamp, metadata, segments, leaf)
     WHERE u.position IS NOT NULL;
  INSERT INTO log.event_payloads
    SELECT out_tenant[p.event], out_position[p.event], p.segment, p.key_id, p.ciphertext
      FROM unnest(payload_event, payload_segment, payload_key, payload_ciphertext) p(event, segment, key_id, ciphertext)
     WHERE out_position[p.event] IS NOT NULL;
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
