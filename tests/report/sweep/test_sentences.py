"""A sweep is told to a manager: what to do, and as if a mistake cost how much."""

import pytest

from framework.core.files import read_json
from framework.report.sweep.sentences import (
    advice,
    against_moving,
    as_if,
    model_in_words,
    range_sentence,
)
from tests.conftest import OLD_SWEEP

RATIO = {"kind": "ratio", "name": "fn:fp", "unit": "USD", "swept": [[1, 0]]}
CELLS = {"kind": "factor", "name": "stop->speed_*", "unit": "USD"}
MODELS = [
    {"name": "always sick", "family": "constant", "at": None},
    {"name": "equal costs", "family": "equal costs", "at": None},
    {"name": "moved at 178:1", "family": "moved", "at": 177.8},
    {"name": "trained at 0.5:1", "family": "trained", "at": 0.5},
]
ROWS = [
    {"model": "moved at 178:1", "way": "recommended", "saved_interval": [1, 2]},
    {"way": "constant", "model": "x"},
]


def swept(axis=RATIO, **more):
    given = {"labels": ["well", "sick"], "axis": axis, "models": MODELS, "present": {"rows": ROWS}}
    return given | more


@pytest.mark.parametrize(
    ("axis", "value", "words"),
    [
        (RATIO, 177.8, "as if calling a “sick” case “well” cost 178 times the opposite mistake"),
        (RATIO, 1, "as if calling a “sick” case “well” cost as much as the opposite mistake"),
        (RATIO, 0.5, "as if calling a “sick” case “well” cost 50% of the opposite mistake"),
        (CELLS, 0.631, "as if calling a “stop” case “speed_*” cost 63.1% of what the matrix says"),
        (CELLS, 1, "as if calling a “stop” case “speed_*” cost what the matrix says"),
        (CELLS, 2.5, "as if calling a “stop” case “speed_*” cost 2.5 times what the matrix says"),
        (CELLS | {"kind": "cost"}, 5000, "as if calling a “stop” case “speed_*” cost 5,000 USD"),
    ],
)
def test_a_value_is_told_as_what_a_mistake_costs(axis, value, words):
    assert as_if(swept(axis), value) == words


def test_how_a_model_comes_about():
    told = [model_in_words(swept(), model["name"]) for model in MODELS]
    assert told == [
        "no model: every case is decided “sick”",
        "the ordinary model (trained without costs), deciding as it comes, as if all mistakes cost "
        "the same",
        "the ordinary model (trained without costs), deciding as if calling a “sick” case “well” cost "
        "178 times the opposite mistake",
        "the model trained as if calling a “sick” case “well” cost 50% of the opposite mistake",
    ]


def test_the_advice_is_what_to_do_and_says_when_nothing_is_sure():
    sure = swept(recommended="moved at 178:1")
    assert advice(sure).startswith("Use the ordinary model")
    assert advice(sure).endswith("the opposite mistake")
    unsure = sure | {"present": {"rows": [ROWS[0] | {"saved_interval": [-1, 2]}, ROWS[1]]}}
    assert advice(unsure).endswith("the opposite mistake. Whether any model pays is not certain")
    none = swept(recommended="always sick")
    assert advice(none) == "Use no model: every case is decided “sick”"


def test_how_far_the_cost_may_move():
    data = swept(axis=RATIO | {"present": 168.0})
    row = {"low": {"at": 11.8}, "high": {"at": 500.0}}
    assert range_sentence(data | {"sensitivity": [row]}) == (
        "That holds while calling a “sick” case “well” costs more than 11.8 times the opposite mistake "
        "and less than 500 times the opposite mistake (today 168 times); beyond, another model is "
        "clearly ahead on the validation cases."
    )
    free = {"low": None, "high": None}
    assert range_sentence(data | {"sensitivity": [free]}) == (
        "That holds whatever calling a “sick” case “well” costs (today 168 times), as far as validation "
        "can tell."
    )


@pytest.mark.parametrize(
    ("signs", "lead"),
    [
        ((1, 0, -1), "Training with the costs pays at 1 of 3 values."),
        (
            (-1, 0, 0),
            "Training with the costs loses at 1 of 3 values, and is shown to pay at none.",
        ),
        ((0, 0, 0), "Training with the costs is not shown to pay at any of 3 values."),
    ],
)
def test_whether_training_with_the_costs_pays_comes_first(signs, lead):
    rows = [{"beyond_chance": sign} for sign in signs]
    assert against_moving({"training_against_moving": rows}).startswith(lead)


def test_a_sweep_of_an_older_version_is_told_too():
    assert advice(read_json(OLD_SWEEP / "sweep.json")).startswith("Use ")
