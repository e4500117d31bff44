"""What is known of how good answers are, over GraphQL."""

from datetime import datetime

import strawberry

from api.confidence import JudgedTask, confidence_card
from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.operation import Info
from tenancy.roles import Permission


@strawberry.type(description="Answers of one model to one version of one prompt.")
class JudgedAnswers:
    purpose: str = strawberry.field(description="What they were for.")
    template: str = strawberry.field(description="The prompt; empty where callers bring their own.")
    template_version: int = strawberry.field(description="Its version.")
    model: str = strawberry.field(description="As provider/model.")
    labelled: int = strawberry.field(description="How many were rated good (4 or 5) or bad (1 or 2).")
    good: int = strawberry.field(description="How many of them were good.")
    calibration_error: float | None = strawberry.field(
        description="ECE: how far probabilities are from shares, among answers that nothing was learnt from."
    )
    separation: float | None = strawberry.field(
        description="AUROC: how often a good answer has a higher probability than a bad one, among the same."
    )
    is_routed: bool = strawberry.field(description="Whether they are judged before they are given.")
    reason: str = strawberry.field(description="Why, in a sentence.")

    @classmethod
    def of(cls, one: JudgedTask) -> "JudgedAnswers":
        calibration = one.learnt.calibration
        return cls(
            purpose=one.task.purpose,
            template=one.task.template,
            template_version=one.task.template_version,
            model=one.task.model,
            labelled=one.learnt.labelled,
            good=one.learnt.good,
            calibration_error=None if calibration is None else calibration.error,
            separation=None if calibration is None else calibration.separation,
            is_routed=one.is_routed,
            reason=one.reason,
        )


@strawberry.type(description="Whether answers are judged before they are given, as the process that answers routes.")
class Confidence:
    is_switched_on: bool = strawberry.field(description="Whether the tenant wants it.")
    threshold_permille: int = strawberry.field(description="Below it a larger model is asked.")
    exploration_permille: int = strawberry.field(description="Of how many the opposite is done, by chance.")
    labelled_min: int = strawberry.field(description="With fewer rated answers a route stays as it is.")
    tasks: list[JudgedAnswers] = strawberry.field(description="Of what was rated at all.")
    as_of: datetime = strawberry.field(description="When it was worked out.")


@strawberry.type
class ConfidenceQuery:
    @resolved("How many answers are rated, and what routes make of it.", Requires(Permission.USAGE_READ))
    async def confidence(self, info: Info) -> Confidence:
        card = await confidence_card(info.context.platform, info.context.tenant)
        return Confidence(
            is_switched_on=card.is_switched_on,
            threshold_permille=card.threshold_permille,
            exploration_permille=card.exploration_permille,
            labelled_min=card.labelled_min,
            tasks=[JudgedAnswers.of(one) for one in card.tasks],
            as_of=card.as_of,
        )
