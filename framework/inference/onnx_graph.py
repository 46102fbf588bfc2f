"""A graph of ONNX operators while it is written, and the values that flow through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# The first version of ONNX's operators that has LayerNormalization; file formats go with it.
OPSET, IR_VERSION = 17, 8


class CannotExportError(Exception):
    """A layer, or a way to use it, that is not known here; the text names it."""


@dataclass(frozen=True)
class Value:
    """The numbers called ``name`` in the graph; ``rank`` counts their axes, the first is the cases."""

    name: str
    rank: int


@dataclass
class Graph:
    """Operators in the order in which they are carried out, and the constants they use."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, values: Any, dtype: Any = np.float32) -> str:
        """The name under which ``values`` are known to the graph."""
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """The name of what ``operator`` makes of ``inputs``."""
        from onnx import helper

        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def on(self, value: Value, operator: str, *inputs: str, **attributes: Any) -> Value:
        """What ``operator`` makes of ``value``, and of ``inputs`` behind it: as many axes as before."""
        return Value(self.add(operator, value.name, *inputs, **attributes), value.rank)

    def serialized(self, shape: tuple[int, ...], dtype: Any, output: str, n_classes: int) -> bytes:
        """The file: "features" (n, *shape) of type ``dtype`` in, "probabilities" (n, N) float64 out."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [output], ["probabilities"]))
        graph = helper.make_graph(
            self.nodes,
            "network",
            [_told("features", dtype, ("n", *shape))],
            [_told("probabilities", np.float64, ("n", n_classes))],
            initializer=self.constants,
        )
        operators = [helper.make_opsetid("", OPSET)]
        return helper.make_model(
            graph, opset_imports=operators, ir_version=IR_VERSION
        ).SerializeToString()


Converter = Callable[[Graph, Any, Value], Value]


def _told(name: str, dtype: Any, shape: tuple[int | str, ...]) -> Any:
    from onnx import helper

    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_tensor_value_info(name, element, shape)
