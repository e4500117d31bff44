"""What is known of how good answers are, over GraphQL."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.confidence import JudgedTask, confidence_card, confidence_replay
from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.operation import Info
from gateway.confidence.calibrations import Task
from gateway.confidence.replaying import Interval, Replay, Replayed
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


@strawberry.type(description="A figure, and between what 95 of 100 repetitions with such calls would lie.")
class ReplayInterval:
    value: float = strawberry.field(description="The estimate.")
    low: float = strawberry.field(description="Its lower end.")
    high: float = strawberry.field(description="Its upper end.")

    @classmethod
    def of(cls, one: Interval) -> "ReplayInterval":
        return cls(value=one.value, low=one.low, high=one.high)


@strawberry.type(description="What a threshold would have made of rated calls; shares of 1.")
class ReplayEstimate:
    quality: ReplayInterval = strawberry.field(description="Which share of answers people would find good.")
    quality_small: float = strawberry.field(description="The same if no larger model were ever asked.")
    quality_larger: float = strawberry.field(description="The same if a larger one were always asked.")
    saving: ReplayInterval = strawberry.field(description="Of what the larger model alone costs; may be below 0.")
    escalated: ReplayInterval = strawberry.field(description="Which share would be asked for again.")
    tried: float = strawberry.field(description="Of which share the log could show what the threshold chooses.")

    @classmethod
    def of(cls, one: Replay) -> "ReplayEstimate":
        return cls(
            quality=ReplayInterval.of(one.quality),
            quality_small=one.quality_small,
            quality_larger=one.quality_larger,
            saving=ReplayInterval.of(one.saving),
            escalated=ReplayInterval.of(one.escalated),
            tried=one.tried,
        )


@strawberry.type(description="Calls that began with one model and one version of one prompt.")
class ReplayedTask:
    purpose: str = strawberry.field(description="What they were for.")
    template: str = strawberry.field(description="The prompt; empty where callers bring their own.")
    template_version: int = strawberry.field(description="Its version.")
    model: str = strawberry.field(description="The one that was asked first, as provider/model.")
    labelled: int = strawberry.field(description="How many were rated good (4 or 5) or bad (1 or 2).")
    larger_labelled: int = strawberry.field(description="Of how many of them a larger model's answer was rated.")
    estimate: ReplayEstimate | None = strawberry.field(description="Null when too few are rated.")
    reason: str = strawberry.field(description="Why there is no estimate; empty when there is one.")

    @classmethod
    def of(cls, task: Task, one: Replayed) -> "ReplayedTask":
        return cls(
            purpose=task.purpose,
            template=task.template,
            template_version=task.template_version,
            model=task.model,
            labelled=one.labelled,
            larger_labelled=one.larger_labelled,
            estimate=None if one.estimate is None else ReplayEstimate.of(one.estimate),
            reason=one.reason,
        )


@strawberry.type(description="What a threshold would have made of the tenant's own rated calls.")
class ConfidenceReplay:
    threshold_permille: int = strawberry.field(description="Which one.")
    tasks: list[ReplayedTask] = strawberry.field(description="Those with most rated answers first.")


Threshold = Annotated[float | None, strawberry.argument(description="From 0 to 1; default: the tenant's.")]


@strawberry.type
class ConfidenceQuery:
    @resolved("What another threshold would have made of your own rated calls.", Requires(Permission.USAGE_READ))
    async def confidence_replay(self, info: Info, threshold: Threshold = None) -> ConfidenceReplay:
        card = await confidence_replay(info.context.platform, info.context.tenant, threshold)
        return ConfidenceReplay(
            threshold_permille=card.threshold_permille,
            tasks=[ReplayedTask.of(task, one) for task, one in card.tasks],
        )

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
