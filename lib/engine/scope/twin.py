"""The sentence model as ONNX Runtime reads it: its safetensors written once as a graph.

Matrices and what they are multiplied by are in eight bits: half the time and a quarter of the
memory, and vectors that differ from the original's by some thousandth (as a cosine). Where rounding
tells least, there is a scale to each row, which is quickest, elsewhere to each 32 values of a row.

The graph is BERT's encoder (arXiv:1810.04805), and the mean over a text's tokens. Operators:
https://onnx.ai/onnx/operators and, of the domain com.microsoft, ONNX Runtime's ContribOperators.md.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from lib.engine import files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[Any]

TOKENS, VECTOR = "tokens", "vector"
"""The graph's input, a text's token ids, and its output, not yet of length 1."""
OPERATORS, CONTRIBUTED = helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)
FORMAT = 10
"""The version of ONNX's file format that brought these operators."""
BLOCK = 32
MIDDLE, MOST = 128, 127
"""What stands for zero in unsigned eight bits, and the most that lies on either side."""
EIGHT_BIT_SUMS = 4
"""MatMulNBits' `accuracy_level` at which its other factor is rounded to eight bits, too."""


def write(model: Path, path: Path) -> None:
    """Write the BERT model in the folder `model` as a graph, beside `path` and then renamed.

    Raises:
        OSError: a file is missing, or `path` cannot be written; nothing is left there.
    """
    config = json.loads((model / "config.json").read_bytes())
    graph = _Graph(load_file(model / "model.safetensors"), config)
    states = graph.embedded()
    for layer in range(config["num_hidden_layers"]):
        states = graph.layer(f"encoder.layer.{layer}", states)
    graph.add("ReduceMean", states, graph.constant(np.array([0])), out=VECTOR, keepdims=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, graph.serialised())


class _Graph:
    """Each method adds nodes and gives the name of what the last one puts out: a row a token."""

    def __init__(self, tensors: Mapping[str, Array], config: Mapping[str, Any]) -> None:
        self._tensors = tensors
        self._width, self._heads = config["hidden_size"], config["num_attention_heads"]
        self._epsilon = config["layer_norm_eps"]
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, operator: str, *inputs: str, out: str = "", **settings: Any) -> str:
        out = out or f"out{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [out], **settings))
        return out

    def constant(self, value: Array) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(value, name))
        return name

    def embedded(self) -> str:
        table = "embeddings.{}_embeddings.weight".format
        words = self.constant(self._tensors[table("word")].astype(np.float16))
        word = self.add("Cast", self.add("Gather", words, TOKENS), to=TensorProto.FLOAT)
        # Every token is of the first kind: there is one sentence.
        places = self._tensors[table("position")] + self._tensors[table("token_type")][0]
        first = self.constant(np.array([0]))
        place = self.add("Slice", self.constant(places), first, self.add("Shape", TOKENS))
        return self._normed("embeddings.LayerNorm", self.add("Add", word, place))

    def layer(self, name: str, states: str) -> str:
        mixed = self._linear(
            self._by_rows, self._attention(name, states), f"{name}.attention.output.dense"
        )
        states = self._normed(f"{name}.attention.output.LayerNorm", self.add("Add", states, mixed))
        inner = self.add("Gelu", self._linear(self._by_rows, states, f"{name}.intermediate.dense"))
        inner = self._linear(self._by_blocks, inner, f"{name}.output.dense")
        return self._normed(f"{name}.output.LayerNorm", self.add("Add", states, inner))

    def serialised(self) -> bytes:
        graph = helper.make_graph(
            self._nodes,
            "sentences",
            [helper.make_tensor_value_info(TOKENS, TensorProto.INT64, ["n"])],
            [helper.make_tensor_value_info(VECTOR, TensorProto.FLOAT, [self._width])],
            self._constants,
        )
        made = helper.make_model(graph, opset_imports=[OPERATORS, CONTRIBUTED], ir_version=FORMAT)
        content: bytes = made.SerializeToString()
        return content

    def _attention(self, name: str, states: str) -> str:
        each = self._width // self._heads
        apart = self.constant(np.array([0, 3, self._heads, each]))
        # One product for queries, keys and values: their states are rounded once.
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        all_three = self.add("Reshape", self._linear(self._by_blocks, states, *parts), apart)

        def part(at: int, order: list[int]) -> str:
            one = self.add("Gather", all_three, self.constant(np.array(at)), axis=1)
            return self.add("Transpose", one, perm=order)

        scores = self.add("MatMul", part(0, [1, 0, 2]), part(1, [1, 2, 0]))
        scores = self.add("Mul", scores, self.constant(np.array(each**-0.5, dtype=np.float32)))
        seen = self.add("MatMul", self.add("Softmax", scores), part(2, [1, 0, 2]))
        together = self.constant(np.array([0, self._width]))
        return self.add("Reshape", self.add("Transpose", seen, perm=[1, 0, 2]), together)

    def _linear(self, product: Callable[[str, Array], str], states: str, *names: str) -> str:
        """What maps of the same states give, one after the other."""
        matrix = np.concatenate([self._tensors[f"{name}.weight"] for name in names])
        bias = np.concatenate([self._tensors[f"{name}.bias"] for name in names])
        return self.add("Add", product(states, matrix), self.constant(bias))

    def _by_blocks(self, states: str, matrix: Array) -> str:
        rows, columns = matrix.shape
        blocks = matrix.reshape(rows, columns // BLOCK, BLOCK)
        scales = np.abs(blocks).max(axis=2, keepdims=True) / MOST
        packed = np.rint(blocks / scales + MIDDLE).astype(np.uint8)
        return self.add(
            "MatMulNBits",
            states,
            self.constant(packed),
            self.constant(scales.reshape(-1)),
            domain=CONTRIBUTED.domain,
            K=columns,
            N=rows,
            bits=8,
            block_size=BLOCK,
            accuracy_level=EIGHT_BIT_SUMS,
        )

    def _by_rows(self, states: str, matrix: Array) -> str:
        scales = np.abs(matrix).max(axis=1) / MOST
        weights = np.rint(matrix / scales[:, None]).astype(np.int8)
        largest = self.add("ReduceMax", self.add("Abs", states), self.constant(np.array([1])))
        unit = self.add("Div", largest, self.constant(np.array(MOST, dtype=np.float32)))
        one = self.constant(np.array(1, dtype=np.float32))
        middle = self.constant(np.array(MIDDLE, dtype=np.uint8))
        # Unsigned by signed: that is what processors have instructions for.
        product = self.add(
            "MatMulIntegerToFloat",
            self.add("QuantizeLinear", self.add("Div", states, unit), one, middle),
            self.constant(np.ascontiguousarray(weights.T)),
            one,
            self.constant(scales),
            middle,
            domain=CONTRIBUTED.domain,
        )
        return self.add("Mul", product, unit)

    def _normed(self, name: str, states: str) -> str:
        weight, bias = (self._tensors[f"{name}.{part}"] for part in ("weight", "bias"))
        return self.add(
            "LayerNormalization",
            states,
            self.constant(weight),
            self.constant(bias),
            epsilon=self._epsilon,
        )
