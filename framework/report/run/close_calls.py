"""The test cases that were nearly decided otherwise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.decisions.decision import margins
from framework.core.words import decimal, money, money_sign, money_word, quoted
from framework.experiment.stored_runs.run_data import REFERRED, RIGHT, WRONG, ModelData, RunData
from framework.report.tables import Table

TOP = 10
_OUTCOMES = {RIGHT: "right", WRONG: "wrong", REFERRED: "referred"}


def close_calls_table(run: RunData, model: ModelData, boundaries: list[float]) -> Table:
    """The closest calls: by distance to the threshold, or by expected dollars."""
    expected = run.expected_dollars(model)
    p = model.probabilities
    say: Callable[[float], str]
    if run.binary and boundaries:
        where = " or ".join(f"{boundary:.3g}" for boundary in boundaries)
        gap = np.abs(p[:, 1, None] - np.array(boundaries)).min(axis=1)
        how, say = f"by distance to the threshold, {where}", _decimal
    else:
        gap = margins(expected)
        how, say = f"by expected {money_word()} between the two best decisions", money
    rows = []
    for case in np.argsort(gap, kind="stable")[:TOP]:
        rows.append(
            (
                run.cases[case],
                run.labels[run.y_true[case]],
                run.decision_labels[model.decisions[case]],
                _OUTCOMES[int(model.outcomes[case])],
                *_view(run, (p if run.binary else model.stated)[case], expected[case]),
                say(float(gap[case])),
                money(float(model.case_dollars[case])),
            )
        )
    columns = ("case", "truth", "decided", "", *_columns(run))
    return Table(
        (*columns, "gap", "came to"),
        tuple(rows),
        f"{quoted(model.name)}: the {len(rows)} closest calls, {how}. Expected {money_sign()} by "
        f"its calibrated probabilities; it decides by {model.rule.replace('_', ' ')}",
        words=4 if run.binary else len(columns),
    )


def _decimal(gap: float) -> str:
    return decimal(gap, 4)


def _columns(run: RunData) -> tuple[str, ...]:
    if run.binary:
        return (
            f"P({run.labels[1]})",
            *(
                f"expected {money_sign()}{',' if run.matrix.actions else ' as'} {name}"
                for name in run.decision_labels
            ),
        )
    return ("probabilities", f"expected {money_sign()}")


def _view(run: RunData, p: FloatArray, expected: FloatArray) -> tuple[str, ...]:
    """What the model made of a case: all of it for two classes, the likeliest of more."""
    if run.binary:
        return (decimal(float(p[1]), 4), *(money(float(amount)) for amount in expected))
    likeliest = np.argsort(-p, kind="stable")[:3]
    probabilities = ", ".join(f"{run.labels[k]} {decimal(float(p[k]))}" for k in likeliest)
    best = np.argsort(-expected, kind="stable")[:2]
    return (
        probabilities,
        ", ".join(f"{run.decision_labels[j]} {money(float(expected[j]))}" for j in best),
    )
