"""Finished runs of tiny datasets, each trained once however many tests look at it."""

import pytest

from framework import RunConfig, run
from tests.conftest import FIVE, offering_blobs, offering_flipped


def settings(**changed):
    """Of a run that takes a second."""
    defaults = {"dataset": "blobs", "cost_matrix": FIVE, "report": False, "epochs": 3}
    return RunConfig(**{**defaults, "learning_rate": 0.05, **changed})


@pytest.fixture(scope="session")
def offered():
    """What the runs below were made of; nothing more is registered in it."""
    return offering_flipped(offering_blobs())


@pytest.fixture(scope="session")
def finished(offered, tmp_path_factory):
    """``finished(**changed)``: the result of a run of such settings, only to be looked at."""
    folder, results = tmp_path_factory.mktemp("finished"), {}

    def finished(**changed):
        config = settings(**changed)
        key = repr(config)
        if key not in results:
            out = folder / str(len(results))
            results[key] = run(config.model_copy(update={"out": out}), offered)
        return results[key]

    return finished
