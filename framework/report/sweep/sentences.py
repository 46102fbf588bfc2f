"""What is said of a sweep: its axis, what is recommended, and how far the costs may be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framework.core.evaluation import references
from framework.core.words import in_brackets, money, plural, quoted, short_number
from framework.experiment.results.verdict import ALWAYS
from framework.studies.sweeping.axis import axis_value

Data = Mapping[str, Any]
NO_MODEL = "no model"
ORDINARY = "the ordinary model (trained without costs)"
POOL = "the pool of models (trained without costs)"


def label(data: Data, value: float) -> str:
    """A value of the sweep's own axis."""
    return axis_value(data["axis"]["kind"], data["axis"]["unit"], value)


def counts_mistakes(data: Data) -> bool:
    """Whether mistakes are of two kinds, and are counted: two classes, and no actions."""
    return len(data["labels"]) == 2 and not data.get("actions")


def axis_title(data: Data) -> str:
    """What is varied: "malignant as benign : benign as malignant"."""
    axis, labels = data["axis"], data["labels"]
    if axis["kind"] != "ratio":
        return f"{'factor on the cost' if axis['kind'] == 'factor' else 'cost'} of {axis['name']}"
    first, second = labels if axis["name"] == "fp:fn" else labels[::-1]
    return f"{first} as {second} : {second} as {first}"


def mistake(data: Data) -> str:
    """The mistake that is swept, in a sentence: calling a “malignant” case “benign”."""
    axis, labels = data["axis"], data["labels"]
    if axis["kind"] == "ratio":
        i, j = axis["swept"][0]
        truth, decision = labels[i], labels[j]
    else:
        truth, _, decision = axis["name"].partition("->")
    if data.get("actions"):
        return f"{quoted(decision)} for a {quoted(truth)} case"
    return f"calling a {quoted(truth)} case {quoted(decision)}"


def cost_in_words(data: Data, value: float) -> str:
    """What the swept mistake costs at a value: 178 times the opposite mistake."""
    kind = data["axis"]["kind"]
    if kind == "cost":
        return label(data, value)
    of = "the opposite mistake" if kind == "ratio" else "what the matrix says"
    if value == 1:
        return f"as much as {of}" if kind == "ratio" else of
    if value < 1:
        return f"{short_number(100 * value)}% of {of}"
    return f"{short_number(value)} times {of}"


def as_if(data: Data, value: float) -> str:
    """As if calling a “malignant” case “benign” cost 178 times the opposite mistake."""
    return f"as if {mistake(data)} cost {cost_in_words(data, value)}"


def is_pooled(data: Data) -> bool:
    """Whether what moves is the pool of ``--strategy auto``; sweeps of old had none."""
    return bool(data.get("pooled", False))


def moving(data: Data) -> str:
    """What moves its decision with the costs: a network, or a pool."""
    return "pool of models" if is_pooled(data) else "network"


def model_in_words(data: Data, name: str) -> str:
    """How a model of the sweep comes about."""
    model = next(model for model in data["models"] if model["name"] == name)
    family = model["family"]
    if family == "constant":
        return f"{NO_MODEL}: every case is decided {quoted(name.removeprefix(ALWAYS))}"
    if family == "equal costs":
        return f"{ORDINARY}, deciding as it comes, as if all mistakes cost the same"
    how = as_if(data, model["at"])
    if family == "moved":
        return f"{POOL if is_pooled(data) else ORDINARY}, deciding {how}"
    return f"the model trained {how}"


def advice(data: Data) -> str:
    """What to do at the costs as they stand."""
    told = model_in_words(data, data["recommended"])
    if told.startswith(NO_MODEL):
        return f"Use {told}"
    return f"Use {told}{'. Whether any model pays is not certain' if uncertain(data) else ''}"


def limits(row: Data) -> tuple[str, str]:
    """From where to where a cost may move, and who takes over."""
    return _end(row, "low"), _end(row, "high")


def range_sentence(data: Data) -> str | None:
    """How far the axis may move before another model is clearly the cheaper one."""
    present = data["axis"]["present"]
    if present is None:
        return None
    row = data["sensitivity"][0]
    ends = [
        f"{word} than {cost_in_words(data, row[end]['at'])}"
        for word, end in (("more", "low"), ("less", "high"))
        if row[end] is not None
    ]
    today = f"today {cost_in_words(data, present)}".removesuffix(" the opposite mistake")
    if not ends:
        return (
            f"That holds whatever {mistake(data)} costs ({today}), as far as validation can tell."
        )
    return (
        f"That holds while {mistake(data)} costs {' and '.join(ends)} ({today}); beyond, another model "
        "is clearly ahead on the validation cases."
    )


def against_moving(data: Data) -> str:
    """Whether training with the costs beats moving the decision of one model."""
    rows = data["training_against_moving"]
    better, worse = (sum(row["beyond_chance"] == sign for row in rows) for sign in (1, -1))
    values = plural(len(rows), "value")
    if better:
        lead = f"Training with the costs pays at {better} of {values}"
    elif worse:
        lead = f"Training with the costs loses at {worse} of {values}, and is shown to pay at none"
    else:
        lead = f"Training with the costs is not shown to pay at any of {values}"
    return (
        f"{lead}. Compared is the network that validation prefers at each value with one equal-cost "
        f"{moving(data)} whose decision moves with the costs, without training again: training is cheaper "
        f"beyond chance at {better}, dearer at {worse}, and the test cases cannot tell at "
        f"{len(rows) - better - worse} (corrected for {plural(len(rows), 'look')})."
    )


def best_constant(data: Data) -> Data:
    """Of the costs as they stand, the row of deciding without a model."""
    return next(row for row in data["present"]["rows"] if row["way"] == "constant")


def savings(data: Data, dollars_per_case: float) -> float | None:
    """Share of the way from the best constant decision to the oracle; None without a way."""
    constant = best_constant(data)["dollars_per_case"]
    return references.savings(dollars_per_case, constant, data["present"]["oracle"])


def uncertain(data: Data) -> bool:
    """Whether the test cases leave open that no model at all costs less than the recommended one."""
    recommended, constant = data["present"]["rows"][0], best_constant(data)
    if recommended["model"] == constant["model"]:
        return False
    return recommended["saved_interval"] is None or recommended["saved_interval"][0] <= 0


def cautions(data: Data) -> list[str]:
    """What a reader must not miss."""
    said = list(data.get("warnings", ()))
    recommended, constant = data["present"]["rows"][0], best_constant(data)
    if recommended["model"] == constant["model"]:
        said.append(
            f"No model beats {quoted(constant['model'])} at these costs on the validation cases."
        )
    elif uncertain(data):
        said.append(
            f"That {quoted(recommended['model'])} beats {quoted(constant['model'])}, without any "
            f"model, is not certain: it saves {money(recommended['saved_against_constant'])} per "
            f"test case {in_brackets(recommended['saved_interval'])}."
        )
    if recommended["not_excluded"]:
        said.append(f"{quoted(recommended['model'])}: {recommended['not_excluded']}.")
    different = len({tuple(model["test"]["trade"]) for model in data["models"]})
    if different < len(data["models"]) / 2:
        said.append(
            f"{len(data['models'])} models, but only {different} different results on "
            f"{plural(data['n_test'], 'test case')}: a finer grid would show the same."
        )
    return said


def _end(row: Data, end: str) -> str:
    return (
        "no limit" if row[end] is None else f"{_place(row, end)}, then {quoted(row[end]['model'])}"
    )


def _place(row: Data, end: str) -> str:
    """Where another model takes over."""
    return axis_value(row["kind"], row["unit"], row[end]["at"])
