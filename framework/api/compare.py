"""The models of several runs, beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from framework.experiment.stored_runs.compared_models import Comparison


def compare(
    run_dirs: Sequence[Path | str],
    evaluation_matrix: str | None = None,
    out: Path | str | None = None,
    progress: Literal["bar"] | None = "bar",
    *,
    prevalence: Mapping[str, float] | None = None,
) -> tuple[Comparison, Path]:
    """Judge the models of several runs by one matrix, from their stored predictions.

    Parameters
    ----------
    run_dirs : sequence of paths
        Folders of runs.
    evaluation_matrix : str, optional
        A file, or the name of a matrix that the dataset ships (default: that of the first run).
    out : path, optional
        The page (default: ``runs/compare-TIME.html``).
    progress : "bar" or None
        A bar, in a notebook and on a terminal; or nothing.
    prevalence : mapping of str to float, optional
        Shares of labels among the cases that will be decided (default: the first run's).

    Returns
    -------
    (Comparison, Path)
        The models, those that lost least first, and where the page is.

    Raises
    ------
    FrameworkError
        When a folder is not a run's, the runs are of other labels, or ``out`` exists already.

    Examples
    --------
    >>> compare(["runs/a", "runs/b"])  # doctest: +SKIP
    """
    from framework.experiment.stored_runs.compare import compare as compare_runs
    from framework.report.compare.page import write_comparison
    from framework.report.progress import progress_in_python

    folders = [Path(folder) for folder in run_dirs]
    with progress_in_python(progress, start="reading runs"):
        comparison = compare_runs(folders, evaluation_matrix, prevalence or {})
    return comparison, write_comparison(comparison, None if out is None else Path(out))
