"""Where the dollars go: the regret of every model of a run, and what to do next about it.

Amounts are in the currency that ``framework.core.words.currency`` sets.
"""

from __future__ import annotations

from collections.abc import Iterator

from framework.core.evaluation.regret import PARTS, Regret, regret
from framework.core.words import interval, money, percent, quoted
from framework.experiment.results.held_out import HeldOut
from framework.experiment.results.model_result import ModelResult

LEAST_COST = "minimum_expected_cost"


def regret_of(model: ModelResult, test: HeldOut) -> Regret | None:
    """Of the first seed, on the test part; None of too few cases or groups."""
    return regret(test.cases, model.decisions, model.stated.probabilities, test.known)


def next_step(model: ModelResult, found: Regret | None) -> str | None:
    """What would save most of what ``model`` lost, and what is to be had besides; None of nothing lost."""
    if found is None or found.total.mean <= 0:
        return None
    largest = max(PARTS, key=lambda name: float(getattr(found, name).mean))
    share = getattr(found, largest).mean / found.total.mean
    of_seed = " with its first seed" if len(model.outcomes) > 1 else ""
    how_much = f"{percent(min(share, 1.0), 0)} of that" if share < 1 else "All of that"
    sentences = [
        f"{quoted(model.name)} lost {money(found.total.mean)} per case above a perfect oracle{of_seed}",
        f"{how_much} {_CAN[largest]}: {_do(largest, model)}",
        *_besides(found, largest, model),
    ]
    return ". ".join(sentences)


_CAN = {
    "rule": "would be saved by the cheapest decision on the same probabilities",
    "calibration": "would be saved by probabilities that mean what they say",
    "separation": "can only be saved by better probabilities",
}


def _besides(found: Regret, largest: str, model: ModelResult) -> Iterator[str]:
    """What else saves for sure."""
    for name in PARTS[:2]:
        part = getattr(found, name)
        if name != largest and part.low is not None and part.low > 0:
            yield (
                f"{money(part.mean)} ({interval(part.ends)}) {_CAN[name]}, with nothing trained anew: "
                f"{_do(name, model)}"
            )


def _do(name: str, model: ModelResult) -> str:
    strategy, decision = model.choice.strategy, model.decision
    if name == "separation":
        pool = "" if strategy.pooled else ", or a pool of models (--strategy auto)"
        return f"more training cases, columns or pictures that tell more{pool}"
    if name == "calibration":
        if decision.calibration == decision.reporting:
            return "calibrate on more cases, or on cases more like those of the test part"
        return "--calibration bias"
    if strategy.rule.name == "promise":
        return "the promise takes the fewest referrals that keep it; a lower one refers more cases"
    if strategy.rule.name == "minimax_regret":
        return "the least largest regret is not the least cost; --robust expected is nearer to it"
    if strategy.rule.name != LEAST_COST:
        return f"--decision-rule {LEAST_COST}"
    return "--calibration bias, so that it decides by the probabilities that it states"
