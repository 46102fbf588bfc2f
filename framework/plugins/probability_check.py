"""Whether what a plugin's model answers are probabilities."""

from __future__ import annotations

import numpy as np

from framework.core.errors import PluginError


def first_wrong(p: np.ndarray, rounding: float) -> int | None:
    """The first case whose ``p`` (n, N) are no probabilities, or do not sum to 1 within ``rounding``."""
    wrong = (~np.isfinite(p) | (p < 0) | (p > 1)).any(axis=1)
    wrong |= np.abs(p.sum(axis=1) - 1) > rounding
    return int(np.argmax(wrong)) if wrong.any() else None


def check_of_network(whose: str, p: np.ndarray, rounding: float) -> None:
    """Raise PluginError, which begins with ``whose``, where a network's ``p`` (n, N) are none."""
    case = first_wrong(p, rounding)
    if case is not None:
        raise PluginError(
            f"{whose}: expected probabilities of {p.shape[1]} classes that sum to 1, received "
            f"{p[case].round(4).tolist()}; end with a softmax, or with one sigmoid unit for two classes"
        )
