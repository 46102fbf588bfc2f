"""The one gate of all Keras losses and metrics: truths, predictions and matrices they may be given.

Where values are known (eagerly), what is not acceptable raises ``ValueError``. In a compiled graph
they are not, and XLA drops assertions and clamps indices without a word; there, such a case makes
the loss, its gradients and the metric NaN, which works compiled or not and cannot be overlooked.
Shapes are checked in both.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.core.costs.cost_matrix import CostMatrix

ops = keras.ops

# How far from 1 a sum of shares may be: N roundings of bfloat16.
TOLERANCE = 0.01
SHOWN = 8  # numbers of a case in a message


@dataclass(frozen=True)
class Inputs:
    """A batch that passed the gate.

    Either ``classes`` (batch,) int32 or ``shares`` (batch, N), one-hot or soft labels;
    ``probabilities`` (batch, N), or (batch, 1) of a sigmoid. ``mark`` (batch,) is 1, or NaN for a
    case that is not acceptable; None where nothing had to be looked at.
    """

    classes: Any
    shares: Any
    probabilities: Any
    mark: Any

    def marked(self, values: Any) -> Any:
        """``values`` (batch,), NaN where the case is not acceptable."""
        return values if self.mark is None else values * ops.cast(self.mark, values.dtype)


def read(y_true: Any, y_pred: Any, n_classes: int, from_logits: bool = False) -> Inputs:
    """Look at a batch.

    Parameters
    ----------
    y_true : (batch,) or (batch, 1) class indices, or (batch, N) shares that sum to 1
    y_pred : (batch, N) probabilities, or (batch, 1) of a sigmoid when N = 2
        With ``from_logits``, what goes into the softmax or sigmoid.

    Raises
    ------
    ValueError
        For a wrong shape, and with ``from_logits`` for what comes out of a softmax or sigmoid of
        Keras; eagerly also for a label that is no class and for predictions that are no
        probabilities.

    Notes
    -----
    Of numbers that Keras did not just make it cannot be certain that they are no logits: where all
    rows could be probabilities, eagerly a warning says so. Of a single unit it is never told: a
    logit between 0 and 1 is a logit like any other.
    """
    _check_shapes(y_true, y_pred, n_classes)
    classes = shares = None
    if len(y_true.shape) == 2 and y_true.shape[-1] == n_classes:
        shares = ops.cast(y_true, "float32")
        valid = _is_distribution(shares)
        _refuse(y_true, valid, "y_true: expected shares of the classes that sum to 1")
    else:
        y_true = y_true[:, 0] if len(y_true.shape) == 2 else y_true
        # Beyond the classes, XLA would clamp and a CPU wrap round; a fraction would be cut off.
        classes = ops.clip(ops.cast(y_true, "int32"), 0, n_classes - 1)
        valid = ops.equal(ops.cast(classes, y_true.dtype), y_true)
        _refuse(y_true, valid, f"y_true: expected class indices from 0 to {n_classes - 1}")
    if from_logits:
        _check_logits(y_pred)
        one = y_pred.shape[-1] == 1
        activation = keras.activations.sigmoid if one else keras.activations.softmax
        y_pred = activation(ops.cast(y_pred, "float32"))
    elif not hasattr(y_pred, "_keras_logits"):  # else it comes out of a softmax or sigmoid
        y_pred = ops.cast(y_pred, "float32")
        possible = _could_be_probabilities(y_pred)
        advice = "; for a network without softmax or sigmoid at its end, give from_logits=True"
        _refuse(y_pred, possible, "y_pred: expected probabilities", advice)
        valid = ops.logical_and(valid, possible)
    if tf.executing_eagerly():
        return Inputs(classes, shares, y_pred, None)
    return Inputs(classes, shares, y_pred, tf.where(valid, 1.0, float("nan")))


def costs_of(cost_matrix: Any, regret: bool) -> np.ndarray:
    """A matrix (N, M) in float32, from an array, or from a ``CostMatrix`` in dollars.

    With ``regret``, (N, N): each row above its least cost (see ``CostMatrix.regret``); of a
    ``CostMatrix``, its relative training costs. Without, columns may be any M >= 2 actions.

    Raises
    ------
    ValueError
        For another shape, numbers that are not finite in float32, and costs of a case's own.
    """
    given: Any = cost_matrix
    if isinstance(cost_matrix, CostMatrix):
        relative = regret and cost_matrix.training_costs is not None
        if cost_matrix.columns and not relative:
            raise ValueError(
                f'cost_matrix "{cost_matrix.name}": its costs depend on the column '
                f"{', '.join(cost_matrix.columns)}, which Keras does not hand to a loss or a "
                "metric; train it with framework.run, or give a matrix of numbers"
            )
        given = cost_matrix.loss_weights if regret else cost_matrix.dollar_costs()
    costs = np.asarray(given, dtype=np.float64)
    n = len(costs) if costs.ndim == 2 else 0
    if n < 2 or (costs.shape[1] != n if regret else costs.shape[1] < 2):
        expected = "(N, N) with N >= 2" if regret else "(N, M) with N, M >= 2"
        raise ValueError(f"cost_matrix: expected shape {expected}, received {costs.shape}")
    largest = float(np.finfo(np.float32).max)
    if not (np.abs(costs) <= largest).all():
        i, j = np.argwhere(~(np.abs(costs) <= largest))[0]
        raise ValueError(
            f"cost_matrix, row {i} (truth), column {j} (decision): expected a finite number up to "
            f"{largest:.3g}, received {costs[i, j]:g}"
        )
    if regret:
        costs = costs - costs.min(axis=1, keepdims=True)
    return costs.astype(np.float32)


def _check_shapes(y_true: Any, y_pred: Any, n: int) -> None:
    widths = (1, 2) if n == 2 else (n,)
    if len(y_pred.shape) != 2 or y_pred.shape[-1] not in widths:
        or_one = ", or (batch, 1) of a sigmoid" if n == 2 else ""
        raise ValueError(
            f"y_pred: expected {n} probabilities per case (the cost matrix has {n} rows), shape "
            f"(batch, {n}){or_one}; received shape {tuple(y_pred.shape)}"
        )
    if len(y_true.shape) not in (1, 2) or (
        len(y_true.shape) == 2 and y_true.shape[1] not in (1, n)
    ):
        raise ValueError(
            f"y_true: expected class indices (batch,) or (batch, 1), or shares (batch, {n}); "
            f"received shape {tuple(y_true.shape)}"
        )
    cases = y_true.shape[0], y_pred.shape[0]
    if None not in cases and cases[0] != cases[1]:
        raise ValueError(
            f"y_true and y_pred: expected as many cases in both, received {cases[0]} and {cases[1]}"
        )


def _check_logits(y_pred: Any) -> None:
    """That the activation is still to come; Keras marks, compiled or not, what one made."""
    advice = "leave out from_logits=True for a network that ends with softmax or sigmoid"
    if hasattr(y_pred, "_keras_logits"):
        raise ValueError(
            "y_pred: expected logits, received the outputs of a softmax or sigmoid, which would be "
            f"taken of them twice; {advice}"
        )
    if not tf.executing_eagerly() or y_pred.shape[-1] == 1 or y_pred.shape[0] < 2:
        return
    if bool(ops.all(_is_distribution(ops.cast(y_pred, "float32")))):
        warnings.warn(
            "y_pred: expected logits, received numbers that in each case are probabilities (none "
            f"negative, sum 1); {advice}",
            stacklevel=4,
        )


def _is_distribution(shares: Any) -> Any:
    """(batch,) whether each row is non-negative and sums to 1; NaN is not."""
    off = ops.abs(ops.sum(shares, axis=-1) - 1)
    return ops.logical_and(off <= TOLERANCE, ops.min(shares, axis=-1) >= -TOLERANCE)


def _could_be_probabilities(y_pred: Any) -> Any:
    """(batch,); NaN passes: a network that diverged has a loss of NaN, as with any loss."""
    ends = ops.min(y_pred, axis=-1) < -TOLERANCE
    if y_pred.shape[-1] == 1:
        off = y_pred[:, 0] > 1 + TOLERANCE
    else:
        off = ops.abs(ops.sum(y_pred, axis=-1) - 1) > TOLERANCE
    return ops.logical_not(ops.logical_or(ends, off))


def _refuse(values: Any, valid: Any, expected: str, advice: str = "") -> None:
    if not tf.executing_eagerly():
        return
    wrong = np.flatnonzero(~ops.convert_to_numpy(valid))
    if len(wrong):
        received = ops.convert_to_numpy(ops.cast(values[int(wrong[0])], "float32")).reshape(-1)
        numbers = ", ".join(f"{number:g}" for number in received[:SHOWN])
        numbers += ", ..." if len(received) > SHOWN else ""
        raise ValueError(f"{expected}, received {numbers} (case {wrong[0]} of the batch){advice}")
