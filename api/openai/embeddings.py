"""/v1/embeddings: vectors for texts, as the stock client asks for them."""

import base64
import sys
from array import array
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.authentication import Caller, PlatformDep
from api.cost_tags import TagsHeader, cost_tags
from api.rest.reading import NeedsPermission
from domain.ids import CallId
from gateway.embeddings import EmbeddingRequest
from tenancy.roles import Permission

TEXTS_MAX = 256
TEXT_CHARACTERS_MAX = 32_000
DIMENSIONS_MAX = 10_000
ENDPOINT = "/v1/embeddings"

router = APIRouter(prefix="/v1", tags=["openai"])

Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)]


class EmbeddingsToMake(BaseModel):
    """The parameters that are taken; every other one is refused by its name, and so are texts given as tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Annotated[str, Field(min_length=1, max_length=200)]
    input: Text | Annotated[list[Text], Field(min_length=1, max_length=TEXTS_MAX)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int | None, Field(ge=1, le=DIMENSIONS_MAX)] = None


@router.post("/embeddings")
async def create_embeddings(
    body: EmbeddingsToMake,
    caller: Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))],
    platform: PlatformDep,
    tags: TagsHeader = None,
) -> dict[str, Any]:
    """Make a vector for each text; `colophon` tells the cost. A text that is too long is refused, never cut."""
    call_id = CallId(platform.new_id())
    texts = (body.input,) if isinstance(body.input, str) else tuple(body.input)
    request = EmbeddingRequest(
        call_id=call_id,
        model=body.model,
        texts=texts,
        dimensions=body.dimensions,
        tags=cost_tags(tags),
        endpoint=ENDPOINT,
    )
    answer = await platform.embeddings.embed(request, caller.context)
    encoded = _base64 if body.encoding_format == "base64" else list
    return {
        "object": "list",
        "model": body.model,
        "data": [
            {"object": "embedding", "index": index, "embedding": encoded(vector)}
            for index, vector in enumerate(answer.vectors)
        ],
        "usage": {"prompt_tokens": answer.input_tokens, "total_tokens": answer.input_tokens},
        "colophon": {"call_id": str(call_id), "cost_micros": answer.cost_micros},
    }


def _base64(vector: Sequence[float]) -> str:
    """Encode little-endian 32-bit floats, as OpenAI does."""
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()
