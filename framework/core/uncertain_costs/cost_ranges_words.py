"""What plausible costs come to, in the sentences that every door prints."""

from __future__ import annotations

from framework.core.uncertain_costs.cost_ranges import (
    EXPECTED,
    LIKELY,
    REGRET,
    CostRanges,
    WayToDecide,
)
from framework.core.words import currency, money, percent, plural, quoted

# Models with a share in the sentence on shares.
NAMED = 3
# A way to decide helps where it spares this share of what is lost by the likely costs.
HELPS = 0.001


def in_sentences(found: CostRanges) -> list[str]:
    """Which model, what is at stake, what to ask for first, and whether another way to decide helps."""
    with currency(found.currency):
        return [
            _shares(found),
            _minimax(found),
            *_people(found),
            *_worth(found),
            *_ways(found),
        ]


def _shares(found: CostRanges) -> str:
    ranked = sorted(found.models, key=lambda one: -one.cheapest)
    told = [
        f"{quoted(one.name)} in {percent(one.cheapest)}"
        for one in ranked[:NAMED]
        if one.cheapest > 0
    ]
    drawn = plural(found.draws, "plausible cost matrix", "plausible cost matrices")
    return f"the cheapest on these {plural(found.n, 'case')}, over {drawn}: {', '.join(told)}"


def _minimax(found: CostRanges) -> str:
    best = found.minimax
    told = (
        f"least regret at worst: {quoted(best.name)}, which never loses over {money(best.largest_regret)} a "
        "case more than the cheapest"
    )
    used = next(one for one in found.models if one.name == found.model)
    if used is best:
        return told
    return f"{told}; {quoted(used.name)} up to {money(used.largest_regret)}"


def _people(found: CostRanges) -> list[str]:
    by_model: dict[str, list[str]] = {}
    for person, model in found.people.items():
        by_model.setdefault(model, []).append(quoted(person))
    told = "; ".join(
        f"{quoted(model)} by {', '.join(people)}" for model, people in by_model.items()
    )
    return [f"by each matrix alone, the cheapest is {told}"] if told else []


def _worth(found: CostRanges) -> list[str]:
    model, first = quoted(found.model), found.numbers[0]
    if first.worth <= 0 or found.worth <= 0:
        return [f"nothing is worth asking for: {model} decides the same whatever the costs are"]
    return [
        f"to know all costs exactly would save {model} {money(found.worth)} a case, expected: no answer "
        "is worth more",
        f"ask first for {quoted(first.name)}, now {money(first.low)} to {money(first.high)}: to know it "
        f"alone would save {money(first.worth)} a case",
    ]


def _ways(found: CostRanges) -> list[str]:
    likely, expected, regret = (found.way(name) for name in (LIKELY, EXPECTED, REGRET))
    by_means = "deciding by the mean costs in place of the likely ones"
    spared = likely.regret - expected.regret
    told = [f"{by_means} changes next to nothing here"]
    if spared > HELPS * likely.regret and expected.differs > 0:
        told = [
            f"{by_means} ({_differs(expected)}) is expected to save {money(spared)} a case",
        ]
    bounded = likely.largest_regret - regret.largest_regret
    if bounded <= HELPS * likely.largest_regret:
        return [*told, "deciding for the least largest regret bounds the loss no better here"]
    dearer = money(max(0.0, regret.regret - expected.regret))
    return [
        *told,
        f"deciding for the least largest regret ({_differs(regret)}) loses, with every case at its own "
        f"worst costs, {money(regret.largest_regret)} a case above what is best, in place of "
        f"{money(likely.largest_regret)}; on average it costs {dearer} a case more than the mean costs do",
    ]


def _differs(way: WayToDecide) -> str:
    return f"{percent(way.differs)} of the cases otherwise"
