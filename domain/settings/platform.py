"""Features, evidence, the archive and snapshots."""

from typing import Final

from domain.settings.definition import EVERYBODY, HOUSE_AND_TENANT, Definition, flag, whole
from domain.settings.values import Kind, Scope

PLATFORM: Final = (
    flag("feature.generation", default=True, scopes=EVERYBODY, description="Whether text can be asked for."),
    flag("feature.assistant", default=True, scopes=EVERYBODY, description="Whether there is the assistant's chat."),
    flag(
        "feature.provenance", default=True, scopes=EVERYBODY,
        description="Whether the editor can show who or what wrote each character; it is recorded in any case.",
    ),
    flag(
        "audit.record_access", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether reading a document's content is recorded for the auditors, as changing it always is.",
    ),
    whole(
        "archive.after_days", 0,
        "How old an event becomes before its sealed content moves out of PostgreSQL into files; 0 is never.",
        unit="days", minimum=0, maximum=36_500,
    ),
    whole(
        "snapshots.every_edits", 200, "After how many edits the state of a document's body is kept, to load it faster.",
        unit="edits", minimum=10, maximum=1_000_000,
    ),
    whole(
        "snapshots.every_bytes", 65_536, "After how many bytes of edits, however few, a body's state is kept.",
        unit="bytes", minimum=1_024, maximum=1_000_000_000,
    ),
    whole(
        "snapshots.keep_last", 3, "How many of a body's newest kept states stay.",
        unit="states", minimum=1, maximum=100,
    ),
    whole(
        "snapshots.keep_one_per_edits", 5_000, "Of the older kept states of a body one stays for so many edits.",
        unit="edits", minimum=100, maximum=1_000_000_000,
    ),
    Definition(
        key="documents.default_sharing", kind=Kind.CHOICE, default="tenant", choices=("tenant", "restricted"),
        scopes=(Scope.TENANT,),
        description="With whom a new document is shared: the whole tenant, or nobody but its author and the owners.",
    ),
)  # fmt: skip
