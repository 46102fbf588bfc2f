"""Figures of cases as a data frame, where one was asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import get_config

from framework.core.errors import EstimatorError

CONTAINERS = ("default", "pandas", "polars")


def as_frame(values: np.ndarray, names: np.ndarray, X: Any, container: str | None) -> Any:
    """``values`` (n, M) as they are, or as a frame with the columns ``names`` (M,).

    ``container`` None leaves it to scikit-learn's configuration. A frame of pandas has the index
    of ``X``.

    Raises
    ------
    EstimatorError
        For an unknown container.
    """
    wanted = container or get_config()["transform_output"]
    if wanted == "default":
        return values
    if wanted not in CONTAINERS:
        raise EstimatorError(
            f"set_output: expected one of {', '.join(CONTAINERS)}, received {wanted!r}"
        )
    if wanted == "polars":
        import polars

        return polars.DataFrame(values, schema=[str(name) for name in names])
    import pandas

    return pandas.DataFrame(values, columns=list(names), index=getattr(X, "index", None))
