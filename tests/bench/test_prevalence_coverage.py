"""The simulation of docs/prevalence.md, in small."""

import pytest
from prevalence_coverage import WORLDS, World, figures


@pytest.mark.parametrize("n_classes", [2, 5, 43])
def test_a_row_of_the_table(n_classes):
    world = World(n_classes, 1.5, 150, 150)
    counting, _, estimate, mean, least, width, narrowest, warned = figures(0.01, world)
    assert 0 < estimate < 2 * counting
    assert 0 <= least <= mean <= 1
    assert width > narrowest > 0
    assert 0 <= warned <= 1


def test_rows_have_names_of_their_own():
    assert len({world.name for world in WORLDS}) == len(WORLDS)
