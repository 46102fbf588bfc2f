"""Losses that know what a mistake costs: pure functions, and a thin Keras ``Loss`` around them.

Every pure function has the signature ``loss(y_true, y_pred, cost_rows) -> (batch,)``:

- ``y_true``: (batch,) class indices;
- ``y_pred``: (batch, N) probabilities, or (batch, 1) for a one-unit sigmoid, which stands for
  N = 2 with probabilities ``[1 - s, s]``;
- ``cost_rows``: (batch, N), for each case the cost of every decision given its truth: row
  ``y_true`` of the cost matrix, or costs of the case's own.
"""

from __future__ import annotations

from typing import Any

from framework.core.backend import keras, tf

ops = keras.ops


def cross_entropy(y_true: Any, y_pred: Any, cost_rows: Any = None) -> Any:
    """Keras's own cross-entropy, which takes all mistakes for equal: the baseline.

    Binary for a one-unit output, categorical otherwise; ``cost_rows`` is not used.
    """
    if y_pred.shape[-1] == 1:
        y_true = ops.reshape(ops.cast(y_true, y_pred.dtype), (-1, 1))
        return keras.losses.binary_crossentropy(y_true, y_pred)
    # One-hot truths: TensorFlow's sparse form is the slower one on a CPU.
    truths = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
    return keras.losses.categorical_crossentropy(truths, y_pred)


def expected_cost(y_true: Any, y_pred: Any, cost_rows: Any) -> Any:
    """The cost expected under the model's own probabilities: ``sum_j C[y, j] p_j``.

    For N = 2 and a zero diagonal: ``y |1 - s| fn_cost + (1 - y) |s| fp_cost``.

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
    """
    cost_rows = ops.cast(cost_rows, y_pred.dtype)
    n = cost_rows.shape[-1]
    weights = ops.matmul(cost_rows, ops.full((n, 1), 1 / (n - 1), cost_rows.dtype))
    return weights[:, 0] * cross_entropy(y_true, y_pred)


def cross_entropy_plus_cost(y_true: Any, y_pred: Any, cost_rows: Any) -> Any:
    """``CE + lambda * expected_cost``, with lambda a factor of ``cost_rows``.

    Where the model is confidently wrong the expected cost is flat; cross-entropy is not.

    Source: Galdran et al., "Cost-Sensitive Regularization for Diabetic Retinopathy Grading from
    Eye Fundus Images", MICCAI 2020.
    """
    return cross_entropy(y_true, y_pred) + expected_cost(y_true, y_pred, cost_rows)


def one_sided_regression(y_true: Any, y_pred: Any, cost_rows: Any) -> Any:
    """Smooth one-sided regression of costs: ``sum_j log(1 + exp(z_j (r_j - c_j)))``.

    ``r_j = -log p_j`` is the model's estimate of the cost ``c_j`` of decision j; ``z_j`` is 1
    for the cheapest decisions, whose estimate should not be too high, and -1 for all others,
    whose estimate should not be too low. The decision of least estimated cost is the argmax.

    Source: Chung, Lin, Yang, "Cost-aware Pre-training for Multiclass Cost-sensitive Deep
    Learning", IJCAI 2016, equation 4; there ``r`` is a linear output, here the negative log of
    a softmax, so that outputs stay probabilities.
    """
    cost_rows = ops.cast(cost_rows, y_pred.dtype)
    if y_pred.shape[-1] == 1:
        y_pred = ops.concatenate([1 - y_pred, y_pred], axis=-1)
    estimates = -ops.log(ops.clip(y_pred, 1e-7, 1.0))
    cheapest = cost_rows <= ops.min(cost_rows, axis=-1, keepdims=True)
    side = ops.cast(ops.where(cheapest, 1, -1), y_pred.dtype)
    return ops.sum(ops.softplus(side * (estimates - cost_rows)), axis=-1)


class CostMatrixLoss(keras.losses.Loss):
    """Base of the Keras losses: looks up each case's row of an (N, N) cost matrix.

    Subclasses name one of the pure functions above as ``function``.

    Parameters
    ----------
    cost_matrix : array (N, N), non-negative, rows the truth
        Relative costs (a ``CostMatrix`` gives them as ``loss_weights``).

    Notes
    -----
    ``y_true`` may be (batch,) or (batch, 1) class indices, or (batch, N) one-hot or soft labels;
    ``y_pred`` is (batch, N), or (batch, 1) when N = 2.
    """

    function: Any = None

    def __init__(
        self,
        cost_matrix: Any,
        reduction: str = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction=reduction, name=name or _snake(type(self).__name__), dtype=dtype)
        cost_matrix = getattr(cost_matrix, "loss_weights", cost_matrix)
        self.cost_matrix = ops.convert_to_numpy(ops.convert_to_tensor(cost_matrix, "float32"))
        shape = self.cost_matrix.shape
        if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2:
            raise ValueError(f"cost_matrix: expected shape (N, N) with N >= 2, received {shape}")
        if not (self.cost_matrix >= 0).all():
            raise ValueError("cost_matrix: expected finite numbers of at least 0")
        largest = {"bfloat16": 2**8, "float16": 2**11}.get(self.dtype, 2**24)
        if shape[0] > largest:  # Keras casts y_true to this dtype before call()
            raise ValueError(
                f"dtype {self.dtype} cannot tell more than {largest} class indices apart"
            )

    def call(self, y_true: Any, y_pred: Any) -> Any:
        n = self.cost_matrix.shape[0]
        if y_pred.shape[-1] not in ({1, 2} if n == 2 else {n}):
            raise ValueError(
                f"y_pred: expected {n} probabilities per case (the cost matrix is {n} x {n}), "
                f"received shape {tuple(y_pred.shape)}"
            )
        # In float32 whatever the loss's dtype: 0.001 next to 5000 does not survive in float16.
        matrix = ops.convert_to_tensor(self.cost_matrix)
        if len(y_true.shape) == 2 and y_true.shape[-1] == n:
            cost_rows = ops.matmul(ops.cast(y_true, "float32"), matrix)
            y_true = ops.argmax(y_true, axis=-1)
        else:
            y_true = ops.cast(ops.reshape(y_true, (-1,)), "int32")
            cost_rows = ops.take(matrix, y_true, axis=0)
        return ops.cast(
            type(self).function(y_true, ops.cast(y_pred, "float32"), cost_rows), y_pred.dtype
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cost_matrix": self.cost_matrix.tolist()}


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


@keras.saving.register_keras_serializable(package="framework")
class CrossEntropyPlusCost(CostMatrixLoss):
    """``cross_entropy_plus_cost`` with an (N, N) matrix, multiplied by lambda beforehand."""

    function = staticmethod(cross_entropy_plus_cost)


@keras.saving.register_keras_serializable(package="framework")
class OneSidedRegression(CostMatrixLoss):
    """``one_sided_regression`` with an (N, N) matrix."""

    function = staticmethod(one_sided_regression)


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
