"""Finished runs of tiny datasets, each trained once however many tests look at it."""

import pytest

from framework import CostMatrix, RunConfig, run
from tests.conftest import FIVE, offering_blobs, offering_flipped

# Trained by the loss of the baseline, in its graph: where it does not matter how costs train.
PLAIN = {"loss": "cross_entropy"}
# Of a search, what there is always time for: networks and the first family. It takes half of the time of all
# families, which tests/experiment/fitting/test_pools.py looks at.
SHORT_SEARCH = {"strategy": "auto", "time_budget": 1e-9}


def settings(**changed):
    """Of a run that takes a second; with ``PLAIN``, half of that."""
    defaults = {"dataset": "blobs", "cost_matrix": FIVE, "report": False, "epochs": 3}
    return RunConfig(**{**defaults, "learning_rate": 0.05, **changed})


@pytest.fixture(scope="session")
def offered():
    """What the runs below were made of; nothing more is registered in it."""
    return offering_flipped(offering_blobs())


@pytest.fixture(scope="session")
def runs(offered, tmp_path_factory):
    """``runs(**changed)``: the result of a run of such settings, and the progress that it told."""
    folder, found = tmp_path_factory.mktemp("runs"), {}

    def runs(**changed):
        config = settings(**changed)
        matrices = [given for given in config.cost_matrix if isinstance(given, CostMatrix)]
        key = repr((config, [matrix.to_dict() for matrix in matrices]))
        if key not in found:
            told = []
            out = folder / str(len(found))
            result = run(config.model_copy(update={"out": out}), offered, told.append)
            found[key] = result, told
        return found[key]

    return runs


@pytest.fixture(scope="session")
def finished(runs):
    """``finished(**changed)``: the result of a run of such settings, only to be looked at."""
    return lambda **changed: runs(**changed)[0]
