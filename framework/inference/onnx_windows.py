"""What the layers of Keras that go over pictures by windows become in ONNX.

Keras has channels last, ONNX first: what has windows is transposed before and after, which ONNX Runtime
takes together again where layers follow each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from framework.inference.onnx_activations import activated
from framework.inference.onnx_graph import CannotExportError, Converter, Graph, Value


def convolution(graph: Graph, layer: Any, value: Value) -> Value:
    """Kernels are (*window, channels in a group, filters)."""
    kernel = np.moveaxis(np.asarray(layer.kernel), (-1, -2), (0, 1))
    return _windowed(graph, layer, value, kernel, layer.groups)


def depthwise(graph: Graph, layer: Any, value: Value) -> Value:
    """Kernels are (*window, channels, filters for each): each channel is a group of its own."""
    kernel = np.asarray(layer.kernel)
    *window, channels, each = kernel.shape
    kernel = kernel.reshape(*window, 1, channels * each)
    return _windowed(graph, layer, value, np.moveaxis(kernel, (-1, -2), (0, 1)), channels)


def pooling(operator: str) -> Converter:
    """What a pooling layer becomes, by ``operator`` over each window."""

    def pooled(graph: Graph, layer: Any, value: Value) -> Value:
        _check_channels_last(layer)
        swept = graph.on(
            channels_first(graph, value),
            operator,
            auto_pad=_padding(layer),
            kernel_shape=list(layer.pool_size),
            strides=list(layer.strides),
        )
        return channels_last(graph, swept)

    return pooled


def global_pooling(operator: str) -> Converter:
    """What a global pooling layer becomes, by ``operator`` over all but cases and channels."""

    def pooled(graph: Graph, layer: Any, value: Value) -> Value:
        _check_channels_last(layer)
        axes, keep = list(range(1, value.rank - 1)), bool(layer.keepdims)
        name = graph.add(operator, value.name, axes=axes, keepdims=int(keep))
        return Value(name, value.rank if keep else 2)

    return pooled


def zero_padding(graph: Graph, layer: Any, value: Value) -> Value:
    """Zeros around; ONNX wants those before all axes first, then those behind."""
    _check_channels_last(layer)
    sides = [side if isinstance(side, Sequence) else (side, side) for side in layer.padding]
    before, after = ([side[end] for side in sides] for end in (0, 1))
    pads = graph.constant([0, *before, 0, 0, *after, 0], np.int64)
    return graph.on(value, "Pad", pads)


def resizing(graph: Graph, layer: Any, value: Value) -> Value:
    """To another size, bilinear as TensorFlow does it: by the centres of pixels, at the ends the last."""
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


def channels_first(graph: Graph, value: Value) -> Value:
    """(n, channels, ...) of (n, ..., channels)."""
    if value.rank == 2:
        return value
    return graph.on(value, "Transpose", perm=[0, value.rank - 1, *range(1, value.rank - 1)])


def channels_last(graph: Graph, value: Value) -> Value:
    """Back from ``channels_first``."""
    if value.rank == 2:
        return value
    return graph.on(value, "Transpose", perm=[0, *range(2, value.rank), 1])


def _windowed(graph: Graph, layer: Any, value: Value, kernel: np.ndarray, groups: int) -> Value:
    _check_channels_last(layer)
    first = channels_first(graph, value)
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
    return activated(graph, layer.activation, channels_last(graph, swept))


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
