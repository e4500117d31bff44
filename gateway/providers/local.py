"""The local extractive model: answers with sentences of the tenant's own documents, and says that it does no more."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final

from gateway.calls import FinishReason, Purpose
from gateway.extractive import answering, central, coverage, facts, tightened
from gateway.providers.port import Capabilities, Material, Piece, ProviderCall, Used
from gateway.refusals import NotInItsPower
from gateway.tokens import Tokens, tokens_about

PROVIDER: Final = "local"
MODEL: Final = "extractive"
ANSWER_SENTENCES_MAX = 5
SUMMARY_SENTENCES_MAX = 4
OUTLINE_POINTS_MAX = 6
FACTS_MAX = 12
_PIECE: Final = re.compile(r"\S+\s*|\s+")
_WORDS_PER_PIECE = 4

WHAT_IT_IS: Final = (
    "Colophon's local extractive model: it picks sentences out of your documents and quotes them. "
    "It writes nothing of its own, needs no key and no network."
)
_NOTHING_FOUND: Final = "The documents that you may read say nothing about this that I could find."


class LocalModel:
    """Implements gateway.providers.port.Provider. The same material gives the same text."""

    name = PROVIDER
    kind = PROVIDER
    models = (MODEL,)
    offline = True
    what_it_is = WHAT_IT_IS

    def offers(self, model: str) -> bool:
        return model == MODEL

    def capabilities(self, model: str) -> Capabilities:
        """Return that it takes text and nothing else; what it quotes has no warmth, so that any temperature will do."""
        del model
        return Capabilities(writes=False)

    def confidence(self, call: ProviderCall) -> float | None:
        """Return which share of the question its passages speak of at all; work on a given text needs none."""
        material = call.material
        if material.purpose in {Purpose.CHAT, Purpose.COMPLETION, Purpose.DRAFT}:
            return coverage(material.question or material.instruction, [p.text for p in material.passages])
        return None

    async def reach(self) -> None:
        """Return: it is always there."""

    async def close(self) -> None:
        """Return: there is nothing to let go of."""

    async def stream(self, call: ProviderCall) -> AsyncIterator[Piece | Used]:
        """Yield the text in pieces of a few words. Raises NotInItsPower for what cannot be done by quoting."""
        text = await asyncio.to_thread(written, call.material)
        for stop in call.stop:
            text = text.partition(stop)[0]
        words = _PIECE.findall(text)
        sent, finish = "", FinishReason.STOP
        for start in range(0, len(words), _WORDS_PER_PIECE):
            piece = "".join(words[start : start + _WORDS_PER_PIECE])
            if tokens_about(sent + piece) > call.output_tokens_max:
                finish = FinishReason.LENGTH
                break
            sent += piece
            yield Piece(piece)
            await asyncio.sleep(0)  # others have their turn between two pieces
        yield Used(
            tokens=Tokens(input=sum(tokens_about(turn.text) for turn in call.turns), output=tokens_about(sent)),
            finish_reason=finish,
        )


def written(material: Material) -> str:
    """Return the whole text for a piece of work."""
    match material.purpose:
        case Purpose.CHAT | Purpose.COMPLETION:
            return _answer(material)
        case Purpose.DRAFT:
            return _outline(material)
        case Purpose.SUMMARISE:
            return _summary(material)
        case Purpose.REWRITE:
            return _rewritten(material)
        case Purpose.EXTRACT:
            return _extracted(material)
        case Purpose.TRANSLATE | Purpose.EMBEDDING:
            raise NotInItsPower(f"{PROVIDER}/{MODEL}", "translate")


def _answer(material: Material) -> str:
    chosen = answering(material.question, [p.text for p in material.passages], sentences_max=ANSWER_SENTENCES_MAX)
    # Whoever asks over somebody else's protocol is told here; a conversation shows it beside the answer.
    intro = f"*{WHAT_IT_IS}*\n\n" if material.purpose is Purpose.COMPLETION else ""
    if not chosen:
        return f"{intro}{_NOTHING_FOUND}"
    return intro + "\n".join(f"- {s.text} [S{s.source + 1}]" for s in chosen)


def _outline(material: Material) -> str:
    """A heading, what the sources say as points to write from, and the wish where they say nothing."""
    wish = (material.instruction or material.question).strip()
    heading = f"### {wish[:1].upper()}{wish[1:120].rstrip('.!?')}\n\n" if wish else ""
    chosen = answering(wish, [p.text for p in material.passages], sentences_max=OUTLINE_POINTS_MAX)
    if not chosen:
        return f"{heading}{_NOTHING_FOUND}"
    return heading + "\n".join(f"- {s.text} [S{s.source + 1}]" for s in chosen)


def _summary(material: Material) -> str:
    chosen = central(material.selection or material.context, sentences_max=SUMMARY_SENTENCES_MAX)
    if not chosen:
        return "There is not enough text here to summarise."
    return "\n".join(f"- {s.text}" for s in chosen)


def _rewritten(material: Material) -> str:
    """Fillers go; when something shorter is wanted, so do the sentences that say least."""
    text = material.selection
    if re.search(r"\bshort|\bbrief|\bconcise|\bcut\b", material.instruction, re.IGNORECASE):
        kept = central(text, sentences_max=max(1, len(re.findall(r"[.!?](?:\s|$)", text)) // 2))
        text = " ".join(s.text for s in kept) or text
    return tightened(text)


def _extracted(material: Material) -> str:
    found = facts(material.selection or material.context, material.instruction, facts_max=FACTS_MAX)
    return "\n".join(f"- {fact}" for fact in found) or "No dates, amounts or durations stand in this text."
