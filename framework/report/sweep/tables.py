"""Tables of a sweep, for the page and for the terminal."""

from __future__ import annotations

from framework.core.words import (
    TOO_FEW,
    interval,
    money,
    money_sign,
    money_word,
    percent,
    probability,
)
from framework.report.sweep.sentences import (
    Data,
    best_constant,
    counts_mistakes,
    is_pooled,
    label,
    limits,
    savings,
)
from framework.report.tables import Table
from framework.studies.sweeping.axis import axis_value

SHOWN = 12  # rows before a table is folded
WAYS = {
    "recommended": "recommended",
    "trained": "trained with costs",
    "moved": "decision moved",
    "equal costs": "own decision rule",
    "constant": "no model",
}
FAMILIES = {
    "trained": "trained with the costs at this value",
    "moved": "the ordinary model, its decision moved to this value",
    "equal costs": "the ordinary model, trained and deciding without costs",
    "constant": "one decision for every case, without a model",
}


def _family(data: Data, family: str) -> str:
    if family == "moved" and is_pooled(data):
        return "the pool of models, its decision moved to this value"
    return FAMILIES[family]


def present_table(data: Data) -> Table:
    """At the costs as they stand: what each way to decide brings on the test part."""
    constant, oracle = best_constant(data), data["present"]["oracle"]
    rows = [
        (
            f"{WAYS[row['way']]}: {row['model']}",
            money(row["dollars_per_case"]),
            interval(row["interval"]),
            *(
                ("-", "-", "-")
                if row is constant
                else (
                    money(row["saved_against_constant"], sign=True),
                    interval(row["saved_interval"]),
                    probability(row["probability_cheaper"]),
                )
            ),
            percent(savings(data, row["dollars_per_case"]), 0),
        )
        for row in data["present"]["rows"]
    ]
    way = money(oracle - constant["dollars_per_case"], sign=True)
    foot = ("a perfect oracle", money(oracle), "", way, "", "", percent(1.0, 0))
    return Table(
        (
            "way: model",
            f"{money_sign()} per case",
            "95% interval",
            "saved",
            "95% interval",
            "P(cheaper)",
            "savings",
        ),
        tuple(rows),
        f"At the costs of {data['evaluation_matrix']} as they stand, on {data['n_test']:,} test cases. "
        "Saved, and the probability of being cheaper: against the best constant decision, paired.",
        strong=(0,),
        foot=(foot,),
    )


def segments_table(data: Data) -> Table:
    """Which model to use from where to where."""
    changes = data["break_evens"]
    family_of = {model["name"]: model["family"] for model in data["models"]}
    rows = []
    for k, segment in enumerate(data["segments"]):
        at_test = ""
        if k:
            told = changes[k - 1]["test"]
            at_test = "never differ" if told is None else _break_even(data, told)
        rows.append(
            (
                f"{label(data, segment['low'])} to {label(data, segment['high'])}",
                segment["model"],
                _family(data, family_of[segment["model"]]),
                at_test,
            )
        )
    return Table(
        (
            data["axis"]["name"],
            "lost least on validation",
            "that is",
            "same change on the test part",
        ),
        tuple(rows),
        f"Which model lost least where, by {data['validation']}: exact, from counts, the luck of the "
        "best of many included. Last column: where the test cases put the change from the line above, "
        "with its 95% interval.",
        words=4,
    )


def break_evens_table(data: Data) -> Table:
    """Above which value one of the models of today's costs beats another, on the test part."""
    rows = []
    for pair in data["present"]["break_evens"]:
        rows.append((pair["above"], pair["below"], _break_even(data, pair)))
    return Table(
        ("this model", "beats this one", "above (95% interval)"),
        tuple(rows),
        f"Break-even points in {data['axis']['name']} of the models above, exact from their mistakes "
        f"on the {data['n_test']:,} test cases; inside the interval the cases cannot tell the two "
        "apart.",
        words=3,
    )


def sensitivity_table(data: Data) -> Table:
    """How far each cost may be wrong."""
    rows = [
        (
            row["cost"],
            axis_value(row["kind"], row["unit"], row["present"]),
            *limits(row),
        )
        for row in data["sensitivity"]
    ]
    return Table(
        ("cost", "as it stands", "down to", "up to"),
        tuple(rows),
        f"How far each cost may move, all others held, before another model here is clearly ahead of "
        f"{data['recommended']} on the validation cases: further than the best of "
        f"{len(data['models'])} equally good ones would be.",
        words=4,
    )


def ways_table(data: Data, every: int = 1) -> Table:
    """Test dollars at the values of the axis."""
    names = [name for name in WAYS if name in data["ways"]]
    rows = [
        (
            label(data, value),
            *(money(data["ways"][name][k]["dollars_per_case"]) for name in names),
            money(data["oracle"][k]["dollars_per_case"]),
            data["ways"]["recommended"][k]["model"],
        )
        for k, value in enumerate(data["axis"]["values"])
        if k % every == 0
    ]
    return Table(
        (data["axis"]["name"], *names, "oracle", "recommended model"),
        tuple(rows[:SHOWN]),
        f"{money_word(True)} per test case at every value; a minus is a loss. Each way uses what lost "
        "least on validation there; recommended: the steadiest that validation does not speak against.",
        folded=tuple(rows[SHOWN:]),
    )


def models_table(data: Data) -> Table:
    """Every model: mistakes on both parts, dollars at the costs as they stand."""
    binary, actions = counts_mistakes(data), bool(data.get("actions"))
    rows = []
    for model in data["models"]:
        cells = []
        for part in ("validation", "test"):
            other, swept = model[part]["trade"]
            cells += [f"{swept:,.0f}", f"{other:,.0f}"] if binary else [money(swept), money(other)]
            cells.append(money(model[part]["dollars_per_case"]))
        measures = [] if actions else [percent(model["test"]["accuracy"])]
        if binary:
            measures += [percent(model["test"]["recall"]), percent(model["test"]["precision"])]
        mark = " *" if model["test"]["on_pareto_front"] else ""
        rows.append((model["name"] + mark, *cells, *measures))
    chosen = [m["name"] for m in data["models"]].index(data["recommended"])
    more = ("recall", "precision") if binary else ()
    return Table(
        (
            "model",
            "swept, validation",
            "other",
            f"{money_sign()} per case",
            "swept, test",
            "other",
            f"{money_sign()} per case",
            *(() if actions else ("accuracy",)),
            *more,
        ),
        tuple(rows[:SHOWN]),
        f"All {len(rows)} models: {'mistakes' if binary else f'{money_word()} lost per case'} of the swept "
        f"kind and all others, and {money_word()} per case at the costs as they stand. * on the Pareto "
        "front of the test part.",
        strong=(chosen,),
        folded=tuple(rows[SHOWN:]),
    )


def _break_even(data: Data, told: Data) -> str:
    """Above which value, and how sure that is; below 0 there is no value to name."""
    ends = told["interval"]
    if told["at"] <= 0:
        return "any value" if ends is not None and ends[1] == 0 else "any value, not for sure"
    if ends is None:
        return f"{label(data, told['at'])} ({TOO_FEW})"
    low, high = ("no limit" if end is None else label(data, end) for end in ends)
    return f"{label(data, told['at'])} ({low} to {high})"
