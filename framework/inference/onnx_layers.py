"""What each layer of Keras becomes in ONNX. Layers that only act in training are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from framework.inference import onnx_windows as windows
from framework.inference.onnx_activations import activated, clipped
from framework.inference.onnx_graph import CannotExportError, Converter, Graph, Value


def converted(graph: Graph, layer: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Value:
    """What ``layer``, a layer or an operation of Keras, makes of ``args``.

    Raises
    ------
    CannotExportError
        When it is not known, or computes in other numbers than float32.
    """
    kind, name = type(layer), type(layer).__name__
    known = name in LAYERS or name in MERGES or name == "GetItem"
    if not kind.__module__.startswith("keras.src.") or not known:
        raise CannotExportError(f"the layer {name}")
    policy = getattr(layer, "compute_dtype", None)
    if policy not in (None, "float32"):
        raise CannotExportError(f"the layer {name} in {policy}")
    values = [*_flat(args), *(kwargs[key] for key in ("x1", "x2") if key in kwargs)]
    if name in MERGES:
        return _merged(graph, layer, [value for value in values if _is_operand(value)])
    first = values[0] if values else None
    if not isinstance(first, Value):
        raise CannotExportError(f"the operation {name} of no features")
    if name == "GetItem":
        return _reversed(graph, first, args[1] if len(args) > 1 else kwargs["key"])
    return LAYERS[name](graph, layer, first)


def _unchanged(graph: Graph, layer: Any, value: Value) -> Value:
    return value


def _activation(graph: Graph, layer: Any, value: Value) -> Value:
    return activated(graph, layer.activation, value)


def _relu(graph: Graph, layer: Any, value: Value) -> Value:
    slope, threshold = float(layer.negative_slope or 0), float(layer.threshold or 0)
    if threshold or (slope and layer.max_value is not None):
        raise CannotExportError("the layer ReLU with a threshold, or a slope and a largest value")
    if slope:
        return graph.on(value, "LeakyRelu", alpha=slope)
    return clipped(graph, value, layer.max_value)


def _softmax(graph: Graph, layer: Any, value: Value) -> Value:
    return graph.on(value, "Softmax", axis=int(layer.axis))


def _dense(graph: Graph, layer: Any, value: Value) -> Value:
    product = graph.on(value, "MatMul", graph.constant(layer.kernel))
    return activated(graph, layer.activation, _biased(graph, layer, product))


def _biased(graph: Graph, layer: Any, value: Value) -> Value:
    return graph.on(value, "Add", graph.constant(layer.bias)) if layer.use_bias else value


def _flatten(graph: Graph, layer: Any, value: Value) -> Value:
    return Value(graph.add("Flatten", value.name, axis=1), 2)


def _reshape(graph: Graph, layer: Any, value: Value) -> Value:
    target = layer.target_shape
    return Value(
        graph.add("Reshape", value.name, graph.constant([0, *target], np.int64)), len(target) + 1
    )


def _rescaling(graph: Graph, layer: Any, value: Value) -> Value:
    return _scaled(graph, value, layer.scale, layer.offset)


def _scaled(graph: Graph, value: Value, scale: Any, offset: Any) -> Value:
    product = graph.on(value, "Mul", graph.constant(scale))
    return (
        product if np.all(np.equal(offset, 0)) else graph.on(product, "Add", graph.constant(offset))
    )


def _normalization(graph: Graph, layer: Any, value: Value) -> Value:
    if layer.invert:
        raise CannotExportError("the layer Normalization, inverted")
    centred = graph.on(value, "Sub", graph.constant(layer.mean))
    deviation = np.maximum(np.sqrt(np.asarray(layer.variance, np.float32)), np.float32(1e-7))
    return graph.on(centred, "Div", graph.constant(deviation))


def _batch_normalization(graph: Graph, layer: Any, value: Value) -> Value:
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    if axis not in (-1, value.rank - 1):
        raise CannotExportError("the layer BatchNormalization of another axis than the last")
    mean = np.asarray(layer.moving_mean)
    parts = (
        layer.gamma if layer.scale else np.ones_like(mean),
        layer.beta if layer.center else np.zeros_like(mean),
        mean,
        layer.moving_variance,
    )
    constants = [graph.constant(part) for part in parts]
    first = windows.channels_first(graph, value)
    return windows.channels_last(
        graph, graph.on(first, "BatchNormalization", *constants, epsilon=float(layer.epsilon))
    )


def _layer_normalization(graph: Graph, layer: Any, value: Value) -> Value:
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    several = not isinstance(layer.axis, int) and len(layer.axis) > 1
    if several or axis not in (-1, value.rank - 1) or getattr(layer, "rms_scaling", False):
        raise CannotExportError("the layer LayerNormalization of another axis than the last")
    width = layer.get_build_config()["input_shape"][-1]
    gamma = layer.gamma if layer.scale else np.ones(width)
    beta = layer.beta if layer.center else np.zeros(width)
    constants = graph.constant(gamma), graph.constant(beta)
    return graph.on(value, "LayerNormalization", *constants, axis=-1, epsilon=float(layer.epsilon))


def _reversed(graph: Graph, value: Value, key: Any) -> Value:
    """``value[..., ::-1]``: red and blue exchanged."""
    if key != (Ellipsis, slice(None, None, -1)):
        raise CannotExportError(f"the part [{key}] of its features")
    far = np.iinfo(np.int64).max
    constants = [graph.constant([number], np.int64) for number in (far, -far, -1, -1)]
    return graph.on(value, "Slice", *constants)


def _simple(operator: str) -> Converter:
    return lambda graph, layer, value: graph.on(value, operator)


def _square(graph: Graph, layer: Any, value: Value) -> Value:
    return graph.on(value, "Mul", value.name)


LAYERS: dict[str, Converter] = {
    "Activation": _activation,
    "ActivityRegularization": _unchanged,
    "AlphaDropout": _unchanged,
    "AveragePooling1D": windows.pooling("AveragePool"),
    "AveragePooling2D": windows.pooling("AveragePool"),
    "BatchNormalization": _batch_normalization,
    "Conv1D": windows.convolution,
    "Conv2D": windows.convolution,
    "Conv3D": windows.convolution,
    "Cos": _simple("Cos"),
    "Dense": _dense,
    "DepthwiseConv1D": windows.depthwise,
    "DepthwiseConv2D": windows.depthwise,
    "Dropout": _unchanged,
    "Exp": _simple("Exp"),
    "Flatten": _flatten,
    "GaussianDropout": _unchanged,
    "GaussianNoise": _unchanged,
    "GlobalAveragePooling1D": windows.global_pooling("ReduceMean"),
    "GlobalAveragePooling2D": windows.global_pooling("ReduceMean"),
    "GlobalMaxPooling1D": windows.global_pooling("ReduceMax"),
    "GlobalMaxPooling2D": windows.global_pooling("ReduceMax"),
    "Identity": _unchanged,
    "LayerNormalization": _layer_normalization,
    "Log": _simple("Log"),
    "MaxPooling1D": windows.pooling("MaxPool"),
    "MaxPooling2D": windows.pooling("MaxPool"),
    "Negative": _simple("Neg"),
    "Normalization": _normalization,
    "ReLU": _relu,
    "Rescaling": _rescaling,
    "Reshape": _reshape,
    "Resizing": windows.resizing,
    "Sin": _simple("Sin"),
    "Softmax": _softmax,
    "SpatialDropout1D": _unchanged,
    "SpatialDropout2D": _unchanged,
    "Sqrt": _simple("Sqrt"),
    "Square": _square,
    "Tanh": _simple("Tanh"),
    "ZeroPadding2D": windows.zero_padding,
}


# Layers of a list of values, and operations of two, of which one may be a number.
MERGES = {
    "Add": "Add",
    "Average": "Mean",
    "Concatenate": "Concat",
    "Divide": "Div",
    "Maximum": "Max",
    "Minimum": "Min",
    "Multiply": "Mul",
    "Subtract": "Sub",
    "TrueDivide": "Div",
}


def _merged(graph: Graph, layer: Any, values: Sequence[Any]) -> Value:
    operator = MERGES[type(layer).__name__]
    rank = max(value.rank for value in values if isinstance(value, Value))
    names = [v.name if isinstance(v, Value) else graph.constant(v) for v in values]
    if operator == "Concat":
        return Value(graph.add(operator, *names, axis=int(layer.axis)), rank)
    if operator in ("Mean", "Max", "Min"):
        return Value(graph.add(operator, *names), rank)
    together = names[0]
    for name in names[1:]:
        together = graph.add(operator, together, name)
    return Value(together, rank)


def _flat(args: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for arg in args:
        found += arg if isinstance(arg, list | tuple) else [arg]
    return found


def _is_operand(value: Any) -> bool:
    return isinstance(value, Value | int | float | np.ndarray | np.generic)
