"""Who may settle a thread or take it up again: whoever began it, and whoever may write the document."""

from commands.comment.threads import Discussed
from commands.event_log import CommandContext
from commands.execute import Ports, require
from domain.comment.decisions import is_authors
from domain.ids import CommentId
from tenancy.document_rights import Access
from tenancy.roles import Permission


async def require_settling(ports: Ports, discussed: Discussed, thread_id: CommentId, context: CommandContext) -> None:
    """Raise NoSuchComment, PermissionMissing or DocumentAccessMissing."""
    if not is_authors(discussed.threads, thread_id, context.tenant.member_id):
        require(context, Permission.DOCUMENT_WRITE)
        await ports.rights.require(discussed.document_id, context.tenant, Access.WRITE)
