"""Keep how often a model was right on a test set."""

from dataclasses import dataclass, field

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.ai.evaluations import AiModelEvaluated, evaluated
from domain.ids import EvaluationId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvaluation:
    """The id is made by the edge anew for every request, so it does not make a repeated request another one."""

    evaluation_id: EvaluationId = field(compare=False)
    purpose: str
    model: str
    examples: int
    right: int
    test_set: str
    template: str = ""
    """Empty is the one of the purpose."""
    template_version: int = 0


async def handle(command: RecordEvaluation, context: CommandContext, ports: Ports) -> Receipt:
    """Raises EvaluationRefused."""
    events = evaluated(
        AiModelEvaluated(
            evaluation_id=command.evaluation_id,
            purpose=command.purpose,
            template=command.template or command.purpose,
            template_version=command.template_version,
            model=command.model,
            test_set=command.test_set,
            examples=command.examples,
            right=command.right,
            evaluated_by=context.tenant.member_id,
        )
    )
    return await ports.log.append([StreamWrite(StreamId(command.evaluation_id), 0, events)], context)
