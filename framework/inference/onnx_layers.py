"""What each layer of Keras becomes in ONNX.

Keras has channels last, ONNX first: what has windows is transposed before and after, which ONNX Runtime
takes together again where layers follow each other. Layers that only act in training are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from framework.inference.onnx_graph import CannotExportError, Graph, Value

DOUBLE, SINGLE = 11, 1  # TensorProto.DOUBLE, .FLOAT

Converter = Callable[[Graph, Any, Value], Value]


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
        return _reversed(graph, first, [*args[1:], kwargs.get("key")][0])
    return LAYERS[name](graph, layer, first)


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
    "relu6": lambda graph, value: _clipped(graph, value, 6.0),
    "selu": lambda graph, value: graph.on(value, "Selu"),
    "sigmoid": _sigmoid,
    "silu": _times_sigmoid,
    "softmax": lambda graph, value: graph.on(value, "Softmax", axis=-1),
    "softplus": lambda graph, value: graph.on(value, "Softplus"),
    "softsign": lambda graph, value: graph.on(value, "Softsign"),
    "tanh": lambda graph, value: graph.on(value, "Tanh"),
}


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
    return _clipped(graph, value, layer.max_value)


def _clipped(graph: Graph, value: Value, largest: float | None) -> Value:
    if largest is None:
        return graph.on(value, "Relu")
    return graph.on(value, "Clip", graph.constant(0.0), graph.constant(largest))


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
    first = _channels_first(graph, value)
    return _channels_last(
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


def _convolution(graph: Graph, layer: Any, value: Value) -> Value:
    """Kernels are (*window, channels in a group, filters)."""
    kernel = np.moveaxis(np.asarray(layer.kernel), (-1, -2), (0, 1))
    return _windowed(graph, layer, value, kernel, layer.groups)


def _depthwise(graph: Graph, layer: Any, value: Value) -> Value:
    """Kernels are (*window, channels, filters for each): each channel is a group of its own."""
    kernel = np.asarray(layer.kernel)
    *window, channels, each = kernel.shape
    kernel = kernel.reshape(*window, 1, channels * each)
    return _windowed(graph, layer, value, np.moveaxis(kernel, (-1, -2), (0, 1)), channels)


def _windowed(graph: Graph, layer: Any, value: Value, kernel: np.ndarray, groups: int) -> Value:
    _check_channels_last(layer)
    first = _channels_first(graph, value)
    swept = graph.on(
        first,
        "Conv",
        graph.constant(kernel),
        *([graph.constant(layer.bias)] if layer.use_bias else []),
        auto_pad=_padding(layer),
        strides=_each_axis(layer.strides, layer.rank),
        dilations=_each_axis(layer.dilation_rate, layer.rank),
        group=groups,
    )
    return activated(graph, layer.activation, _channels_last(graph, swept))


def _pooling(operator: str) -> Converter:
    def pooled(graph: Graph, layer: Any, value: Value) -> Value:
        _check_channels_last(layer)
        swept = graph.on(
            _channels_first(graph, value),
            operator,
            auto_pad=_padding(layer),
            kernel_shape=list(layer.pool_size),
            strides=list(layer.strides),
        )
        return _channels_last(graph, swept)

    return pooled


def _global_pooling(operator: str) -> Converter:
    def pooled(graph: Graph, layer: Any, value: Value) -> Value:
        _check_channels_last(layer)
        axes, keep = list(range(1, value.rank - 1)), bool(layer.keepdims)
        name = graph.add(operator, value.name, axes=axes, keepdims=int(keep))
        return Value(name, value.rank if keep else 2)

    return pooled


def _zero_padding(graph: Graph, layer: Any, value: Value) -> Value:
    _check_channels_last(layer)
    sides = [side if isinstance(side, Sequence) else (side, side) for side in layer.padding]
    before, after = ([side[end] for side in sides] for end in (0, 1))
    pads = graph.constant([0, *before, 0, 0, *after, 0], np.int64)
    return graph.on(value, "Pad", pads)


def _resizing(graph: Graph, layer: Any, value: Value) -> Value:
    _check_channels_last(layer)
    special = layer.crop_to_aspect_ratio or layer.pad_to_aspect_ratio or layer.antialias
    if special or layer.interpolation != "bilinear":
        raise CannotExportError("the layer Resizing, not plainly bilinear")
    shape = graph.add("Shape", value.name)
    ends = [
        graph.add("Slice", shape, *(graph.constant([at], np.int64) for at in (start, start + 1)))
        for start in (0, 3)
    ]
    size = graph.constant([layer.height, layer.width], np.int64)
    sizes = graph.add("Concat", ends[0], size, ends[1], axis=0)
    return graph.on(
        value, "Resize", "", "", sizes, mode="linear", coordinate_transformation_mode="half_pixel"
    )


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
    "AveragePooling1D": _pooling("AveragePool"),
    "AveragePooling2D": _pooling("AveragePool"),
    "BatchNormalization": _batch_normalization,
    "Conv1D": _convolution,
    "Conv2D": _convolution,
    "Conv3D": _convolution,
    "Cos": _simple("Cos"),
    "Dense": _dense,
    "DepthwiseConv1D": _depthwise,
    "DepthwiseConv2D": _depthwise,
    "Dropout": _unchanged,
    "Exp": _simple("Exp"),
    "Flatten": _flatten,
    "GaussianDropout": _unchanged,
    "GaussianNoise": _unchanged,
    "GlobalAveragePooling1D": _global_pooling("ReduceMean"),
    "GlobalAveragePooling2D": _global_pooling("ReduceMean"),
    "GlobalMaxPooling1D": _global_pooling("ReduceMax"),
    "GlobalMaxPooling2D": _global_pooling("ReduceMax"),
    "Identity": _unchanged,
    "LayerNormalization": _layer_normalization,
    "Log": _simple("Log"),
    "MaxPooling1D": _pooling("MaxPool"),
    "MaxPooling2D": _pooling("MaxPool"),
    "Negative": _simple("Neg"),
    "Normalization": _normalization,
    "ReLU": _relu,
    "Rescaling": _rescaling,
    "Reshape": _reshape,
    "Resizing": _resizing,
    "Sin": _simple("Sin"),
    "Softmax": _softmax,
    "SpatialDropout1D": _unchanged,
    "SpatialDropout2D": _unchanged,
    "Sqrt": _simple("Sqrt"),
    "Square": _square,
    "Tanh": _simple("Tanh"),
    "ZeroPadding2D": _zero_padding,
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


def _check_channels_last(layer: Any) -> None:
    if layer.data_format != "channels_last":
        raise CannotExportError(f"the layer {type(layer).__name__} with its channels first")


def _padding(layer: Any) -> str:
    known = {"same": "SAME_UPPER", "valid": "VALID"}
    if layer.padding not in known:
        raise CannotExportError(f"the layer {type(layer).__name__} with {layer.padding} padding")
    return known[layer.padding]


def _each_axis(given: Any, rank: int) -> list[int]:
    return list(given) if isinstance(given, Sequence) else [given] * rank


def _channels_first(graph: Graph, value: Value) -> Value:
    if value.rank == 2:
        return value
    return graph.on(value, "Transpose", perm=[0, value.rank - 1, *range(1, value.rank - 1)])


def _channels_last(graph: Graph, value: Value) -> Value:
    if value.rank == 2:
        return value
    return graph.on(value, "Transpose", perm=[0, *range(2, value.rank), 1])
