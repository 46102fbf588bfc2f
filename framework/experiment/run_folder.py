"""The folder a run leaves behind.

run.json             in which format it is written (see framework.core.folder_format)
config.json          all settings, resolved
cost_matrix.json     the matrix that judged
metrics.json         what ``fw run --json`` prints
predictions/         one CSV per model: the test part, case by case
models/              one model folder per model (see framework.inference.artifact)
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from framework.core.errors import ArtifactError
from framework.core.files import slug, write_json
from framework.core.folder_format import write_format
from framework.core.steps import counted
from framework.experiment.predictions_file import write_predictions
from framework.experiment.results import RunResult
from framework.experiment.saved_model_check import check_models
from framework.inference.folders import model_folder


def reserve(out: Path | None, dataset: str) -> Path:
    """The folder a run will be written to; it does not exist yet, or is empty.

    Raises
    ------
    ArtifactError
        When ``out`` holds something already: nothing of the user's is overwritten.
    """
    if out is None:
        base = Path("runs") / f"{dataset}-{time.strftime('%Y%m%d-%H%M%S')}"
        candidates = [base, *(base.with_name(f"{base.name}-{i}") for i in range(2, 1000))]
        return next(folder for folder in candidates if not folder.exists())
    if out.exists() and not out.is_dir():
        raise ArtifactError(f"--out {out}: a file of that name exists; expected a new folder")
    if out.exists() and any(out.iterdir()):
        holds = "another run" if (out / "metrics.json").exists() else "other files"
        raise ArtifactError(
            f"--out {out}: the folder holds {holds}; name a new one (nothing was overwritten)"
        )
    return out


def write(result: RunResult) -> None:
    """Write ``result`` to its ``run_dir``, all or nothing: the folder appears when complete.

    Every model is loaded again and must decide the test part as reported, or nothing is left.

    Raises
    ------
    ArtifactError
        When one does not, or the folder cannot be written.
    """
    with complete(result.run_dir) as partial:
        write_format(partial, "run", result.versions["framework"])
        write_json(partial / "config.json", result.config.to_json())
        write_json(partial / "metrics.json", result.to_json())
        result.matrix.to_file(partial / "cost_matrix.json")
        (partial / "predictions").mkdir()
        for model in counted(result.models, "saving models"):
            write_predictions(result, model, partial / "predictions" / f"{slug(model.name)}.csv")
            made = {"dataset": result.config.dataset, "model": model.name, **result.versions}
            model.trained.save(model_folder(partial, model.name), made)
        check_models(result, partial)


@contextmanager
def complete(folder: Path) -> Iterator[Path]:
    """A folder to write to, which becomes ``folder`` when all is written, else disappears."""
    partial = folder.with_name(f".{folder.name}.partial")
    try:
        partial.mkdir(parents=True)
    except FileExistsError:
        raise ArtifactError(f"{partial} is left over from an interrupted run; remove it") from None
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial)
        raise
    if folder.exists():
        folder.rmdir()  # empty, as reserve() made sure; raises if someone filled it meanwhile
    partial.rename(folder)
