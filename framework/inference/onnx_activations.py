"""What the activations of Keras become in ONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from framework.inference.onnx_graph import CannotExportError, Graph, Value

DOUBLE, SINGLE = 11, 1  # TensorProto.DOUBLE, .FLOAT


def activated(graph: Graph, function: Any, value: Value) -> Value:
    """``value`` after an activation of Keras."""
    name = getattr(function, "__name__", type(function).__name__)
    if name == "linear":
        return value
    if name not in ACTIVATIONS or not function.__module__.startswith("keras.src."):
        raise CannotExportError(f"the activation {name}")
    return ACTIVATIONS[name](graph, value)


def _sigmoid(graph: Graph, value: Value) -> Value:
    """In float64 where it may be a probability: ONNX Runtime's own takes 1e-10 for 1e-8."""
    if value.rank > 2:
        return graph.on(value, "Sigmoid")
    minus = graph.add("Neg", graph.add("Cast", value.name, to=DOUBLE))
    above = graph.add("Add", graph.add("Exp", minus), graph.constant(1.0, np.float64))
    return Value(graph.add("Cast", graph.add("Reciprocal", above), to=SINGLE), value.rank)


def _times_sigmoid(graph: Graph, value: Value) -> Value:
    return graph.on(value, "Mul", graph.add("Sigmoid", value.name))


def _gelu(graph: Graph, value: Value) -> Value:
    erf = graph.add("Erf", graph.add("Mul", value.name, graph.constant(np.sqrt(0.5))))
    half = graph.add("Mul", value.name, graph.constant(0.5))
    return Value(graph.add("Mul", half, graph.add("Add", erf, graph.constant(1.0))), value.rank)


ACTIVATIONS: dict[str, Callable[[Graph, Value], Value]] = {
    "elu": lambda graph, value: graph.on(value, "Elu"),
    "exponential": lambda graph, value: graph.on(value, "Exp"),
    "gelu": _gelu,
    "hard_sigmoid": lambda graph, value: graph.on(value, "HardSigmoid", alpha=1 / 6, beta=0.5),
    "hard_silu": lambda graph, value: graph.on(value, "HardSwish"),
    "log_softmax": lambda graph, value: graph.on(value, "LogSoftmax", axis=-1),
    "relu": lambda graph, value: graph.on(value, "Relu"),
    "relu6": lambda graph, value: clipped(graph, value, 6.0),
    "selu": lambda graph, value: graph.on(value, "Selu"),
    "sigmoid": _sigmoid,
    "silu": _times_sigmoid,
    "softmax": lambda graph, value: graph.on(value, "Softmax", axis=-1),
    "softplus": lambda graph, value: graph.on(value, "Softplus"),
    "softsign": lambda graph, value: graph.on(value, "Softsign"),
    "tanh": lambda graph, value: graph.on(value, "Tanh"),
}


def clipped(graph: Graph, value: Value, largest: float | None) -> Value:
    """``value`` from 0 up to ``largest``, which may be None."""
    if largest is None:
        return graph.on(value, "Relu")
    return graph.on(value, "Clip", graph.constant(0.0), graph.constant(largest))
