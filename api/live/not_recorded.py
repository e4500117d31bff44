"""What a session ends with when its edits cannot be recorded."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.live.closing import CloseCode, ConnectionRefused
from commands.bodies import BodyUnreadable
from commands.event_log import LogUnavailable, VersionConflict
from domain.document.decisions import DocumentIsArchived, NoSuchDocument
from domain.errors import DomainError
from tenancy.document_rights import DocumentAccessMissing


@contextmanager
def ending_the_session() -> Iterator[None]:
    """Turn what recording is refused with into ConnectionRefused, but DocumentAccessMissing: reading is left."""
    try:
        yield
    except DocumentIsArchived:
        raise ConnectionRefused(CloseCode.ARCHIVED, "The document was archived.") from None
    except (LogUnavailable, VersionConflict):
        raise ConnectionRefused(CloseCode.UNAVAILABLE, "Edits cannot be stored right now.") from None
    except DocumentAccessMissing:
        raise
    except NoSuchDocument:
        raise ConnectionRefused(CloseCode.NOT_FOUND, "There is no such document.") from None
    except BodyUnreadable:
        raise ConnectionRefused(CloseCode.MALFORMED, "The update cannot be applied.") from None
    except DomainError as error:
        raise ConnectionRefused(CloseCode.FORBIDDEN, str(error)) from None
