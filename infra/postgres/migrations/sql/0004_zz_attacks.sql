-- Nothing is begun for a tenant that is suspended: what waits goes on waiting until it is resumed.
GRANT CREATE ON SCHEMA sec TO colophon_resolver;
SET ROLE colophon_resolver;
CREATE OR REPLACE FUNCTION sec.waiting_turns(turns_max int)
RETURNS TABLE (tenant_id uuid, conversation_id uuid, turn_id uuid, member_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.tenant_id, c.conversation_id, c.running, c.member_id FROM read.conversations c
   WHERE c.running IS NOT NULL
     AND NOT EXISTS (SELECT FROM read.tenants t WHERE t.tenant_id = c.tenant_id AND t.suspended_at IS NOT NULL)
   ORDER BY c.updated_at LIMIT turns_max
$$;

CREATE OR REPLACE FUNCTION sec.waiting_generations(generations_max int)
RETURNS TABLE (tenant_id uuid, generation_id uuid, member_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT g.tenant_id, g.generation_id, g.member_id FROM read.generations g
   WHERE g.state = 'queued'
     AND NOT EXISTS (SELECT FROM read.tenants t WHERE t.tenant_id = g.tenant_id AND t.suspended_at IS NOT NULL)
   ORDER BY g.requested_at LIMIT generations_max
$$;
SET ROLE colophon_owner;
REVOKE CREATE ON SCHEMA sec FROM colophon_resolver;
