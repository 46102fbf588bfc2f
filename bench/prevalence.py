"""Dollars where a class is rarer than in the data: breast cancer in a screening room.

    make bench-prevalence
    python bench/prevalence.py [--splits 50] [--share 0.006]

Of every split the training part is given to all; the test part is judged by the medical matrix at the
share of malignant cases that is asked for. Rivals: one decision for all, and logistic regression (its C
by cross-validation of the log loss) as people use it where mistakes cost unequally, each with and without
a correction for the prior by hand:

- balanced classes, the likeliest class;
- cases weighted with what their mistake costs, the likeliest class; corrected: with that times
  target / training share;
- plain probabilities, the cheapest decision; corrected: the probabilities moved first.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from framework import RunConfig, run
from framework.core.case_costs import case_costs
from framework.core.costs.prevalence import moved
from framework.core.decisions.decision import minimum_expected_cost
from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.evaluation.references import constant_dollars
from framework.experiment.choosing.candidates import BASELINE, DECISION
from framework.experiment.results.run_result import RunResult
from framework.plugins.registry import Registry

OURS = "framework: auto"


def logistic(weights: dict[int, float] | str | None):
    """Scaled, and its strength by cross-validation."""
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        StandardScaler(),
        LogisticRegressionCV(
            Cs=np.logspace(-3, 2, 11),
            l1_ratios=(0.0,),
            cv=5,
            scoring="neg_log_loss",
            max_iter=2_000,
            class_weight=weights,
            use_legacy_attributes=False,
        ),
    )


def decisions_of_rivals(result: RunResult, X: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """By name, (n,) on the test part."""
    test = result.test
    train = np.setdiff1d(np.arange(len(y)), test.rows)
    mix, costs = test.mix, test.costs
    assert mix.target is not None
    seen, judged = X[train], X[test.rows]
    mistake = costs.max(axis=1) - costs.min(axis=1)
    told = {
        "always benign": np.zeros(len(judged), int),
        "always malignant": np.ones(len(judged), int),
    }

    balanced = logistic("balanced").fit(seen, y[train])
    told["logistic, balanced classes"] = balanced.predict(judged)
    for name, weights in (("", mistake), (", corrected", mistake * mix.ratio)):
        weighted = logistic({k: float(w) for k, w in enumerate(weights / weights.min())})
        told[f"logistic, weighted with costs{name}"] = weighted.fit(seen, y[train]).predict(judged)
    p = logistic(None).fit(seen, y[train]).predict_proba(judged)
    told["logistic, cheapest decision"] = minimum_expected_cost(p, costs)
    corrected = moved(p, mix.training, mix.target)
    told["logistic, cheapest decision, corrected"] = minimum_expected_cost(corrected, costs)
    return told


def of_split(split: int, share: float, strategy: str) -> dict[str, float]:
    """Dollars per case by name."""
    with tempfile.TemporaryDirectory() as folder:
        config = RunConfig(
            dataset="breast_cancer",
            cost_matrix="medical.json",
            references=False,
            strategy=strategy,
            split_seed=split,
            stratify=True,
            prevalence={"malignant": share},
            report=False,
            out=Path(folder) / "run",
        )
        registry = Registry()
        result = run(config, registry)
    dataset = registry.dataset("breast_cancer").load()
    test = result.test
    cases = JudgedCases(test.y, test.costs, None, test.mix.target)
    found = {
        name: cases.mean(0.0 - case_costs(test.y, decided, test.costs))
        for name, decided in decisions_of_rivals(result, dataset.X, dataset.y).items()
    }
    for label, name in (
        (BASELINE, "framework: network, likeliest class"),
        (DECISION, "framework: network, cheapest decision"),
    ):
        found[name] = result.model(label).mean_dollars
    if strategy == "auto":
        found[OURS] = result.model(result.served.model).mean_dollars
    found["perfect oracle"] = result.bounds.oracle
    assert np.isclose(found["always benign"], cases.mean(constant_dollars(test.y, test.costs, 0)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=50)
    parser.add_argument("--share", type=float, default=0.006)
    parser.add_argument("--strategy", default="auto")
    given = parser.parse_args()
    rows: list[dict[str, float]] = []
    for split in range(given.splits):
        started = time.perf_counter()
        rows.append(of_split(split, given.share, given.strategy))
        told = ", ".join(f"{name} {dollars:,.0f}" for name, dollars in rows[-1].items())
        print(f"split {split} ({time.perf_counter() - started:.0f} s): {told}", flush=True)
    print(
        "\n| method | dollars per case | standard error | auto saves (standard error) |\n|---|---|---|---|"
    )
    means = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    ours = means.get(OURS)
    for name, dollars in sorted(means.items(), key=lambda item: -item[1].mean()):
        saved = ""
        if ours is not None and name != OURS:
            less = ours - dollars
            saved = f"{less.mean():,.1f} ({error(less):,.1f})"
        print(f"| {name} | {dollars.mean():,.1f} | {error(dollars):,.1f} | {saved} |")


def error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


if __name__ == "__main__":
    main()
