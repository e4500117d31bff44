"""The embedding model: the graph in the repository is the one that the code writes, and computes what numpy does."""

import json
import struct
from math import erf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from infra.knowledge.minilm import TOKENS_MAX, MiniLm
from tests.support.minilm_graph import GRAPH, HEADS, LAYERS, WEIGHTS, graph_bytes, weights_folder

TEXTS = [
    "Wombats dig.",
    "An agreement on the processing of personal data, signed in Oslo on 12 March 2024.",
    "Päivää 🦘",
    "word " * 400,
    "",
]
_ERF = np.vectorize(erf)


def test_the_graph_in_the_repository_is_what_is_generated() -> None:
    assert GRAPH.read_bytes() == graph_bytes(), "write it again: python -m tests.support.minilm_graph"


def test_the_graph_computes_what_a_forward_pass_in_numpy_does() -> None:
    vectors = np.array(MiniLm().forward(TEXTS))
    expected = np.array([reference(text) for text in TEXTS])
    assert np.abs(vectors - expected).max() < 2e-5
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


async def test_alike_texts_are_near_and_unlike_ones_are_not() -> None:
    model = MiniLm()
    (question,) = await model.embed(["When do workers get their wages?"])
    near, far = await model.similarities(question, ["Salaries are paid monthly.", "The pump is made of steel."])
    assert near > far + 0.2
    assert len(question) == 2 * model.dimensions


async def test_a_text_has_the_same_vector_in_any_company() -> None:
    model = MiniLm()
    alone = np.frombuffer((await model.embed(["Wombats dig."]))[0], dtype="<f2").astype("f4")
    among = np.frombuffer((await model.embed([*TEXTS, "Wombats dig."]))[-1], dtype="<f2").astype("f4")
    assert float(alone @ among) == pytest.approx(1.0, abs=2e-3)


def weights() -> dict[str, Any]:
    raw = (weights_folder() / WEIGHTS).read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + length])
    return {
        name: np.frombuffer(raw[8 + length + t["data_offsets"][0] : 8 + length + t["data_offsets"][1]], "<f4").reshape(
            t["shape"]
        )
        for name, t in header.items()
        if name != "__metadata__" and t["dtype"] == "F32"
    }


def reference(text: str, tensors: dict[str, Any] = {}) -> Any:  # noqa: B006  # read once for all texts
    if not tensors:
        tensors.update(weights())
    tokenizer = Tokenizer.from_file(str(Path(weights_folder()) / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS_MAX)
    tokenizer.no_padding()
    ids = tokenizer.encode(text).ids
    hidden = tensors["embeddings.word_embeddings.weight"][ids]
    hidden = hidden + tensors["embeddings.position_embeddings.weight"][: len(ids)]
    hidden = normal(hidden + tensors["embeddings.token_type_embeddings.weight"][0], tensors, "embeddings.LayerNorm")
    for number in range(LAYERS):
        hidden = layer(hidden, tensors, f"encoder.layer.{number}")
    mean = hidden.mean(axis=0)
    return mean / np.linalg.norm(mean)


def layer(hidden: Any, tensors: dict[str, Any], name: str) -> Any:
    def dense(value: Any, part: str) -> Any:
        return value @ tensors[f"{name}.{part}.weight"].T + tensors[f"{name}.{part}.bias"]

    def heads(part: str) -> Any:
        return dense(hidden, f"attention.self.{part}").reshape(len(hidden), HEADS, -1).transpose(1, 0, 2)

    query, key, value = heads("query"), heads("key"), heads("value")
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
    weighed = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weighed /= weighed.sum(axis=-1, keepdims=True)
    context = (weighed @ value).transpose(1, 0, 2).reshape(hidden.shape)
    attended = normal(dense(context, "attention.output.dense") + hidden, tensors, f"{name}.attention.output.LayerNorm")
    inner = dense(attended, "intermediate.dense")
    inner = inner * 0.5 * (1 + _ERF(inner / np.sqrt(2)))
    return normal(dense(inner, "output.dense") + attended, tensors, f"{name}.output.LayerNorm")


def normal(value: Any, tensors: dict[str, Any], name: str) -> Any:
    mean, spread = value.mean(axis=-1, keepdims=True), value.var(axis=-1, keepdims=True)
    return (value - mean) / np.sqrt(spread + 1e-12) * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]
