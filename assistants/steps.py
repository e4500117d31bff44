"""The steps of a turn: look up what the documents say, let a model answer from it, remember what was said."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from langgraph.runtime import Runtime

from assistants.citing import cited
from assistants.turn import HISTORY_TURNS_MAX, Remembered, Turn, TurnState, packed, remembered, unpacked
from commands.conversation.conversation_stream import load_conversation
from commands.conversation.record_answer import RecordAnswer
from commands.event_log import CommandContext, EventLog
from commands.execute import Executor
from domain.conversation.decisions import TurnStillWanted
from domain.conversation.events import STOPPED, MessageAnswered
from domain.document.decisions import DocumentIsErased
from domain.errors import DomainError
from domain.ids import CallId
from gateway.calls import AiRequest, Answer, Delta, FinishReason, Gateway, Purpose, Speaker
from gateway.calls import Turn as Said
from gateway.passages import Passage, Passages
from gateway.refusals import BudgetsUnavailable, ProvidersUnavailable
from tenancy.context import TenantContext
from tenancy.document_rights import DocumentRights
from tenancy.policies import Policies
from tenancy.roles import Permission

CURRENCY: Final = "USD"
ABOUT_EVERYTHING, ABOUT_ONE_DOCUMENT = "chat", "chat-document"
"""What each of the two assistants is told."""
_LEANS_ON_BEFORE: Final = re.compile(
    r"^(?:and|but|what about|how about|why|so)\b|\b(?:it|its|they|their|them|that|those|these|this|he|she|there)\b",
    re.IGNORECASE,
)
_SHORT_WORDS_MAX = 12
_WIDE_FACTOR = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The nodes of the graph; each may run again after a crash and does nothing twice."""

    log: EventLog
    executor: Executor
    gateway: Gateway
    passages: Passages
    policies: Policies
    rights: DocumentRights
    command: Callable[[TenantContext], CommandContext]

    async def look_up(self, state: TurnState, runtime: Runtime[Turn]) -> TurnState:
        """Find what the documents that the asker may read say about the question."""
        turn = runtime.context
        wanted = looked_for(turn.question, state.get("history", []))
        policy = await self.policies.of(turn.context)
        passages_max = policy.whole("ai.passages_max")
        # About one document: the best of the others would leave no room for its own.
        factor = 1 if turn.document_id is None else _WIDE_FACTOR
        found: Sequence[Passage] = ()
        if passages_max:
            found = await self.passages.about(
                wanted,
                turn.context,
                passages_max=passages_max * factor,
                tokens_max=policy.whole("ai.passages_tokens_max") * factor,
            )
        if turn.document_id is not None:
            found = [passage for passage in found if passage.document_id == turn.document_id]
        return {"looked_for": wanted, "passages": packed(found[:passages_max])}

    async def answer(self, state: TurnState, runtime: Runtime[Turn]) -> TurnState:
        """Let a model answer; what it costs, what it said and what it rests on become durable in one append."""
        turn = runtime.context
        if (given := await self._given(turn)) is not None:
            return {"answer": given}
        if turn.stopped.is_set():
            await self.stop(turn)
            return {"answer": ""}
        passages = unpacked(state.get("passages", []))
        # What was withdrawn since is in no prompt any more.
        hidden = await self.rights.hidden(turn.context)
        passages = tuple(p for p in passages if p.document_id not in hidden)
        asked = AiRequest(
            call_id=CallId(turn.turn_id),
            purpose=Purpose.CHAT,
            turns=_said(state.get("history", []), frozenset(map(str, hidden))),
            variables={"instruction": turn.question},
            template=ABOUT_EVERYTHING if turn.document_id is None else ABOUT_ONE_DOCUMENT,
            question=state.get("looked_for") or turn.question,
            passages=passages,
            document_id=turn.document_id,
            conversation_id=turn.conversation_id,
            endpoint="conversation",
        )
        try:
            text = await self._called(asked, turn)
        except TurnStillWanted:
            raise
        except (DomainError, ProvidersUnavailable, BudgetsUnavailable) as refusal:
            await self.refuse(turn, refusal.code, str(refusal))
            return {"answer": ""}
        return {"answer": text}

    async def remember(self, state: TurnState, runtime: Runtime[Turn]) -> TurnState:
        """Keep what was said for the next turns, bounded; the passages are looked up anew for each."""
        turn, history = runtime.context, state.get("history", [])
        if answer := state.get("answer"):
            history = [*history, remembered(turn, answer, unpacked(state.get("passages", [])))][-HISTORY_TURNS_MAX:]
        return {"history": history, "passages": [], "looked_for": "", "answer": "", "finished": str(turn.turn_id)}

    async def refuse(self, turn: Turn, problem: str, text: str) -> None:
        """Answer that there is no answer, and why."""
        await self._record(RecordAnswer(answered=_refused(turn, problem, text), call=None), turn.context)

    async def stop(self, turn: Turn) -> None:
        """End a turn that was stopped before a model was called: nothing was said, nothing is charged."""
        await self._record(RecordAnswer(answered=_nothing_said(turn), call=None), turn.context)

    async def _called(self, asked: AiRequest, turn: Turn) -> str:
        async def record(answer: Answer, context: TenantContext) -> None:
            try:
                await self._record(RecordAnswer(answered=_answered(turn, answer), call=answer.settled), context)
            except DocumentIsErased as erased:
                # What was used is paid for, whatever becomes of the words.
                refused = _refused(turn, erased.code, str(erased))
                await self._record(RecordAnswer(answered=refused, call=answer.settled), context)
                raise

        text = ""
        async for item in self.gateway.stream(asked, turn.context, record=record, stopped=turn.stopped):
            match item:
                case Delta():
                    turn.heard(item.text)
                case Answer():
                    text = item.text
        return text

    async def _given(self, turn: Turn) -> str | None:
        """Return the answer that the turn has already: a run that was cut off had come so far."""
        loaded = await load_conversation(self.log, turn.conversation_id, turn.context)
        for recorded in loaded.past:
            event = recorded.event
            if isinstance(event, MessageAnswered) and event.turn_id == turn.turn_id:
                return "" if event.problem else event.text
        return None

    async def _record(self, command: RecordAnswer, context: TenantContext) -> None:
        recording = replace(context, permissions=context.permissions | {Permission.WORK_RECORD})
        await self.executor.execute(command, self.command(recording))


def looked_for(question: str, history: Sequence[Remembered]) -> str:
    """Return what to look up: a short question that leans on the one before it is looked up together with that."""
    leans = len(question.split()) <= _SHORT_WORDS_MAX and _LEANS_ON_BEFORE.search(question)
    return f"{history[-1]['question']} {question}" if history and leans else question


def _said(history: Sequence[Remembered], hidden: frozenset[str]) -> tuple[Said, ...]:
    """Return the former turns, without those that rest on a document which the asker may not read any more."""
    readable = [former for former in history if hidden.isdisjoint(former["documents"])]
    return tuple(
        said
        for former in readable
        for said in (Said(Speaker.USER, former["question"]), Said(Speaker.ASSISTANT, former["answer"]))
    )


def _refused(turn: Turn, problem: str, text: str) -> MessageAnswered:
    return replace(_nothing_said(turn), text=text, problem=problem, finish_reason="refused")


def _nothing_said(turn: Turn) -> MessageAnswered:
    return MessageAnswered(
        conversation_id=turn.conversation_id,
        turn_id=turn.turn_id,
        text="",
        notice="",
        sources=(),
        uncited=(),
        problem=None,
        model=None,
        cost_micros=0,
        currency=CURRENCY,
        finish_reason=STOPPED,
    )


def _answered(turn: Turn, answer: Answer) -> MessageAnswered:
    checked, settled = cited(answer.text, answer.sources), answer.settled
    return MessageAnswered(
        conversation_id=turn.conversation_id,
        turn_id=turn.turn_id,
        text=checked.text,
        notice=answer.notice,
        sources=checked.sources,
        uncited=checked.uncited,
        problem=None,
        model=f"{settled.provider}/{settled.model}",
        cost_micros=settled.cost_micros,
        currency=settled.currency,
        finish_reason=STOPPED if answer.finish_reason is FinishReason.CANCELLED else answer.finish_reason,
    )
