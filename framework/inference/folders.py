"""Which model a folder means: a run's, or its own."""

from __future__ import annotations

from pathlib import Path

from framework.core.errors import ArtifactError
from framework.core.files import read_json, slug
from framework.core.folder_format import check_format
from framework.core.json_fields import Fields

SIGNATURE = "signature.json"


def model_folder(run_dir: Path, name: str) -> Path:
    return run_dir / "models" / slug(name)


def find_model(folder: Path, name: str | None = None) -> Path:
    """The model folder that ``folder`` means: itself, or one of a run's (default: the served one)."""
    if not folder.is_dir():
        raise ArtifactError(f"{folder}: no such folder; expected the folder of a run or of a model")
    check_format(folder, "metrics.json")
    if (folder / SIGNATURE).is_file() and name is None:
        return folder
    if not (folder / "metrics.json").is_file():
        raise ArtifactError(f"{folder} is neither the folder of a run nor of a model")
    metrics = Fields(read_json(folder / "metrics.json"), folder / "metrics.json")
    names = [model.text("name") for model in metrics.objects("models")]
    if name is not None and name not in names:
        raise ArtifactError(f'{folder} has no model "{name}"; it has: {", ".join(names)}')
    found = model_folder(folder, name or metrics.fields("served").text("model"))
    check_format(folder, f"{found.relative_to(folder).as_posix()}/")
    return found
