"""Random documents of two authors who write at once, without a log: the past in memory."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st

from commands.body_states import NOTHING
from commands.document.edits import recorded_edits
from commands.history.reversing import PastReversals
from commands.history.revert_contribution import Contribution
from commands.history.undo_edits import OwnEdits, StepTaken
from domain.actor import Actor, ActorKind
from domain.document.body import BodyKind
from domain.document.operations import (
    AppendMarkdown,
    DeleteBlock,
    DeleteRange,
    EditOperation,
    InsertBlock,
    InsertText,
    OperationOutOfRange,
    ReplaceBlock,
)
from domain.document.transport import Transport
from domain.history.copies import Copies, Copy
from domain.history.events import EditsReversed, Reversal
from domain.history.steps import Edit, Reversed, Steps, steps
from domain.history.tree import Element, ids_of
from domain.ids import DocumentId, EventId, StreamId, TenantId
from domain.recorded import Recorded
from infra.body.bodies import PycrdtBodies

ANA: Final = Actor(ActorKind.MEMBER, UUID(int=1))
BOB: Final = Actor(ActorKind.MEMBER, UUID(int=2))
AUTHORS: Final = (ANA, BOB)
BODIES: Final = PycrdtBodies()
DOCUMENT: Final = DocumentId(UUID(int=7))

texts = st.text(alphabet="ab é🦙\n", min_size=1, max_size=6)
lines = st.text(alphabet="ab é🦙", min_size=1, max_size=6)
blocks = st.sampled_from(["plain words", "a **bold** word", "# head", "- one\n- two", "> quoted 🦙", "---", "`code`"])
places = st.integers(0, 12)
rich_operations = st.one_of(
    st.builds(InsertText, block=st.integers(0, 4), offset=places, text=lines),
    st.builds(DeleteRange, block=st.integers(0, 4), offset=places, length=st.integers(1, 5)),
    st.builds(DeleteBlock, block=st.integers(0, 4)),
    st.builds(InsertBlock, at=st.integers(0, 4), markdown=blocks),
    st.builds(ReplaceBlock, block=st.integers(0, 4), markdown=blocks),
    st.builds(AppendMarkdown, markdown=blocks),
)
plain_operations = st.one_of(
    st.builds(InsertText, offset=places, text=texts),
    st.builds(DeleteRange, offset=places, length=st.integers(1, 5)),
)
"""Many do not fit the document as it is then, and are left out."""


class Past:
    """`behind` makes an edit one of somebody who had not seen the last edits yet."""

    def __init__(self, kind: BodyKind) -> None:
        self.kind = kind
        self.states = [b""]
        self.edits: list[Edit] = []
        self.reversals: list[Reversed] = []
        self._position = 0

    @property
    def now(self) -> bytes:
        return self.states[-1]

    @property
    def copies(self) -> Copies:
        return Copies(Copy(*copy) for _, event in self.reversals for copy in event.copies)

    def write(self, author: Actor, operation: EditOperation, behind: int = 0) -> None:
        seen = self.states[max(0, len(self.states) - 1 - behind)]
        try:
            update = BODIES.edit(self.kind, seen, [operation], 1_000 + len(self.states))
        except OperationOutOfRange:
            return
        if update:
            self._record(author, update, f"command-{len(self.states)}", Transport.COMMAND)

    def restore(self, author: Actor, state: bytes) -> None:
        copies = self.copies
        target = BODIES.identified(self.kind, state)
        client_id = 2_000 + len(self.states)
        self._reverse(
            author, Reversal.RESTORE, (), *BODIES.rewrite(self.kind, self.now, target, client_id, copies.root)
        )

    def can(self, author: Actor, reversal: Reversal) -> bool:
        return bool(self._steps(author, reversal))

    def next_is_own_writing(self, author: Actor) -> bool:
        """Tell a step that wrote or deleted from one that brought back or took away again."""
        step = self._steps(author, Reversal.UNDO)[-1]
        return all(self.edits[version - 1][1].transport == Transport.COMMAND for version in step)

    def reverse(self, author: Actor, reversal: Reversal) -> None:
        step = self._steps(author, reversal)[-1]
        update = b""
        copies: tuple[Copy, ...] = ()
        if step:
            own = OwnEdits(self.edits, frozenset({author}), Steps())
            taken = StepTaken(own, frozenset(step), self.copies)
            update, copies, step = taken.back(BODIES, self.kind, self.states[step[0] - 1], self.now)
        self._reverse(author, reversal, step, update, copies)

    def _steps(self, author: Actor, reversal: Reversal) -> list[tuple[int, ...]]:
        edits = [edit for edit in self.edits if edit[0].actor == author]
        found = steps(edits, [one for one in self.reversals if one[0].actor == author])
        return found.undo if reversal is Reversal.UNDO else found.redo

    def revert(self, author: Actor) -> None:
        reversals = PastReversals(all=self.reversals, version=0, copies=self.copies)
        contribution = Contribution(self.edits, reversals, NOTHING, frozenset({author}), None)
        self._reverse(author, Reversal.REVERT, (), *contribution.back(BODIES, self.kind, self.now))

    def shown(self, state: bytes | None = None) -> tuple[Any, ...]:
        """Everything that a reader can see."""
        return look(BODIES.identified(self.kind, self.now if state is None else state))

    def text(self) -> str:
        return "\n".join(text for text in _texts(self.shown()))

    def living(self, author: Actor) -> set[tuple[int, int]]:
        """What an author wrote that can be read, by the ids that it first had."""
        written = {
            (client, clock)
            for recorded, edit in self.edits
            if recorded.actor == author and edit.transport == Transport.COMMAND
            for client, spans in edit.inserted
            for start, end in spans
            for clock in range(start, end)
        }
        return written & set(ids_of(BODIES.identified(self.kind, self.now), self.copies.root))

    def _reverse(
        self, author: Actor, reversal: Reversal, step: tuple[int, ...], update: bytes, copies: tuple[Copy, ...]
    ) -> None:
        edit_id = UUID(int=len(self.reversals))
        event = EditsReversed(document_id=DOCUMENT, reversal=reversal, edit_id=edit_id, copies=copies, inverted=step)
        self._position += 1
        self.reversals.append((self._recorded(author, event), event))
        if update:
            self._record(author, update, str(edit_id), Transport(reversal))

    def _record(self, author: Actor, update: bytes, session_id: str, transport: Transport) -> None:
        event = recorded_edits(DOCUMENT, [update], session_id=session_id, transport=transport)
        self.states.append(BODIES.merge([self.now, update]))
        self._position += 1
        self.edits.append((self._recorded(author, event), event))

    def _recorded(self, author: Actor, event: Any) -> Recorded[Any]:
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self._position)
        return Recorded(
            tenant_id=TenantId(UUID(int=3)),
            position=self._position,
            stream_id=StreamId(UUID(int=4)),
            stream_version=len(self.states) - 1,
            event_id=EventId(UUID(int=self._position)),
            name="",
            actor=author,
            occurred_at=at,
            recorded_at=at,
            metadata={},
            event=event,
        )


def look(element: Element) -> tuple[Any, ...]:
    """A tree without its ids, neighbouring runs of the same marks as one."""
    seen: list[Any] = []
    for child in element.children:
        if isinstance(child, Element):
            seen.append((child.tag, repr(sorted(child.attrs.items())), look(child)))
        elif child.chars:
            seen.append(tuple((char.char, repr(sorted(char.marks.items()))) for char in child.chars))
    return tuple(seen)


def _texts(seen: tuple[Any, ...]) -> list[str]:
    found = []
    for child in seen:
        if child and isinstance(child[0], str):
            found += _texts(child[2])
        else:
            found.append("".join(char for char, _ in child))
    return found


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """A document with a past of two authors, restored, undone and redone here and there."""
    kind = draw(st.sampled_from(BodyKind))
    past = Past(kind)
    operations = rich_operations if kind is BodyKind.RICH else plain_operations
    for author, words in ((ANA, "Ana's **words** are"), (BOB, "Bob's 🦙\n\n- and\n- his list")):
        past.write(author, AppendMarkdown(markdown=words))
    for _ in range(draw(st.integers(1, 14))):
        author = draw(st.sampled_from(AUTHORS))
        match draw(st.integers(0, 9)):
            case 0:
                past.restore(author, draw(st.sampled_from(past.states)))
            case 1 | 2 if past.can(author, Reversal.UNDO):
                past.reverse(author, Reversal.UNDO)
            case 3 if past.can(author, Reversal.REDO):
                past.reverse(author, Reversal.REDO)
            case _:
                past.write(author, draw(operations), draw(st.integers(0, 2)))
    return past
