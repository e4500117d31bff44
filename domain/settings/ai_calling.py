"""Whether AI is called, which models, for how long, and with what beside the prompt."""

from typing import Final

from domain.settings.definition import EVERYBODY, HOUSE_AND_TENANT, Definition, flag, whole
from domain.settings.values import Kind

CALLING: Final = (
    flag(
        "ai.enabled", default=True, scopes=EVERYBODY, all_must_allow=True,
        description="Whether AI may be called at all: the kill switch. Off above is off for everybody below.",
    ),
    Definition(
        key="ai.route.small", kind=Kind.NAMES, default=("local/extractive",), scopes=HOUSE_AND_TENANT,
        description="The models for easy work, as provider/model; the next one is tried when one fails. "
        "Those with a weight (provider/model@90) share the first place.",
    ),
    Definition(
        key="ai.route.large", kind=Kind.NAMES, default=("local/extractive",), scopes=HOUSE_AND_TENANT,
        description="The models for hard work and for what a small one was not sure of; the next one when one fails. "
        "Those with a weight (provider/model@10) share the first place.",
    ),
    Definition(
        key="ai.confidence_threshold", kind=Kind.SHARE, default=0.7, minimum=0, maximum=1, scopes=HOUSE_AND_TENANT,
        description="How sure a small model must be of its answer; below it a large one is asked.",
    ),
    whole(
        "ai.output_tokens_max", 10_000, "How long an answer may become.",
        unit="tokens", minimum=16, maximum=32_768, scopes=EVERYBODY,
    ),
    whole("ai.timeout_seconds", 60, "How long an AI call may take.", unit="seconds", minimum=1, maximum=600),
    whole(
        "ai.first_token_seconds", 20, "How long a model may take to begin; then the next one is tried.",
        unit="seconds", minimum=1, maximum=300,
    ),
    flag(
        "ai.sources", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether a prompt is given passages and glossary terms of the tenant's documents.",
    ),
    whole(
        "ai.passages_max", 8, "How many passages of the tenant's documents a prompt may hold.",
        unit="passages", minimum=0, maximum=50,
    ),
    whole(
        "ai.passages_tokens_max", 1500, "How long the passages of a prompt may be together.",
        unit="tokens", minimum=0, maximum=100_000,
    ),
)  # fmt: skip
