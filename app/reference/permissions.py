"""Who may do what as a page: roles, permissions, and the commands that ask for them."""

from commands.catalogue import COMMANDS
from domain.directory.roles import Role
from tenancy.roles import OPERATOR_PERMISSIONS, PERMISSIONS, Permission

HEADER = """# Permissions

A member has one role in a tenant; a role is a set of permissions. An API key acts for its member and may be narrowed
to some of them (its scopes), never widened. *Operator* is the command line on the server, in the tenant that it names.

*This page is written by `make docs` from `tenancy/roles.py` and `commands/catalogue.py`.*

"""


def permissions_page() -> str:
    """Return the page."""
    head = f"| permission | {' | '.join(Role)} | operator | commands |\n|---|{':-:|' * (len(Role) + 1)}---|\n"
    return HEADER + head + "".join(map(_row, Permission))


def _row(permission: Permission) -> str:
    held = [permission in PERMISSIONS[role] for role in Role] + [permission in OPERATOR_PERMISSIONS]
    marks = " | ".join("yes" if has else "" for has in held)
    commands = ", ".join(
        f"`{command.__name__}`" for command, handled in COMMANDS.items() if handled.permission is permission
    )
    return f"| `{permission}` | {marks} | {commands} |\n"
