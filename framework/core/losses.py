"""Losses that know what a mistake costs: pure functions, and a thin Keras ``Loss`` around them.

Every pure function has the signature ``loss(y_true, y_pred, cost_rows) -> (batch,)``:

- ``y_true``: (batch,) class indices;
- ``y_pred``: (batch, N) probabilities, or (batch, 1) for a one-unit sigmoid, which stands for
  N = 2 with probabilities ``[1 - s, s]``;
- ``cost_rows``: (batch, N), for each case the regret of every decision given its truth, its cost
  above that of the best one: row ``y_true`` of the cost matrix, or costs of the case's own.

They trust their inputs, which the framework's own training has checked; the Keras classes check
(see ``framework.core.keras_inputs``).

Each docstring says what the outputs estimate: with true class probabilities ``q`` and expected
costs ``r_j = sum_i q_i C[i, j]`` of the decisions, which ``p`` makes the mean loss least. The
right decision is the j of least ``r_j`` (Elkan 2001, equation 1). ``LossSpec.estimates`` says the
same to the framework, and ``framework.plugins.loss_checks`` holds every loss to it;
``framework.plugins.builtin`` offers the losses of this file by name.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from framework.core.backend import keras, tf
from framework.core.keras_inputs import costs_of, read

ops = keras.ops


def cross_entropy(y_true: Any, y_pred: Any, cost_rows: Any = None) -> Any:
    """Keras's own cross-entropy, which takes all mistakes for equal: the baseline.

    Binary for a one-unit output, categorical otherwise; ``cost_rows`` is not used. ``y_true`` may
    also be (batch, N) shares.

    Estimates the probabilities: ``p = q``. Decide by least expected cost.
    """
    soft = len(y_true.shape) == 2
    if y_pred.shape[-1] == 1:
        truths = y_true[:, 1:] if soft else ops.reshape(y_true, (-1, 1))
        return keras.losses.binary_crossentropy(ops.cast(truths, y_pred.dtype), y_pred)
    if soft:
        return keras.losses.categorical_crossentropy(ops.cast(y_true, y_pred.dtype), y_pred)
    # One-hot truths: TensorFlow's sparse form is the slower one on a CPU.
    truths = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
    return keras.losses.categorical_crossentropy(truths, y_pred)


def expected_cost(y_true: Any, y_pred: Any, cost_rows: Any) -> Any:
    """The cost expected under the model's own probabilities: ``sum_j C[y, j] p_j``.

    For N = 2 and a zero diagonal: ``y |1 - s| fn_cost + (1 - y) |s| fp_cost``.

    Estimates the decision: ``sum_j r_j p_j`` is least where p is 1 for the j of least ``r_j``.
    Decide by argmax; least expected cost would count the costs twice.

    Source: Megler and Gregoire, "Training models with unequal economic error costs using
    Amazon SageMaker", AWS Machine Learning Blog, 2018.
    """
    cost_rows = ops.cast(cost_rows, y_pred.dtype)
    if y_pred.shape[-1] == 1:
        score = ops.reshape(y_pred, (-1,))
        return cost_rows[:, 0] * (1 - score) + cost_rows[:, 1] * score
    # Like Keras's cross-entropy, from the softmax's own inputs where they are known.
    logits = getattr(y_pred, "_keras_logits", None)
    if logits is not None:
        return _expected_cost_of_logits(logits, cost_rows)
    return ops.sum(cost_rows * y_pred, axis=-1)


@tf.custom_gradient
def _expected_cost_of_logits(logits: Any, cost_rows: Any) -> Any:
    """``v = sum_j c_j p_j`` with ``p = softmax(logits)``; its gradient is ``p_k (c_k - v)``.

    In few operations, sums as products with ones, which is what a step on small batches takes.
    """
    ones = tf.ones((logits.shape[-1], 1), logits.dtype)
    powers = tf.exp(logits - tf.reduce_max(logits, axis=-1, keepdims=True))
    total = powers @ ones
    values = ((powers * cost_rows) @ ones) / total

    def gradient(upstream: Any) -> tuple[Any, None]:
        return upstream[:, None] / total * powers * (cost_rows - values), None

    return values[:, 0], gradient


def weighted_cross_entropy(y_true: Any, y_pred: Any, cost_rows: Any) -> Any:
    """Cross-entropy, each case weighted by the mean cost of its mistakes: ``w_y * CE``.

    ``w_y = sum_j C[y, j] / (N - 1)``; for N = 2 the cost of the one possible mistake. It knows
    how dear a class is, but not for which other class it is mistaken.

    Estimates weighted probabilities: ``p_k`` proportional to ``w_k q_k``. For N = 2 the argmax is
    the right decision. For more classes it is where a mistake costs the same whichever it is;
    in general, divide by ``w``, which a bias calibration does, and decide by least expected cost.
    """
    cost_rows = ops.cast(cost_rows, y_pred.dtype)
    n = cost_rows.shape[-1]
    weights = ops.matmul(cost_rows, ops.full((n, 1), 1 / (n - 1), cost_rows.dtype))
    return weights[:, 0] * cross_entropy(y_true, y_pred)


def cross_entropy_plus_cost(y_true: Any, y_pred: Any, cost_rows: Any) -> Any:
    """``CE + lambda * expected_cost``, with lambda a factor of ``cost_rows``.

    Where the model is confidently wrong the expected cost is flat; cross-entropy is not.

    Estimates tilted probabilities, between those (lambda small) and the decision (large):
    ``p_j = q_j / (mu + lambda r_j)``, with the mu that makes them sum to 1. Neither rule is right
    for them as they stand: for N = 2 and costs 1 and R the argmax flips at
    ``q = (2 + lambda) / (4 + lambda (1 + R))`` where ``1 / (1 + R)`` is right. Calibrate on cases
    not trained on, and decide by least expected cost.

    Source: Galdran et al., "Cost-Sensitive Regularization for Diabetic Retinopathy Grading from
    Eye Fundus Images", MICCAI 2020.
    """
    return cross_entropy(y_true, y_pred) + expected_cost(y_true, y_pred, cost_rows)


class CostMatrixLoss(keras.losses.Loss):
    """Base of the Keras losses: looks up each case's row of an (N, N) cost matrix.

    Subclasses name one of the pure functions above as ``function``.

    Parameters
    ----------
    cost_matrix : array (N, N) or CostMatrix, rows the truth
        Positive = bad, in any unit; a ``CostMatrix`` gives its ``loss_weights``. Each row is taken
        as regret, above its least cost: what the right decision costs anyway is nothing that
        training could save. Where a mistake costs less than the truth, a warning says so.
    reduction, name, dtype
        As of any Keras loss.
    from_logits : bool
        Whether the network ends without softmax or sigmoid. One that ends with one is refused
        (for bare numbers: see ``framework.core.keras_inputs.read``).

    Raises
    ------
    ValueError
        For a matrix, labels or predictions that are not acceptable. In a compiled step, where
        values are not known, a label that is no class (-1, N, 0.9, NaN) or predictions that are
        no probabilities make the loss and its gradients NaN.

    Notes
    -----
    ``y_true`` may be (batch,) or (batch, 1) class indices, or (batch, N) one-hot or soft labels,
    whose loss is the mean over them; ``y_pred`` is (batch, N), or (batch, 1) when N = 2.
    """

    function: Any = None

    def __init__(
        self,
        cost_matrix: Any,
        reduction: str = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        *,
        from_logits: bool = False,
    ) -> None:
        super().__init__(reduction=reduction, name=name or _snake(type(self).__name__), dtype=dtype)
        self.cost_matrix, self.from_logits = costs_of(cost_matrix, regret=True), from_logits
        _warn_of_paid_mistakes(self.cost_matrix)
        n = len(self.cost_matrix)
        most = {"bfloat16": 2**8, "float16": 2**11}.get(self.dtype, 2**24)
        if n > most:  # Keras casts y_true to this dtype before call()
            raise ValueError(f"dtype {self.dtype} cannot tell more than {most} class indices apart")
        if self.dtype == "float16" and self.cost_matrix.max() > np.finfo(np.float16).max:
            raise ValueError(
                f"cost_matrix: expected costs up to 65504, the largest number of float16, received "
                f"{self.cost_matrix.max():g}; divide all costs by one factor, or use float32"
            )

    def call(self, y_true: Any, y_pred: Any) -> Any:
        # In float32 whatever the loss's dtype: 0.001 next to 5000 does not survive in float16.
        matrix = ops.convert_to_tensor(self.cost_matrix)
        given = read(y_true, y_pred, len(self.cost_matrix), self.from_logits)
        p = ops.cast(given.probabilities, "float32")
        if given.shares is None:
            cost_rows = tf.gather(matrix, given.classes)
            values = type(self).function(given.classes, p, cost_rows)
        else:
            values = self._of_shares(given.shares, p, matrix)
        return ops.cast(given.marked(values), y_pred.dtype)

    def _of_shares(self, shares: Any, y_pred: Any, matrix: Any) -> Any:
        """The mean loss (batch,) over soft labels; a function linear in them takes them itself."""
        return type(self).function(shares, y_pred, ops.matmul(shares, matrix))

    def get_config(self) -> dict[str, Any]:
        own = {"cost_matrix": self.cost_matrix.tolist(), "from_logits": self.from_logits}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="framework")
class ExpectedCost(CostMatrixLoss):
    """``expected_cost`` with an (N, N) matrix, for ``model.compile(loss=ExpectedCost(matrix))``.

    Examples
    --------
    >>> import numpy as np
    >>> loss = ExpectedCost([[0, 1], [200, 0]])
    >>> y, p = np.array([1]), np.array([[0.25, 0.75]])   # malignant, 0.25 of it called benign
    >>> float(loss(y, p))
    50.0
    """

    function = staticmethod(expected_cost)


@keras.saving.register_keras_serializable(package="framework")
class WeightedCrossEntropy(CostMatrixLoss):
    """``weighted_cross_entropy`` with an (N, N) matrix."""

    function = staticmethod(weighted_cross_entropy)

    def _of_shares(self, shares: Any, y_pred: Any, matrix: Any) -> Any:
        weighted = shares * (ops.sum(matrix, axis=1) / (matrix.shape[0] - 1))
        # Keras's gradient from logits takes it for granted that truths sum to 1.
        weight = ops.sum(weighted, axis=1)
        return weight * cross_entropy(tf.math.divide_no_nan(weighted, weight[:, None]), y_pred)


@keras.saving.register_keras_serializable(package="framework")
class CrossEntropyPlusCost(CostMatrixLoss):
    """``cross_entropy_plus_cost`` with an (N, N) matrix, multiplied by lambda beforehand."""

    function = staticmethod(cross_entropy_plus_cost)


def _warn_of_paid_mistakes(regret: np.ndarray) -> None:
    rows = np.flatnonzero(np.diagonal(regret) > 0)
    if len(rows):
        i = int(rows[0])
        warnings.warn(
            f"cost_matrix: for truth {i}, deciding {int(regret[i].argmin())} costs less than the "
            "truth, and is what will be learned; costs are positive = bad",
            stacklevel=3,
        )


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
