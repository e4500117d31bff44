"""What PostgreSQL's catalogue must say so that no way leads from one tenant to another; each gap is a sentence."""

from typing import Any

import psycopg

from infra.postgres.row_security import ACROSS_TENANTS, EXEMPT, ONLY_OWN_TENANT, unprotected

TENANTLESS_KEYS = {
    "read.tenants_slug_key": "a slug is the public name in the address, given by the operator",
}

# Definer functions: what each is for, who owns it and who may call it. A new one needs a line here, and a reason.
DEFINERS = {
    "log.append": ("colophon_appender", {"colophon_writer"}),
    "log.forget_receipts": ("colophon_appender", {"colophon_projector"}),
    "read.search_passages": ("colophon_searcher", {"colophon_app"}),
    "sec.builds_due": ("colophon_resolver", {"colophon_projector"}),
    "sec.expired_reports": ("colophon_resolver", {"colophon_projector"}),
    "sec.knowledge_work": ("colophon_resolver", {"colophon_projector"}),
    "sec.list_tenants": ("colophon_resolver", {"colophon_projector"}),
    "sec.log_tenants": ("colophon_resolver", {"colophon_projector"}),
    "sec.logs_ahead": ("colophon_resolver", {"colophon_projector"}),
    "sec.projection_progress": ("colophon_resolver", {"colophon_projector"}),
    "sec.resolve_credential": ("colophon_resolver", {"colophon_app"}),
    "sec.resolve_sign_in": ("colophon_resolver", {"colophon_app"}),
    "sec.schema_revision": ("colophon_owner", {"colophon_app"}),
    "sec.tenants_of_master_keys": ("colophon_resolver", {"colophon_keyring"}),
    "sec.tenant": (
        "colophon_owner",
        {
            "colophon_app",
            "colophon_archiver",
            "colophon_eraser",
            "colophon_keyring",
            "colophon_projector",
            "colophon_searcher",
        },
    ),
    "sec.unfinished_evidence": ("colophon_resolver", {"colophon_projector"}),
    "sec.verified": ("colophon_owner", {"colophon_appender"}),
    "sec.waiting_generations": ("colophon_resolver", {"colophon_projector"}),
    "sec.waiting_streams": ("colophon_resolver", {"colophon_projector"}),
    "sec.waiting_turns": ("colophon_resolver", {"colophon_projector"}),
}

# What roles that work for every tenant may do to which tables: by policy and by grant, and not one right more.
RIGHTS_ACROSS_TENANTS = {
    "colophon_appender": {
        "log.event_payloads": "INSERT",
        "log.events": "INSERT SELECT",
        "log.heads": "INSERT SELECT UPDATE",
        "log.idempotency": "DELETE INSERT SELECT",
    },
    "colophon_searcher": {"read.knowledge_chunks": "SELECT", "read.knowledge_documents": "SELECT"},
    "colophon_sealer": {
        "keystore.signing_keys": "INSERT SELECT",
        "log.checkpoints": "INSERT SELECT",
        "log.events": "SELECT",
        "log.heads": "SELECT",
        "log.subtrees": "INSERT SELECT",
    },
    "colophon_resolver": {
        "keystore.tenant_keys": "SELECT of tenant_id master_key",
        "log.events": "SELECT of tenant_id position recorded_at",
    }
    | dict.fromkeys(
        (
            "log.heads",
            "read.api_keys",
            "read.audit_reports",
            "read.checkpoints",
            "read.conversations",
            "read.dead_letters",
            "read.erasures",
            "read.generations",
            "read.invitations",
            "read.knowledge_chunks",
            "read.knowledge_documents",
            "read.knowledge_lexicons",
            "read.knowledge_marks",
            "read.members",
            "read.sessions",
            "read.sign_in_links",
            "read.tenants",
            "read_former.checkpoints",
            "read_next.checkpoints",
        ),
        "SELECT",
    ),
}

MEMBERSHIPS = {
    ("colophon_owner", "colophon_appender"): "migrations hand functions over",
    ("colophon_owner", "colophon_resolver"): "migrations hand functions over",
    ("colophon_owner", "colophon_searcher"): "migrations hand functions over",
    ("colophon_writer", "colophon_projector"): "inline projections, by SET ROLE in the append transaction",
}

_OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

_CHECKS = {
    "permissive policy to PUBLIC or to a role without a grant": f"""
        SELECT p.polrelid::regclass || ' ' || p.polname || ' '
               || CASE r.role WHEN 0 THEN 'PUBLIC' ELSE r.role::regrole::text END
          FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
               unnest(p.polroles) r(role)
         WHERE {_OURS} AND p.polpermissive AND (r.role = 0 OR NOT EXISTS (
               SELECT FROM aclexplode(c.relacl) g WHERE g.grantee = r.role
                UNION ALL SELECT FROM pg_attribute a, aclexplode(a.attacl) g
                           WHERE a.attrelid = c.oid AND g.grantee = r.role))""",
    "policy on a partition": f"""
        SELECT p.polrelid::regclass || ' ' || p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS} AND c.relispartition""",
    "restrictive policy with another condition": f"""
        SELECT p.polrelid::regclass || ' ' || p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {_OURS} AND NOT p.polpermissive AND (pg_get_expr(p.polqual, c.oid) IS DISTINCT FROM %(expression)s
               OR pg_get_expr(p.polwithcheck, c.oid) IS DISTINCT FROM %(expression)s)""",
    "unique key that does not begin with tenant_id": f"""
        SELECT n.nspname || '.' || ic.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
          JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {_OURS} AND (i.indisunique OR i.indisexclusion) AND n.nspname || '.' || c.relname <> ALL (%(exempt)s)
           AND n.nspname || '.' || ic.relname <> ALL (%(tenantless)s)
           AND pg_get_indexdef(i.indexrelid, 1, true) <> 'tenant_id'""",
    "foreign key that does not begin with tenant_id on both sides": f"""
        SELECT k.conrelid::regclass || ' ' || k.conname FROM pg_constraint k
          JOIN pg_namespace n ON n.oid = k.connamespace
         WHERE {_OURS} AND k.contype = 'f' AND k.confrelid::regclass::text <> ALL (%(exempt)s) AND NOT (
           EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND a.attname = 'tenant_id')
           AND EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = k.confrelid AND a.attnum = k.confkey[1] AND a.attname = 'tenant_id'))""",
    "right to truncate, refer, trigger, maintain, grant on, or for PUBLIC": f"""
        SELECT c.oid::regclass || ' ' || g.grantee || ' ' || g.privilege_type
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
         WHERE {_OURS} AND g.grantee <> c.relowner AND (g.grantee = 0 OR g.is_grantable
           OR g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))""",
    "right on single columns of a role that works for one tenant": f"""
        SELECT c.oid::regclass || '.' || a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
         WHERE {_OURS} AND g.grantee <> ALL (%(across)s::regrole[])""",
    "right on a table without a tenant": """
        SELECT c.oid::regclass || ' ' || g.grantee::regrole FROM pg_class c, aclexplode(c.relacl) g
         WHERE c.oid IN ('sec.context_keys'::regclass, 'public.alembic_version'::regclass)
           AND g.grantee <> c.relowner""",
    "view that reads with its owner's rights": f"""
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {_OURS} AND c.relkind = 'v' AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false)""",
    "materialised view or sequence": f"""
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {_OURS} AND c.relkind IN ('m', 'S')""",
    "rewrite rule": f"""
        SELECT r.ev_class::regclass || ' ' || r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
          JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS} AND c.relkind <> 'v'""",
    "definer function without a pinned search path": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE {_OURS} AND p.prosecdef
           AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)""",
    "function that anybody may call": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE {_OURS} AND p.prorettype <> 'trigger'::regtype AND has_function_privilege('public', p.oid, 'EXECUTE')""",
    "function or operator that claims to be leakproof, or is not in SQL": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
          JOIN pg_language l ON l.oid = p.prolang
         WHERE {_OURS} AND (p.proleakproof OR l.lanname NOT IN ('sql', 'plpgsql'))""",
    "schema in which a role of ours may create, or that PUBLIC may use": f"""
        SELECT n.nspname || ' ' || g.grantee FROM pg_namespace n, aclexplode(n.nspacl) g
         WHERE {_OURS} AND g.grantee <> n.nspowner AND (g.privilege_type = 'CREATE' OR g.grantee = 0)
           AND NOT (n.nspname = 'public' AND g.grantee = 'colophon_owner'::regrole)""",
    "right that is granted by default to what comes later": """
        SELECT a.defaclrole::regrole || ' ' || a.defaclobjtype::text FROM pg_default_acl a""",
    "role that logs in with more than a login": """
        SELECT r.rolname::text FROM pg_roles r WHERE r.rolname ~ '^colophon_' AND (r.rolsuper OR r.rolbypassrls
          OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolinherit
          OR (r.rolcanlogin AND EXISTS (SELECT FROM pg_shdepend d WHERE d.refobjid = r.oid AND d.deptype = 'o')))""",
    "foreign server or untrusted language": """
        SELECT s.srvname::text FROM pg_foreign_server s
         UNION ALL
        SELECT l.lanname::text FROM pg_language l WHERE l.lanname NOT IN ('internal', 'c', 'sql', 'plpgsql')""",
}


def findings(connection: psycopg.Connection[Any]) -> list[str]:
    """Return a sentence for each gap; nothing is found in a database as it should be."""
    facts = {"expression": ONLY_OWN_TENANT, "exempt": list(EXEMPT), "tenantless": list(TENANTLESS_KEYS)}
    facts["across"] = list(ACROSS_TENANTS)
    found = unprotected(connection)
    with psycopg.ClientCursor(connection) as cursor:
        for gap, query in _CHECKS.items():
            found += [f"{gap}: {row[0]}" for row in cursor.execute(query, facts).fetchall()]
    return found + _definers(connection) + _across_tenants(connection) + _memberships(connection)


def _definers(connection: psycopg.Connection[Any]) -> list[str]:
    query = f"""
        SELECT n.nspname || '.' || p.proname, p.proowner::regrole::text, array_agg(g.grantee::regrole::text)
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
          LEFT JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g ON g.grantee <> p.proowner
         WHERE {_OURS} AND p.prosecdef GROUP BY p.oid, 1, 2"""
    real = {
        (name, owner, frozenset(may) - {None}) for name, owner, may in connection.execute(query.encode()).fetchall()
    }
    written = {(name, owner, frozenset(may)) for name, (owner, may) in DEFINERS.items()}
    return [f"definer function not as written: {name} of {owner}" for name, owner, _ in real ^ written]


def _across_tenants(connection: psycopg.Connection[Any]) -> list[str]:
    query = f"""
        SELECT g.grantee::regrole::text, n.nspname || '.' || c.relname,
               string_agg(g.privilege_type, ' ' ORDER BY g.privilege_type)
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
         WHERE {_OURS} AND g.grantee::regrole::text = ANY (%(roles)s) GROUP BY 1, 2
         UNION ALL
        SELECT g.grantee::regrole::text, n.nspname || '.' || c.relname,
               g.privilege_type || ' of ' || string_agg(a.attname, ' ' ORDER BY a.attnum)
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid,
               aclexplode(a.attacl) g
         WHERE {_OURS} AND g.grantee::regrole::text = ANY (%(roles)s) GROUP BY 1, 2, g.privilege_type"""
    rows = connection.execute(query.encode(), {"roles": list(ACROSS_TENANTS)}).fetchall()
    written = {(role, table, may) for role, tables in RIGHTS_ACROSS_TENANTS.items() for table, may in tables.items()}
    return [f"right across tenants not as written: {' '.join(right)}" for right in set(rows) ^ written]


def _memberships(connection: psycopg.Connection[Any]) -> list[str]:
    query = """
        SELECT m.member::regrole::text, m.roleid::regrole::text, m.inherit_option OR m.admin_option
          FROM pg_auth_members m
         WHERE m.member::regrole::text ~ '^colophon_' """
    rows = connection.execute(query).fetchall()
    return [
        f"{member} is a member of {role}"
        for member, role, inherits in rows
        if inherits or (member, role) not in MEMBERSHIPS
    ]
