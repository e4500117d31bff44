"""Every setting that may be changed while Colophon runs, on one screen."""

from collections.abc import Mapping
from typing import ClassVar, Final

from domain.errors import NotFound
from domain.settings import prompts
from domain.settings.definition import EVERYBODY, HOUSE_AND_TENANT, Definition, flag, template, whole
from domain.settings.values import Kind, Scope

KEY_CHARACTERS_MAX = 60
MICROS = "micro-dollars"
_MICROS_MAX = 1_000_000_000_000

_ALL: Final = (
    flag(
        "ai.enabled", default=True, scopes=EVERYBODY, all_must_allow=True,
        description="Whether AI may be called at all: the kill switch. Off above is off for everybody below.",
    ),
    whole(
        "ai.member_day_micros", 2_000_000, "What one member's AI calls may cost in a day.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX, scopes=EVERYBODY,
    ),
    whole(
        "ai.tenant_day_micros", 20_000_000, "What the whole tenant's AI calls may cost in a day.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX,
    ),
    whole(
        "ai.tenant_month_micros", 200_000_000, "What the whole tenant's AI calls may cost in a month.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX, tenant_cap="tenant_month_micros_max",
    ),
    whole(
        "ai.requests_per_minute", 60, "How many AI calls one member may begin in a minute.",
        unit="calls", minimum=0, maximum=100_000, scopes=EVERYBODY,
    ),
    whole(
        "ai.tokens_per_minute", 400_000, "How many tokens the whole tenant's AI calls may use in a minute.",
        unit="tokens", minimum=0, maximum=1_000_000_000,
    ),
    Definition(
        key="ai.route.small", kind=Kind.NAMES, default=("local/extractive",), scopes=HOUSE_AND_TENANT,
        description="The models for easy work, as provider/model; the next one is tried when one fails.",
    ),
    Definition(
        key="ai.route.large", kind=Kind.NAMES, default=("local/extractive",), scopes=HOUSE_AND_TENANT,
        description="The models for hard work and for what a small one was not sure of; the next one when one fails.",
    ),
    Definition(
        key="ai.confidence_threshold", kind=Kind.SHARE, default=0.7, minimum=0, maximum=1, scopes=HOUSE_AND_TENANT,
        description="How sure a small model must be of its answer; below it a large one is asked.",
    ),
    whole(
        "ai.output_tokens_max", 1024, "How long an answer may become.",
        unit="tokens", minimum=16, maximum=32_768, scopes=EVERYBODY,
    ),
    whole("ai.timeout_seconds", 60, "How long an AI call may take.", unit="seconds", minimum=1, maximum=600),
    whole(
        "ai.first_token_seconds", 20, "How long a model may take to begin; then the next one is tried.",
        unit="seconds", minimum=1, maximum=300,
    ),
    flag(
        "ai.pii_masking", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether e-mail addresses, telephone numbers and the like are masked before a prompt leaves.",
    ),
    whole(
        "ai.cache_seconds", 300, "How long the answer to an equal prompt is given again; 0 turns it off.",
        unit="seconds", minimum=0, maximum=86_400,
    ),
    whole(
        "ai.passages_max", 8, "How many passages of the tenant's documents a prompt may hold.",
        unit="passages", minimum=0, maximum=50,
    ),
    whole(
        "ai.passages_tokens_max", 1500, "How long the passages of a prompt may be together.",
        unit="tokens", minimum=0, maximum=100_000,
    ),
    template("prompt.draft", prompts.DRAFT, "What a model is told when it drafts a passage."),
    template("prompt.rewrite", prompts.REWRITE, "What a model is told when it rewrites a passage."),
    template("prompt.summarise", prompts.SUMMARISE, "What a model is told when it summarises."),
    template("prompt.translate", prompts.TRANSLATE, "What a model is told when it translates."),
    template("prompt.extract", prompts.EXTRACT, "What a model is told when it takes findings out of a text."),
    template("prompt.chat", prompts.CHAT, "What a model is told when it answers questions in a chat."),
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

REGISTRY: Final[Mapping[str, Definition]] = {definition.key: definition for definition in _ALL}


class UnknownSetting(NotFound):
    """The registry has no setting with this key."""

    code: ClassVar = "setting.unknown"

    def __init__(self, key: str) -> None:
        super().__init__("There is no such setting.")
        self.key = key[:KEY_CHARACTERS_MAX]

    def facts(self) -> dict[str, object]:
        return {"key": self.key}


def definition_of(key: str) -> Definition:
    """Return what the registry says of a setting; raise UnknownSetting."""
    if key not in REGISTRY:
        raise UnknownSetting(key)
    return REGISTRY[key]
