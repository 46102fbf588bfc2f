import json

import numpy as np
import pytest

from framework.core.evaluation.judged_cases import JudgedCases
from framework.core.slicing.levels import Levels
from framework.core.slicing.slice_figures import Decided, figures_of_slices
from framework.core.slicing.slices import found_in_words

COSTS = np.array([[0.0, 10.0], [200.0, 0.0]])


def told(share=0.5):
    """Two slices of 200: no fraud in the first, a ``share`` in the second, all decided "ok"."""
    y = np.r_[np.zeros(200, int), (np.arange(200) < 200 * share)]
    p = np.full((400, 2), [0.9, 0.1])
    decided = Decided(np.zeros(400, int), None, np.full(400, -20.0), p)
    levels = Levels("region", ("north", "south"), np.repeat([0, 1], 200))
    found = figures_of_slices(JudgedCases(y, COSTS), decided, [levels], 0)
    return found.to_json(("ok", "fraud"), ("ok", "fraud"))


def test_gaps_are_told_the_dearest_first_and_how_often_was_looked():
    said = list(found_in_words(told()))
    assert said[0] == (
        "Slice region “south”: mistakes cost $100.00 a case (200 cases), $100.00 more than in the others"
    )
    assert said[1].startswith("Slice region “north”: mistakes cost $0.00 a case")
    assert said[2:4] == [
        f"Slice region {slice}: {gap} came than was stated; its stated amounts cannot be relied on"
        for slice, gap in (("“north”", "$20.00 a case more"), ("“south”", "$80.00 a case less"))
    ]
    assert said[-1] == (
        'Slices by "region": 2 gaps between them beyond chance (3 looks; with 95% confidence none that is '
        "called a gap is due to chance)"
    )


def test_where_there_is_no_gap_that_is_said():
    y = np.arange(400) % 10 == 0
    decided = Decided(np.zeros(400, int))
    levels = Levels("region", ("north", "south"), np.repeat([0, 1], 200))
    found = figures_of_slices(JudgedCases(y.astype(int), COSTS), decided, [levels], 0)
    (said,) = found_in_words(found.to_json(("a", "b"), ("a", "b")))
    assert said.startswith('Slices by "region": no gap between them beyond chance (1 look;')


def test_the_json_form_is_plain_and_names_its_cells():
    plain = json.loads(json.dumps(told(), allow_nan=False))
    assert plain["looks"] == 3
    _, south = plain["figures"]
    assert (south["slice"], south["level"], south["cases"]) == ("region", "south", 200)
    assert south["against_others"]["gap"] == "dearer"
    assert south["came_less_stated"]["gap"] == "less than stated"
    assert south["calibration_error"] == pytest.approx(0.4)
    (cell,) = south["mistakes"]
    assert (cell["truth"], cell["decision"], cell["cases"]) == ("fraud", "ok", 100)
    assert cell["share"] == 0.5
    low, high = south["dollars_per_case_interval"]
    assert low < -100 < high
