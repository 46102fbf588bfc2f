"""The circle closed: what was saved is loaded again and must decide the test part as reported.

It is loaded as it will be served: a network by ONNX Runtime, or by Keras where it cannot be exported.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from framework.core.errors import ArtifactError
from framework.core.process import give_back_memory
from framework.core.steps import counted
from framework.experiment.results.held_out import HeldOut
from framework.experiment.results.model_result import ModelResult
from framework.experiment.results.run_result import RunResult
from framework.inference.folders import model_folder
from framework.inference.model_folder import read_model

# Two computations of one probability may differ by rounding, on graphics cards (whose products
# have 11 bits) by this share of it. A decision may then come out otherwise where two are tied, or where
# a calibration tells apart what rounding took from a probability of nearly 1.
ROUNDING = 1e-3
SMALLEST = 1e-6
AT_ONCE = 2**11  # cases that are asked for, whose copies take memory


def check_models(result: RunResult, folder: Path) -> None:
    """Check every model of ``result`` that was written into the run folder ``folder``."""
    for model in counted(result.models, "checking what was saved"):
        give_back_memory()
        check_same_decisions(model, model_folder(folder, model.name), result.test)


def check_same_decisions(model: ModelResult, folder: Path, test: HeldOut) -> None:
    """Decide the ``test`` part with the ``model`` in ``folder``, on the way it is served.

    Raises
    ------
    ArtifactError
        When a decision is another one, and not by rounding of the probabilities.
    """
    trained = read_model(folder, model.choice.strategy.rule)
    calibration = trained.artifact.decision.calibration
    probabilities = np.empty_like(model.probabilities)
    served = np.empty_like(model.decisions)
    for start in range(0, len(test.rows), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        cases, judged = test.raw(part), model.decisions[part]
        columns = {name: values[part] for name, values in test.columns.items()}
        columns |= trained.columns(cases)
        raw = trained.raw_proba(cases)
        p = calibration(raw)
        decisions = trained.decide(p, columns)
        differ = np.flatnonzero(decisions != judged)
        if len(differ):  # by rounding before the calibration, which may make more of it?
            again_raw = model.trained.raw_proba(test.raw(start + differ))
            of_them = {name: values[differ] for name, values in columns.items()}
            again = trained.decide(calibration(again_raw), of_them)
            by_rounding = _close(raw[differ], again_raw) & (again == judged[differ])
            decisions = decisions.copy()
            decisions[differ[by_rounding]] = again[by_rounding]
        probabilities[part], served[part] = p, decisions
    check_alike(model, probabilities, served)


def check_alike(model: ModelResult, p: np.ndarray, served: np.ndarray) -> None:
    """Check what a saved ``model`` says of the test part: probabilities (n, N), decisions (n,).

    Raises
    ------
    ArtifactError
        When a decision is another one than reported, and not by rounding of the probabilities.
    """
    differ = np.flatnonzero(served != model.decisions)
    wrong = differ[~_close(p[differ], model.probabilities[differ])]
    if len(wrong):
        first, names = wrong[0], model.trained.decisions
        raise ArtifactError(
            f'model "{model.name}" was saved, loaded again, and decides {len(wrong)} of {len(p)} test '
            f'cases otherwise than when it was judged (the first: "{names[served[first]]}" instead '
            f'of "{names[model.decisions[first]]}"), so no run folder was written; a layer that does not '
            "save all it knows would do that: mend the model's plugin, or name another with --model"
        )


def _close(p: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of which cases (n,) the probabilities (n, N) are the same but for rounding."""
    close: np.ndarray = np.isclose(p, other, rtol=ROUNDING, atol=SMALLEST).all(axis=1)
    return close
