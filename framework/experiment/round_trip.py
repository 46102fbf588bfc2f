"""The circle closed: what was saved is loaded again and must decide the test part as reported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from framework.core.errors import ArtifactError
from framework.experiment.results import RunResult
from framework.inference.folders import model_folder
from framework.inference.trained_model import read_model
from framework.plugins.registry import Registry

# Two computations of one probability may differ by rounding, on graphics cards (whose products
# have 11 bits) by this share of it. A decision may then come out otherwise where two are tied.
ROUNDING = 1e-3
SMALLEST = 1e-6


def check_result(result: RunResult, folder: Path, registry: Registry) -> None:
    """Check every model of ``result`` that was written into the run folder ``folder``."""
    for model in result.models:
        check_same_decisions(
            model_folder(folder, model.name),
            registry,
            result.X_test,
            result.test_columns,
            model.decisions,
            model.probabilities,
            model.name,
        )


def check_same_decisions(
    folder: Path,
    registry: Registry,
    X: np.ndarray,
    columns: Mapping[str, np.ndarray],
    decisions: np.ndarray,
    probabilities: np.ndarray,
    name: str,
) -> None:
    """Decide the cases ``X`` (n, ...) with the model in ``folder``, on the way it is served.

    Parameters
    ----------
    columns : mapping of name -> array (n,)
        What the costs depend on beside the features.
    decisions, probabilities : array (n,), array (n, N)
        As reported: indices of decisions, and the probabilities that the rule was given.

    Raises
    ------
    ArtifactError
        When a decision is another one, and not by rounding of the probabilities.
    """
    trained = read_model(folder, registry)
    p = trained.predict_proba(X)
    served = trained.decide(p, {**columns, **trained.columns(X)})
    rounded = np.isclose(p, probabilities, rtol=ROUNDING, atol=SMALLEST).all(axis=1)
    wrong = np.flatnonzero((served != decisions) & ~rounded)
    if len(wrong):
        first, names = wrong[0], trained.decisions
        raise ArtifactError(
            f'model "{name}" was saved, loaded again, and decides {len(wrong)} of {len(X)} test '
            f'cases otherwise than when it was judged (the first: "{names[served[first]]}" instead '
            f'of "{names[decisions[first]]}"), so no run folder was written; a layer that does not '
            "save all it knows would do that: mend the model's plugin, or name another with --model"
        )
