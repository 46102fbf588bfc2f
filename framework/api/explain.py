"""What the models of a run look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from framework.plugins.registry import Registry
    from framework.studies.explanation.explained_run import Explanation


def explain(
    run_dir: Path | str,
    models: Sequence[str] = (),
    *,
    repeats: int | None = None,
    seed: int = 0,
    together: Sequence[Sequence[str]] = (),
    pictures: int | None = None,
    data: Path | None = None,
    test_data: Path | None = None,
    registry: Registry | None = None,
    progress: Literal["bar"] | None = "bar",
) -> Explanation:
    """Explain the ``models`` (default: all) of a run on its test part; writes files beside it.

    Parameters
    ----------
    repeats, seed : int
        Shuffles of every feature, at least 2, and their seed. Of tables.
    together : sequence of sequences of str
        Features to be shuffled as one. Of tables.
    pictures : int
        Of pictures: how many of the dearest mistakes, and how many of the closest calls.
    data, test_data : Path, optional
        Where the dataset's folders are now, if not where config.json says.
    progress : "bar" or None
        A bar, in a notebook and on a terminal; or nothing.

    Raises
    ------
    FrameworkError
        One of its subclasses, when the run or its data are not there or have changed.

    Examples
    --------
    >>> explain("runs/breast_cancer-20260101-120000")  # doctest: +SKIP
    """
    from framework.report.explanation.page import write_explanation
    from framework.report.progress import progress_in_python
    from framework.studies.explanation.explained_run import PICTURES, REPEATS
    from framework.studies.explanation.explained_run import explain as explain_run

    with progress_in_python(progress):
        explanation = explain_run(
            run_dir,
            models,
            repeats=REPEATS if repeats is None else repeats,
            seed=seed,
            together=together,
            pictures=PICTURES if pictures is None else pictures,
            data=data,
            test_data=test_data,
            registry=registry,
        )
    write_explanation(explanation, Path(run_dir))
    return explanation
