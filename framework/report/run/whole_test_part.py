"""All test cases of a stream, summed, beside what the cases drawn from them tell."""

from __future__ import annotations

from framework.core.words import interval, money, money_sign, money_word, quoted
from framework.experiment.stored_runs.run_data import RunData
from framework.report.tables import Table


def whole_table(run: RunData) -> Table | None:
    """Sums over the whole test part, and the figures of the cases drawn; None where nothing was summed."""
    told = run.summed
    if told is None:
        return None
    rows = []
    for name, found in told["models"].items():
        metrics = run.model(name).metrics
        rows.append(
            (
                f"{name} *" if name == run.served.name else name,
                money(found["dollars_total"]),
                money(found["dollars_per_case"]),
                money(metrics["dollars_per_case"]),
                interval(metrics["dollars_per_case_interval"]),
            )
        )
    n = int(run.tested.sum())
    constant = f"always {run.metrics['bounds']['constant_decision']}"
    foot = tuple(
        (name, "", money(told[f"{key}_dollars_per_case"]), money(drawn), "")
        for name, key, drawn in (
            (constant, "constant", run.constant),
            ("a perfect oracle", "oracle", run.oracle),
        )
    )
    sign = money_sign()
    seeds = ", with the first seed" if run.config["seeds"] > 1 else ""
    return Table(
        ("model", f"{sign} in all", f"{sign} per case", "of the cases drawn", "95% interval"),
        tuple(rows),
        caption=f"Left: summed over all {n:,} cases of the test part{seeds}. Right: what the "
        f"{len(run.y_true):,} cases drawn from them tell, and the interval for new cases like these.",
        foot=foot,
        title=f"{money_word(True)} on the whole test part",
    )


def whole_in_words(run: RunData) -> list[str]:
    """What the served model brought on all test cases; [] where nothing was summed."""
    told = run.summed
    if told is None:
        return []
    found = told["models"][run.served.name]
    seeds = ", with its first seed" if run.config["seeds"] > 1 else ""
    return [
        f"Summed over all {int(run.tested.sum()):,} cases of the test part{seeds}, {quoted(run.served.name)} "
        f"brought {money(found['dollars_total'])}: {money(found['dollars_per_case'])} per case."
    ]
