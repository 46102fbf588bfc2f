"""What is said of a sweep: its axis, what is recommended, and how far the costs may be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framework.core.words import in_brackets, money, plural, quoted
from framework.sweeping.axis import axis_value

Data = Mapping[str, Any]


def label(data: Data, value: float) -> str:
    """A value of the sweep's own axis."""
    return axis_value(data["axis"]["kind"], data["axis"]["unit"], value)


def axis_title(data: Data) -> str:
    """What is varied: "malignant as benign : benign as malignant"."""
    axis, labels = data["axis"], data["labels"]
    if axis["kind"] != "ratio":
        return f"{'factor on the cost' if axis['kind'] == 'factor' else 'cost'} of {axis['name']}"
    first, second = labels if axis["name"] == "fp:fn" else labels[::-1]
    return f"{first} as {second} : {second} as {first}"


def model_in_words(data: Data, name: str) -> str:
    """How a model of the sweep comes about."""
    model = next(model for model in data["models"] if model["name"] == name)
    at = None if model["at"] is None else label(data, model["at"])
    return {
        "constant": "the same decision for every case, without a model",
        "equal costs": "the equal-cost model with its own decision rule",
        "moved": f"the equal-cost model, with the decision of least expected cost at {at}",
        "trained": f"a model trained with the costs at {at}",
    }[model["family"]]


def limits(row: Data) -> tuple[str, str]:
    """From where to where a cost may move, and who takes over."""
    return _end(row, "low"), _end(row, "high")


def range_sentence(data: Data) -> str | None:
    """How far the axis may move before another model is clearly the cheaper one."""
    if data["axis"]["present"] is None:
        return None
    row = data["sensitivity"][0]
    ends = [
        f"{word} {_place(row, end)}"
        for word, end in (("above", "low"), ("below", "high"))
        if row[end] is not None
    ]
    name = quoted(data["recommended"])
    if not ends:
        return (
            "No model gets clearly ahead of it on the validation cases, whatever the value of "
            f"{data['axis']['name']}."
        )
    return f"No model is clearly ahead of {name} {' and '.join(ends)}, on the validation cases."


def against_moving(data: Data) -> str:
    """Whether training with the costs beats moving the decision of one model."""
    rows = data["training_against_moving"]
    better, worse = (sum(row["beyond_chance"] == sign for row in rows) for sign in (1, -1))
    said = (
        "Training with the costs (the network that validation prefers at each value) against one "
        "equal-cost network whose decision moves with the costs, without training again: "
    )
    return said + (
        f"training is cheaper beyond chance at {better} of {plural(len(rows), 'value')}, dearer "
        f"at {worse}, and the test cases cannot tell at {len(rows) - better - worse} (corrected for "
        f"{plural(len(rows), 'look')})."
    )


def best_constant(data: Data) -> Data:
    """Of the costs as they stand, the row of deciding without a model."""
    return next(row for row in data["present"]["rows"] if row["way"] == "constant")


def savings(data: Data, dollars_per_case: float) -> float | None:
    """Share of the way from the best constant decision to the oracle; None without a way."""
    constant = best_constant(data)["dollars_per_case"]
    way = data["present"]["oracle"] - constant
    return (dollars_per_case - constant) / way if way > 0 else None


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
