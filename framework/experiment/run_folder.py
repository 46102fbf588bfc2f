"""The folder a run leaves behind.

run.json             in which format it is written, digests of its files (see framework.core.folder_format)
config.json          all settings, resolved
cost_matrix.json     the matrix that judged
metrics.json         what ``fw run --json`` prints
slices.csv           with --slice: which slices each test case is in (framework.experiment.results.slicing)
predictions/         one CSV per model: the test part, case by case
whole_test/          with --whole-test predictions: all test cases of a stream, one Parquet file per model
models/              one model folder per model (see framework.inference.artifact)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from framework.core.costs.cost_matrix import READABLE
from framework.core.files import slug, write_json
from framework.core.folder_format import write_format
from framework.core.steps import counted
from framework.experiment.folders.claim import Claim
from framework.experiment.results.predictions_file import write_predictions
from framework.experiment.results.run_result import RunResult
from framework.experiment.results.saved_model_check import check_models
from framework.experiment.results.slicing import FILE as SLICES
from framework.experiment.results.slicing import write_slices
from framework.experiment.results.whole_test_part import FOLDER as WHOLE_TEST
from framework.inference.folders import model_folder


def write(claim: Claim, result: RunResult, add: Callable[[Path], Any] = lambda _: None) -> None:
    """Write ``result``, all or nothing: the folder appears when complete.

    Every model is loaded again and must decide the test part as reported, or nothing is left. ``add`` is
    called with the folder before it appears, for what else belongs to it: its page.

    Raises
    ------
    ArtifactError
        When one does not, or the folder cannot be written.
    """
    with claim.complete() as partial:
        write_json(partial / "config.json", result.config.to_json())
        indent = 2 if len(result.labels) <= READABLE else None
        write_json(partial / "metrics.json", result.to_json(), indent)
        result.matrix.to_file(partial / "cost_matrix.json")
        if result.slicing:
            names, slices = result.test.names, result.slices.values()
            write_slices(partial / SLICES, names, result.slicing, slices)
        (partial / "predictions").mkdir()
        for model in counted(result.models, "saving models"):
            write_predictions(partial / f"predictions/{slug(model.name)}.csv", model, result.test)
            made = {"dataset": result.config.dataset, "model": model.name, **result.versions}
            model.trained.save(model_folder(partial, model.name), made)
        if result.whole is not None and result.whole.predictions:
            (partial / WHOLE_TEST).mkdir()
            for path in result.whole.predictions:
                path.replace(partial / WHOLE_TEST / path.name)
        check_models(result, partial)
        add(partial)
        write_format(partial, "run", result.versions["framework"])
