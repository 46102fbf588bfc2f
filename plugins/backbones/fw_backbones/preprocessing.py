"""What each application expects of its pictures, as layers of Keras alone."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

BLACK, WHITE = 0.0, 255.0


def preprocessed(application: str, pictures: Any) -> Any:
    """``pictures`` of 0 to 255 (a Keras tensor), red first, as the network of that name takes them.

    Its own ``preprocess_input`` is asked what it does to black and to the three full colours: all there
    are multiply and add, and some exchange red and blue. Networks that bring no such function do it
    themselves.
    """
    from keras import layers

    module = _module_of(application)
    if module is None:
        return pictures
    source, scale, offset = _affine(module.preprocess_input)
    if source != [0, 1, 2]:
        pictures = pictures[..., ::-1]
    if np.allclose(scale, 1) and np.allclose(offset, 0):
        return pictures
    return layers.Rescaling(scale.tolist(), offset.tolist())(pictures)


def _module_of(application: str) -> Any:
    """The module of keras.applications that has the network and its ``preprocess_input``."""
    import keras

    for module in vars(keras.applications).values():
        if isinstance(module, types.ModuleType) and hasattr(module, application):
            return module
    return None


def _affine(function: Any) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Of each channel that comes out: which one it comes from, times what, plus what."""
    colours = np.concatenate([np.full((1, 3), BLACK), WHITE * np.eye(3)]).astype(np.float32)
    black, *full = np.asarray(function(colours.reshape(4, 1, 1, 3).copy())).reshape(4, 3)
    slopes = (np.stack(full) - black) / WHITE  # (channel that goes in, channel that comes out)
    source = np.abs(slopes).argmax(axis=0)
    return source.tolist(), slopes[source, np.arange(3)], black
