"""What people write beside content hides nothing: one rule for titles, names, labels, comments, reasons and wishes."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import pytest

from domain.ai.decisions import rate
from domain.comment.words import accepted
from domain.conversation.decisions import ask
from domain.conversation.state import Conversation, Stage
from domain.directory.decisions import one_line
from domain.document.body import BodyKind
from domain.document.decisions import create
from domain.document.state import Document
from domain.errors import Invalid
from domain.evidence.erasure import erase
from domain.evidence.events import ErasureScope
from domain.generation.decisions import request
from domain.generation.events import GenerationKind, GenerationMode, GenerationRequested
from domain.glossary.decisions import define
from domain.history.decisions import name_version
from domain.ids import ConversationId, DocumentId, GenerationId, MemberId, SuggestionId, TermId
from domain.suggestion.decisions import make, require_words
from domain.suggestion.events import Hunk, HunkKind, SuggestionMade
from tests.usage.calls import settled_for

ID: Final = UUID(int=1)
DOCUMENT, MEMBER = DocumentId(ID), MemberId(ID)
HUNK: Final = Hunk(index=0, kind=HunkKind.INSERT, block_from=0, block_to=0, quote=None, inserted="x")
OPEN: Final = Conversation(stage=Stage.OPEN, member_id=MEMBER)


def suggested(rationale: str) -> SuggestionMade:
    return SuggestionMade(
        suggestion_id=SuggestionId(ID),
        document_id=DOCUMENT,
        generation_id=None,
        hunks=(HUNK,),
        rationale=rationale,
        position=1,
    )


def asked_for(instruction: str) -> GenerationRequested:
    return GenerationRequested(
        generation_id=GenerationId(ID),
        document_id=DOCUMENT,
        kind=GenerationKind.DRAFT,
        mode=GenerationMode.SUGGEST,
        instruction=instruction,
        block_from=None,
        block_to=None,
        position=1,
        requested_by=MEMBER,
    )


LINES: Final[dict[str, Callable[[str], object]]] = {
    "title of a document": lambda text: create(Document(), document_id=DOCUMENT, title=text, body=BodyKind.RICH),
    "name of a person": lambda text: one_line("name", text),
    "name of a version": lambda text: name_version({}, document_id=DOCUMENT, version_id=ID, position=1, label=text),
    "term": lambda text: define(term_id=TermId(ID), term=text, definition="x", aliases=()),
    "alias": lambda text: define(term_id=TermId(ID), term="x", definition="x", aliases=(text,)),
}
TEXTS: Final[dict[str, Callable[[str], object]]] = {
    "comment": accepted,
    "rationale of a suggestion": lambda text: make(suggested(text)),
    "reason of a decision": lambda text: require_words("reason", text),
    "instruction to a model": lambda text: request(asked_for(text), blocks=0),
    "comment on what a model wrote": lambda text: rate([settled_for(MEMBER)], rating=1, comment=text, rated_by=MEMBER),
    "question": lambda text: ask(OPEN, conversation_id=ConversationId(ID), by=MEMBER, turn_id=ID, text=text),
    "definition": lambda text: define(term_id=TermId(ID), term="x", definition=text, aliases=()),
    "reason of an erasure": lambda text: erase([], scope=ErasureScope.DOCUMENT, target_id=ID, reason=text),
}


@pytest.mark.parametrize("hidden", ["\0", "\x1b", "\x85", "\u202a", "\u202e", "\u2066", "\u2069", "\ud800"])
@pytest.mark.parametrize("written", [*LINES, *TEXTS])
def test_nothing_that_people_write_beside_content_hides_characters(written: str, hidden: str) -> None:
    with pytest.raises(Invalid):
        (LINES | TEXTS)[written](f"contract{hidden}fdp.exe")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\t", "\u2028"])
def test_a_line_is_one_and_a_text_has_several(end: str) -> None:
    for accept in TEXTS.values():
        accept(f"one{end}two")
    for accept in LINES.values():
        with pytest.raises(Invalid):
            accept(f"one{end}two")


def test_every_script_can_be_written() -> None:
    for accept in (LINES | TEXTS).values():
        accept("Entwürfe: مسودّة، טיוטה\u200f (1), a\u200db 👩\u200d💻")
