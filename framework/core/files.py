"""JSON files, and names of models as names of files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from framework.core.errors import ArtifactError

REPORT = "report.html"  # the page in the folder of a run, and of a sweep


def slug(name: str) -> str:
    """A model's name as a folder name.

    Examples
    --------
    >>> slug("built-in + decision")
    'built-in-decision'
    """
    return re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-.") or "model"


def size_of(folder: Path) -> int:
    """Bytes of all files in ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing") from None
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from error
