"""A passage that an answer rests on, as every surface shows it."""

from typing import Any

from gateway.passages import Passage


def source_model(number: int, passage: Passage) -> dict[str, Any]:
    """Return the citation: which text of which revision, and where in it."""
    return {
        "number": number,
        "document_id": str(passage.document_id),
        "title": passage.title,
        "heading": passage.heading,
        "position": passage.position,
        "block_from": passage.block_from,
        "block_to": passage.block_to,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "sha256": passage.sha256,
        "score": passage.score,
        "found_by": list(passage.found_by),
    }
