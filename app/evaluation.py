"""Measure retrieval on a corpus of one's own: filled in by the same commands, asked by the same code as any other."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from secrets import token_bytes
from shutil import rmtree
from typing import Any

from app.bootstrap import Colophon, build
from app.foundation import context_signer
from app.installation import Installation
from app.operator import Operator
from commands.document.create_document import CreateDocument
from domain.directory.roles import Role
from domain.ids import DocumentId
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrate import migrate
from infra.postgres.role_logins import RoleLogins
from infra.start_refused import StartRefused
from knowledge.retrieval import Mode
from tenancy.context import TenantContext

RECALL_AT, ALL_AT = 5, 8
TITLE_CHARACTERS_MAX = 300
INDEX_SECONDS_MAX = 3_600.0
AT_ONCE = 16


class CorpusUnreadable(StartRefused):
    """The file is none of the forms that the evaluation reads."""


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    gold: frozenset[Text]


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the questions: the share of the gold found in the first five, and all of it in the first eight."""

    documents: int
    questions: int
    recall_at_5: float
    all_at_8: float


def read_corpus(path: Path) -> list[Text]:
    """Read {title: [sentence, ...]} or [{title, text}, ...]."""
    raw = _json(path)
    if isinstance(raw, dict):
        return [Text(title, _joined(sentences)) for title, sentences in raw.items()]
    if isinstance(raw, list) and all(isinstance(one, dict) and {"title", "text"} <= one.keys() for one in raw):
        return list(dict.fromkeys(Text(one["title"], _joined(one["text"])) for one in raw))
    raise CorpusUnreadable(f"{path.name} is neither {{title: [sentence]}} nor [{{title, text}}].")


def read_questions(path: Path, corpus: Sequence[Text]) -> list[Question]:
    """Read questions with `supporting_facts` (titles) or `paragraphs` (those that are `is_supporting`)."""
    by_title: dict[str, list[Text]] = {}
    for one in corpus:
        by_title.setdefault(one.title, []).append(one)
    questions = []
    for raw in _json(path):
        if "paragraphs" in raw:
            texts = [p.get("paragraph_text", p.get("text", "")) for p in raw["paragraphs"]]
            gold = {
                Text(p["title"], _joined(text))
                for p, text in zip(raw["paragraphs"], texts, strict=True)
                if p.get("is_supporting")
            }
        elif "supporting_facts" in raw:
            gold = {one for title, *_ in raw["supporting_facts"] for one in by_title.get(title, [Text(title, "")])}
        else:
            raise CorpusUnreadable(f"{path.name}: a question has neither supporting_facts nor paragraphs.")
        questions.append(Question(raw["question"], frozenset(gold)))
    return questions


async def evaluate(corpus: Sequence[Text], questions: Sequence[Question], *, titles: bool, mode: Mode) -> Figures:
    """Write the corpus as documents, wait until all is indexed, ask every question."""
    async with _own_colophon() as colophon:
        operator = Operator(colophon)
        tenant_id = await operator.open_tenant("evaluation", "Evaluation", plan="enterprise")
        await operator.add_member(tenant_id, email="reader@evaluation.example", name="Reader", role=Role.EDITOR)
        context = await operator.acting_as(tenant_id, "reader@evaluation.example")
        ids = await _written(operator, corpus, context, titles=titles)
        knowledge = colophon.platform.knowledge
        head = (
            await operator.execute(CreateDocument(document_id=DocumentId(operator.new_id()), title="-"), context)
        ).position
        if not await knowledge.reached(context, head, with_vectors=True, seconds_max=INDEX_SECONDS_MAX):
            raise StartRefused(f"The corpus was not indexed within {INDEX_SECONDS_MAX:.0f} seconds.")
        recalls, wholes = [], []
        for asked in questions:
            gold = {ids[one] for one in asked.gold if one in ids}
            missing = len(asked.gold) - len(gold)
            found = await knowledge.search(asked.question, context, mode=mode, first=50)
            ranked = list(dict.fromkeys(passage.document_id for passage in found))
            recalls.append(len(gold & set(ranked[:RECALL_AT])) / max(1, len(gold) + missing))
            wholes.append(not missing and gold <= set(ranked[:ALL_AT]))
    return Figures(
        documents=len(corpus),
        questions=len(questions),
        recall_at_5=round(sum(recalls) / max(1, len(recalls)), 4),
        all_at_8=round(sum(wholes) / max(1, len(wholes)), 4),
    )


async def _written(
    operator: Operator, corpus: Sequence[Text], context: TenantContext, *, titles: bool
) -> dict[Text, DocumentId]:
    ids = {one: DocumentId(operator.new_id()) for one in corpus}
    numbers = count(1)
    turns = asyncio.Semaphore(AT_ONCE)

    async def write(one: Text) -> None:
        title = one.title[:TITLE_CHARACTERS_MAX] if titles else f"Document {next(numbers)}"
        async with turns:
            await operator.execute(CreateDocument(document_id=ids[one], title=title or "-", text=one.text), context)

    await asyncio.gather(*(write(one) for one in ids))
    return ids


@asynccontextmanager
async def _own_colophon() -> AsyncIterator[Colophon]:
    """An embedded Colophon in a folder that is gone afterwards."""
    async with AsyncExitStack() as stack:
        # Not below a folder of the user's: PostgreSQL must reach it as another user when this runs as root.
        folder = Path(tempfile.mkdtemp(prefix="colophon-evaluation-"))
        stack.callback(rmtree, folder, ignore_errors=True)
        master_key = token_bytes(32)
        postgres = EmbeddedPostgres(folder)
        stack.push_async_callback(postgres.stop)
        url = await postgres.start()
        await migrate(url, RoleLogins(url, master_key), context_signer(master_key))
        colophon = build(
            Installation(database_url=url, master_key=master_key, public_url="http://localhost", data_dir=folder)
        )
        stack.push_async_callback(colophon.stop)
        await colophon.start()
        yield colophon


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusUnreadable(f"{path} cannot be read as JSON: {type(error).__name__}.") from None


def _joined(text: str | Sequence[str]) -> str:
    return " ".join((text if isinstance(text, str) else "".join(text)).split())
