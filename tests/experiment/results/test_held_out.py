"""What a reader of a run must not miss."""

import numpy as np
import pytest

from framework.experiment.results.remarks import misplaced


@pytest.mark.parametrize(("stated", "told"), [(0.1, 0), (0.19, 0), (0.45, 1), (0.02, 1)])
def test_probabilities_off_their_share_by_more_than_a_factor_of_two_are_told(stated, told):
    y = np.array([0] * 900 + [1] * 100)
    p = np.tile([1 - stated, stated], (1000, 1))
    found = misplaced("m", p, y, ("no", "yes"))
    assert len(found) == told
    assert all("calibration bias" in text for text in found)


def test_of_a_few_cases_nothing_is_said_of_probabilities():
    y = np.array([0] * 19 + [1])
    assert misplaced("m", np.tile([0.85, 0.15], (20, 1)), y, ("no", "yes")) == []
