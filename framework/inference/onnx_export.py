"""From a Keras network to an ONNX file that gives the same probabilities without TensorFlow.

Written layer by layer, from a table of those that are known (``onnx_layers.py``): that takes
milliseconds, and what is not in the table is said. tf2onnx, which Keras's own export calls, knows more
layers, but leaves constants of Normalization unfed, writes files with operators that do not exist
(gelu), and takes a second for what here takes ten milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from framework.core.scaling import UNSCALED, Scaling
from framework.inference.onnx_graph import CannotExportError, Graph, Value
from framework.inference.onnx_layers import converted

if TYPE_CHECKING:
    import keras


def exported(model: keras.Model, scaling: Scaling = UNSCALED) -> bytes:
    """The file: raw features (n, ...) in, probabilities (n, N) out, both float64; of a network that is
    not ``scaling`` anything, float32 in.

    Raises
    ------
    CannotExportError
        When there is a layer, or a way to use it, that is not known.
    """
    if not hasattr(_functional(model), "_run_through_graph"):
        raise CannotExportError(f"the network {type(model).__name__}, a class of its own")
    graph, shape = Graph(), tuple(model.input_shape[1:])
    if len(model.inputs) != 1 or None in shape:
        raise CannotExportError("several inputs, or one of no fixed shape")
    if str(model.inputs[0].dtype) != "float32":
        raise CannotExportError(f"an input of {model.inputs[0].dtype}")
    features = "features"
    dtype: Any = np.float32
    if scaling is not UNSCALED:  # in float64, as it is in training
        dtype = np.float64
        centred = graph.add("Sub", features, graph.constant(scaling.offset, dtype))
        scaled = graph.add("Mul", centred, graph.constant(scaling.scale, dtype))
        features = graph.add("Cast", scaled, to=_element(np.float32))
    told = _run(graph, model, Value(features, len(shape) + 1))
    outputs = graph.add("Cast", told.name, to=_element(np.float64))
    n_classes = int(model.output_shape[-1])
    if n_classes == 1:  # a sigmoid's
        first = graph.add("Sub", graph.constant([1.0], np.float64), outputs)
        outputs, n_classes = graph.add("Concat", first, outputs, axis=1), 2
    return graph.serialized(shape, dtype, outputs, n_classes)


def _run(graph: Graph, model: Any, features: Any) -> Any:
    """What ``model`` makes of ``features``: a Functional, a Sequential, or one of them within another."""

    def operation(layer: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if hasattr(_functional(layer), "_run_through_graph"):
                return _run(graph, layer, args[0])
            return converted(graph, layer, args, kwargs)

        return call

    return _functional(model)._run_through_graph(features, operation_fn=operation)


def _functional(layer: Any) -> Any:
    """The graph of a Sequential; anything else as it is."""
    return getattr(layer, "_functional", layer)


def _element(dtype: Any) -> int:
    from onnx import helper

    return int(helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))
