"""Checks of a loss: its values, its gradient, what it says that it estimates."""

from __future__ import annotations

from typing import Any

import numpy as np

from framework.checking.made_up_cases import loss_problems, one_unit
from framework.checking.subject import SkipCheck, Subject
from framework.core.errors import PluginError
from framework.plugins.loss_checks import check_loss

ROUNDING = 1e-3
# Of the largest: differences are no more exact than that where a loss computes in float32.
GRADIENT_ROUNDING = 1e-2


def check_one_value_per_case(subject: Subject) -> None:
    """Values are (n,), and a case's does not depend on those that it is trained with."""
    for problem in (*loss_problems(), one_unit(loss_problems()[0])):
        n, outputs = problem[1].shape
        values = _values(subject, problem)
        if values.shape != (n,):
            raise PluginError(
                f"{subject}: expected a value per case, an array of shape ({n},), for outputs of shape "
                f"({n}, {outputs}), received {values.shape}; sum or average over the classes alone"
            )
        first = _values(subject, [part[:1] for part in problem])
        if not np.allclose(first, values[:1], rtol=ROUNDING):
            raise PluginError(
                f"{subject}: a case's value is {values[0]:.6g} among {n} cases and {first[0]:.6g} alone; "
                "sum or average over the classes alone, not over cases"
            )


def check_one_sigmoid_unit(subject: Subject) -> None:
    """Of two classes, outputs (n, 1) of a sigmoid s mean the probabilities [1 - s, s]."""
    two = loss_problems()[0]
    ours, theirs = _values(subject, one_unit(two)), _values(subject, two)
    if ours.shape != theirs.shape or not np.allclose(ours, theirs, rtol=ROUNDING):
        raise PluginError(
            f"{subject}: for outputs s of one sigmoid unit, expected the values of the probabilities "
            f"[1 - s, s], {theirs[:2].round(4).tolist()}, received {ours[:2].round(4).tolist()}; begin "
            "with: if y_pred.shape[-1] == 1: y_pred = ops.concatenate([1 - y_pred, y_pred], axis=-1)"
        )


def check_finite_at_the_extremes(subject: Subject) -> None:
    """Probabilities of 0 and 1, as float32 has them, give finite values and gradients."""
    from framework.checking.gradients import loss_gradient

    for y, p, cost_rows in loss_problems():
        n_classes = p.shape[1]
        for k in range(n_classes):
            sure = np.tile(np.eye(n_classes)[k], (len(y), 1))
            values = _values(subject, (y, sure, cost_rows))
            gradient = loss_gradient(subject.spec, y, sure, cost_rows)
            for what, found in (("value", values), ("gradient", gradient)):
                if not np.isfinite(found).all():
                    raise PluginError(
                        f"{subject}: for probabilities {sure[0].tolist()} a {what} is "
                        f"{found[~np.isfinite(found)][0]}; expected finite numbers. Keep what a logarithm "
                        "or a division gets away from 0: ops.maximum(y_pred, 1e-7)"
                    )


def check_gradient(subject: Subject) -> None:
    """The gradient is that of finite differences, through the softmax that a network ends with."""
    from framework.checking.gradients import gradients_by_logits

    for problem in loss_problems():
        analytic, numeric = gradients_by_logits(subject.spec, *problem)
        most = np.abs(numeric).max()
        away = np.abs(analytic - numeric)
        if not np.isfinite(analytic).all() or away.max() > GRADIENT_ROUNDING * max(most, 1e-6):
            cell = np.unravel_index(int(np.nan_to_num(away, nan=np.inf).argmax()), away.shape)
            raise PluginError(
                f"{subject}: expected a gradient of {numeric[cell]:.5g} (from finite differences), "
                f"received {analytic[cell]:.5g}; look for a custom gradient that is wrong, or for "
                "something that has none: argmax, round, a comparison, NumPy"
            )


def check_estimates(subject: Subject) -> None:
    """Its best outputs, decided as it claims, are the decision of least expected cost."""
    if subject.spec.estimates is None:
        raise SkipCheck("it does not say what it estimates")
    check_loss(subject.spec)


def _values(subject: Subject, problem: Any) -> np.ndarray:
    from framework.checking.gradients import loss_values

    return loss_values(subject.spec, *problem)
