"""Tables with one row per model, or per strategy that was tried."""

from __future__ import annotations

from collections.abc import Sequence

from framework.report.run_data import REFERRED, WRONG, ModelData, RunData
from framework.report.tables import Table
from framework.report.words import decimal, money, percent, probability, quoted

TRIALS_SHOWN = 10


def models(run: RunData) -> Table:
    """Dollars of every model, the constant decision and the oracle."""
    n = len(run.y_true)
    rows = []
    for model in run.models:
        rows.append(
            (
                _starred(run, model),
                money(model.dollars_per_case),
                _interval(model.metrics["dollars_per_case_interval"]),
                money(model.metrics["dollars_total"]),
                percent(run.savings(model.dollars_per_case), 0),
                money(model.metrics["saved_against_constant"]["mean"], sign=True),
                _interval(model.metrics["saved_against_constant"]["interval"]),
            )
        )
    constant = run.metrics["bounds"]["constant_decision"]
    for name, amount in ((f"always {constant}", run.constant), ("a perfect oracle", run.oracle)):
        share = percent(run.savings(amount), 0)
        rows.append((name, money(amount), "", money(n * amount), share, "", ""))
    return Table(
        (
            "model",
            "$ per case",
            "95% interval",
            "$ in all",
            "savings",
            "against no model",
            "95% interval",
        ),
        tuple(rows),
        caption=f"Dollars on {n:,} test cases; a minus is a loss. * the cheapest. Savings: the way "
        "from the best constant decision (0%) to the oracle (100%). Against no model: what is saved "
        "per case against that constant decision, paired on the cases.",
        strong=_cheapest_row(run),
        quiet=(len(rows) - 2, len(rows) - 1),
    )


def against_baseline(run: RunData) -> Table:
    """Savings of every model against the baseline, and the measures that know no costs."""
    rows = []
    for model in run.models:
        saved = model.metrics["saved_per_case"]
        rows.append(
            (
                _starred(run, model),
                money(saved["mean"], sign=True) if saved else "-",
                _interval(saved["interval"]) if saved else "-",
                probability(saved["probability_cheaper"]) if saved else "-",
                f"{int((model.outcomes == WRONG).sum()):,}",
                *((f"{int((model.outcomes == REFERRED).sum()):,}",) if _refers(run) else ()),
                percent(model.metrics["accuracy"]),
                decimal(model.metrics["auc"]),
            )
        )
    referred = ("referred",) if _refers(run) else ()
    return Table(
        (
            "model",
            "saved per case",
            "95% interval",
            "P(cheaper)",
            "wrong",
            *referred,
            "accuracy",
            "AUC",
        ),
        tuple(rows),
        caption=f"Saved against {quoted(run.baseline.name)} on the same cases, the probability of "
        "being cheaper, and the measures that know nothing of costs.",
        strong=_cheapest_row(run),
    )


def methods(run: RunData) -> Table:
    """How every model was trained and decides."""
    rows = []
    for model in run.models:
        m = model.metrics
        parameters = ", ".join(
            f"{name} {value:.4g}" for name, value in m["decision_parameters"].items()
        )
        calibration = m["calibration"]
        calibrated = calibration["temperature"] != 1 or any(calibration["bias"])
        rows.append(
            (
                model.name,
                m["loss"],
                f"{m['decision_rule']} ({parameters})" if parameters else m["decision_rule"],
                f"temperature {calibration['temperature']:.3g}"
                + (" and bias" if any(calibration["bias"]) else "")
                if calibrated
                else "none",
                f"{m['networks']}",
                f"{m['train_seconds']:.1f}",
            )
        )
    return Table(
        ("model", "loss", "decision rule", "calibration", "networks", "training, s"),
        tuple(rows),
        caption="How each model was trained and decides.",
        words=4,
    )


def trials(model: ModelData) -> Table | None:
    """What --strategy auto tried; None for a model that was not chosen."""
    validation = model.metrics.get("validation")
    if not validation:
        return None
    rows = [
        (
            trial["strategy"],
            money(trial["dollars_per_case"]),
            money(trial["standard_error"]),
        )
        for trial in model.trials
    ]
    return Table(
        ("strategy", "$ per case", "standard error"),
        tuple(rows[:TRIALS_SHOWN]),
        f"{quoted(model.name)}: {len(rows)} strategies, judged by {validation['method']}; "
        "first the one that was used, the steadiest that dollars do not clearly speak against",
        strong=(0,),
        folded=tuple(rows[TRIALS_SHOWN:]),
    )


def _starred(run: RunData, model: ModelData) -> str:
    return f"{model.name} *" if model is run.cheapest else model.name


def _cheapest_row(run: RunData) -> tuple[int, ...]:
    return tuple(i for i, model in enumerate(run.models) if model is run.cheapest)


def _refers(run: RunData) -> bool:
    return run.matrix.refer is not None


def _interval(ends: Sequence[float]) -> str:
    return f"{money(ends[0])} to {money(ends[1])}"
