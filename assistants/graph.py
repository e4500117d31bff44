"""The assistant as a LangGraph state graph, run for one turn at a time from where the conversation stands."""

from dataclasses import replace
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.graph import END, START, StateGraph
from langsmith.run_helpers import tracing_context

from assistants.saver import EventLogSaver
from assistants.steps import Steps
from assistants.turn import Turn, TurnState
from tenancy.roles import Permission

STEPS_MAX = 10
_LOOK_UP, _ANSWER, _REMEMBER = "look_up", "answer", "remember"


class TurnGraph:
    """Runs turns; where a run was cut off, the next one goes on from its last checkpoint."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        graph = StateGraph(TurnState, context_schema=Turn)
        graph.add_node(_LOOK_UP, steps.look_up)
        graph.add_node(_ANSWER, steps.answer)
        graph.add_node(_REMEMBER, steps.remember)
        graph.add_edge(START, _LOOK_UP)
        graph.add_edge(_LOOK_UP, _ANSWER)
        graph.add_edge(_ANSWER, _REMEMBER)
        graph.add_edge(_REMEMBER, END)
        self._graph = graph

    async def answer(self, turn: Turn) -> None:
        """Bring the turn to its end; what is done already is not done again."""
        saver = self._saver(turn)
        compiled = self._graph.compile(checkpointer=saver)
        thread = _thread(turn)
        # Whatever the environment says, nothing of a conversation is traced to anybody.
        with tracing_context(enabled=False):
            newest = await saver.aget_tuple(thread)
            if newest is None:
                # A place before the first turn, to which the first turn can be undone.
                await compiled.aupdate_state(thread, {"history": [], "finished": ""}, as_node=_REMEMBER)
            elif (cut_off := _unfinished(newest)) is not None:
                begun = replace(turn, turn_id=cut_off, question=newest.checkpoint["channel_values"]["question"])
                await compiled.ainvoke(None, _run(begun), context=begun, durability="sync")
                if cut_off == turn.turn_id:
                    return
            before = {"checkpoint_id": await _before(saver, turn)}
            given: TurnState = {"question": turn.question}
            await compiled.ainvoke(given, _run(turn, **before), context=turn, durability="sync")

    def _saver(self, turn: Turn) -> EventLogSaver:
        """Return the checkpointer for the tenant of a turn."""
        steps, context = self.steps, turn.context
        working = replace(context, permissions=context.permissions | {Permission.WORK_RECORD})
        return EventLogSaver(steps.log, steps.executor, lambda: steps.command(working))


def _thread(turn: Turn, **more: str) -> RunnableConfig:
    return {"configurable": {"thread_id": str(turn.conversation_id), **more}}


def _run(turn: Turn, **more: str) -> RunnableConfig:
    """Return the configuration of a turn's run, whose checkpoints say which turn they are of."""
    return {**_thread(turn, **more), "metadata": {"turn_id": str(turn.turn_id)}, "recursion_limit": STEPS_MAX}


def _turn_of(found: CheckpointTuple) -> str:
    return str(dict(found.metadata).get("turn_id", ""))


def _is_end(found: CheckpointTuple) -> bool:
    """Tell whether a turn had come to its end: `finished` is handed on to the next turns, so it must be its own."""
    finished: object = found.checkpoint["channel_values"].get("finished")
    return finished == _turn_of(found)


def _unfinished(newest: CheckpointTuple) -> UUID | None:
    """Return the turn whose run was cut off, even if only by a crash between its answer and its end."""
    return None if _is_end(newest) else UUID(_turn_of(newest))


async def _before(saver: EventLogSaver, turn: Turn) -> str:
    """Return the checkpoint from which the conversation goes on: the end of the last turn that stands."""
    ends: dict[str, str] = {}
    async for found in saver.alist(_thread(turn)):
        if _is_end(found):
            ends.setdefault(_turn_of(found), found.checkpoint["id"])
    return next(ends[place] for place in (*map(str, reversed(turn.standing)), "") if place in ends)
