"""Keras metrics in dollars: what a model's decisions cost, while it trains or is evaluated.

    model.compile("adam", loss=ExpectedCost(costs), metrics=[DollarsPerCase(costs), Savings(costs)])

A saved model loads without custom code once what it was compiled with is imported. They look at
their inputs as the losses do (see ``framework.core.keras_inputs``): eagerly, what is not acceptable
raises ``ValueError``; in a compiled graph the metric becomes NaN.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from framework.core.backend import keras, tf
from framework.core.evaluation.references import share_of_way
from framework.core.keras_inputs import costs_of, read

ops = keras.ops

Decisions = Literal["minimum_expected_cost", "argmax"]
RULES = ("minimum_expected_cost", "argmax")


class CostMatrixMetric(keras.metrics.Metric):
    """Base: turns predictions into decisions, and these into costs.

    Parameters
    ----------
    cost_matrix : array (N, M) or CostMatrix
        Rows the truth, columns the decision: the N classes first, then others ("refer"), if any; or
        actions, for decisions of least expected cost.
        In dollars per case, positive = bad; a ``CostMatrix`` gives its ``dollar_costs``.
    decisions : "minimum_expected_cost" or "argmax"
        The decision of least expected cost under the predicted probabilities, or the most
        probable class: for a network whose loss estimates the decision (``ExpectedCost``).
    from_logits : bool
        Whether the network ends without softmax or sigmoid. One that ends with one is refused
        (for bare numbers: see ``framework.core.keras_inputs.read``).

    Raises
    ------
    ValueError
        For a matrix, labels, predictions or a rule that are not acceptable.

    Notes
    -----
    Labels and predictions as the losses take them. Sums are kept in float64, for dollars of many
    cases do not add up in float32.
    """

    def __init__(
        self,
        cost_matrix: Any,
        decisions: Decisions = "minimum_expected_cost",
        *,
        from_logits: bool = False,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if decisions not in RULES:
            raise ValueError(
                f"decisions: expected one of {', '.join(RULES)}, received {decisions!r}"
            )
        self.cost_matrix = costs_of(cost_matrix, regret=False)
        n, m = self.cost_matrix.shape
        if decisions == "argmax" and (m < n or getattr(cost_matrix, "actions", ())):
            raise ValueError(
                'decisions="argmax" takes the most probable class, and the columns of cost_matrix are '
                'actions; expected a column for each class first, or "minimum_expected_cost"'
            )
        self.decisions, self.from_logits = decisions, from_logits

    def _decided(self, y_true: Any, y_pred: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
        """Costs (batch, M + 1) of every decision and of the oracle's, weights (batch,), and
        costs (batch,) of what was decided.
        """
        n = len(self.cost_matrix)
        y_true, y_pred = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
        given = read(y_true, y_pred, n, self.from_logits)
        least = self.cost_matrix.min(axis=1, keepdims=True)
        matrix = ops.convert_to_tensor(np.hstack([self.cost_matrix, least]), "float64")
        p = ops.cast(given.probabilities, "float64")
        if p.shape[-1] == 1:
            p = ops.concatenate([1 - p, p], axis=1)
        best = p if self.decisions == "argmax" else -ops.matmul(p, matrix[:, :-1])
        if given.shares is None:
            costs = tf.gather(matrix, given.classes)
        else:
            costs = ops.matmul(ops.cast(given.shares, "float64"), matrix)
        # A network that diverged decides nothing: its sum of probabilities is NaN.
        weights = 1 + 0 * ops.sum(p, axis=1)
        if sample_weight is not None:
            weights *= ops.reshape(ops.cast(sample_weight, "float64"), (-1,))
        decisions = ops.argmax(best, axis=1)
        chosen = ops.take_along_axis(costs, decisions[:, None], axis=1)[:, 0]
        return costs, given.marked(weights), chosen

    def _sum(self, name: str, shape: tuple[int, ...] = ()) -> Any:
        return self.add_variable(shape, initializer="zeros", dtype="float64", name=name)

    def get_config(self) -> dict[str, Any]:
        own = {
            "cost_matrix": self.cost_matrix.tolist(),
            "decisions": self.decisions,
            "from_logits": self.from_logits,
        }
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="framework")
class DollarsPerCase(CostMatrixMetric):
    """What the decisions came to, in dollars per case: negative = a loss, as in all reports.

    Parameters as of ``CostMatrixMetric``.

    Examples
    --------
    >>> import numpy as np
    >>> metric = DollarsPerCase([[0, 1], [200, 0]])
    >>> metric.update_state(np.array([0, 1]), np.array([[0.9, 0.1], [0.999, 0.001]]))
    >>> float(metric.result())       # 0.1 x 200 > 0.9 x 1: a false alarm; then a miss
    -100.5
    """

    def __init__(self, cost_matrix: Any, *args: Any, name: str = "dollars_per_case", **more: Any):
        super().__init__(cost_matrix, *args, name=name, **more)
        self.cases, self.cost = self._sum("cases"), self._sum("cost")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; ``sample_weight`` (batch,) counts a case more than once, or in part."""
        _, weights, chosen = self._decided(y_true, y_pred, sample_weight)
        self.cases.assign_add(ops.sum(weights))
        self.cost.assign_add(ops.sum(weights * chosen))

    def result(self) -> Any:
        return ops.divide_no_nan(-self.cost, self.cases)


@keras.saving.register_keras_serializable(package="framework")
class Savings(CostMatrixMetric):
    """The share of the way from the best constant decision (0) to a perfect oracle (1).

    Both are those of the cases seen. Negative where the model costs more than the best constant
    decision; NaN where no decision would be better than that one. Parameters as of
    ``CostMatrixMetric``.

    Examples
    --------
    >>> import numpy as np
    >>> metric = Savings([[0, 1], [200, 0]])
    >>> metric.update_state(np.array([0, 1]), np.array([[0.9, 0.1], [0.1, 0.9]]))
    >>> float(metric.result())  # as dear as always saying 1: a false alarm, no miss
    0.0
    """

    def __init__(self, cost_matrix: Any, *args: Any, name: str = "savings", **more: Any):
        super().__init__(cost_matrix, *args, name=name, **more)
        self.constants = self._sum("constants", (self.cost_matrix.shape[1],))
        self.oracle, self.cost = self._sum("oracle"), self._sum("cost")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; ``sample_weight`` (batch,) counts a case more than once, or in part."""
        costs, weights, chosen = self._decided(y_true, y_pred, sample_weight)
        self.cost.assign_add(ops.sum(weights * chosen))
        self.constants.assign_add(ops.sum(weights[:, None] * costs[:, :-1], axis=0))
        self.oracle.assign_add(ops.sum(weights * costs[:, -1]))

    def result(self) -> Any:
        constant = ops.min(self.constants)
        share = share_of_way(-self.cost, -constant, -self.oracle)  # 0, not -0
        return tf.where(constant > self.oracle, share, float("nan"))
