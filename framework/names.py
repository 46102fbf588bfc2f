"""Names of models as names of files."""

from __future__ import annotations

import re


def slug(name: str) -> str:
    """A model's name as a folder name.

    Examples
    --------
    >>> slug("built-in + decision")
    'built-in-decision'
    """
    return re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-.") or "model"
