"""Train models and judge them in dollars; nothing heavy is imported before it is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from framework.config.run_config import RunConfig
    from framework.core.cases.table import Table
    from framework.experiment.fitting.progress import Progress
    from framework.experiment.results.run_result import RunResult
    from framework.plugins.registry import Registry


def run(
    config: RunConfig,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] | Literal["bar"] | None = "bar",
) -> RunResult:
    """Train the baseline and one model per cost matrix, judge all by one matrix, write a folder.

    Parameters
    ----------
    config : RunConfig
    registry : Registry, optional
        Default: the plugins installed in this environment.
    progress : "bar", function of Progress, or None
        A bar, in a notebook and on a terminal; or called after every epoch; or nothing.

    Returns
    -------
    RunResult
        Its ``run_dir`` holds everything (see ``framework.experiment.run_folder``).

    Raises
    ------
    FrameworkError
        One of its subclasses, for whatever the user can mend.

    Notes
    -----
    Sets the global random seeds of Python, NumPy and TensorFlow. With ``config.checkpoints``,
    SIGTERM and Ctrl-C save and raise TrainingStoppedError. Of several hosts (see
    ``framework.training.hosts``), only the first writes the folder.

    Examples
    --------
    >>> run(RunConfig(dataset="breast_cancer"))  # doctest: +SKIP
    """
    return _run(config, registry, progress)


def train(
    data: Any,
    *,
    target: str,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] | Literal["bar"] | None = "bar",
    **settings: Any,
) -> RunResult:
    """``run`` for a table at hand: ``fw run loans.csv --target status`` from Python.

    Parameters
    ----------
    data : data frame (pandas, polars, pyarrow, ...) or path of a file
        Columns of numbers, text, dates and yes/no, with gaps.
    target : str
        The column that holds the labels.
    registry, progress
        As in ``run``.
    **settings
        Of ``RunConfig``: ``cost_matrix`` or ``cost``, ``drop``, ``groups``, ``strategy``, ...

    Returns
    -------
    RunResult

    Raises
    ------
    FrameworkError
        One of its subclasses, for whatever the user can mend.

    Examples
    --------
    >>> train(frame, target="status", cost=["bad->good=5", "good->bad=1"])  # doctest: +SKIP
    """
    from framework.config.run_config import DATA_FRAME, RunConfig
    from framework.core.cases.table import Table

    is_file = isinstance(data, (str, Path))
    config = RunConfig(dataset=str(data) if is_file else DATA_FRAME, target=target, **settings)
    return _run(config, registry, progress, None if is_file else Table.of_frame(data))


def _run(
    config: RunConfig,
    registry: Registry | None,
    progress: Callable[[Progress], None] | Literal["bar"] | None,
    table: Table | None = None,
) -> RunResult:
    from framework.report.progress import progress_in_python

    with progress_in_python(progress) as told:
        from framework.experiment.run import run as run_experiment
        from framework.plugins.registry import Registry
        from framework.report.run.page import write_report

        add = write_report if config.report else lambda _: None
        return run_experiment(config, registry or Registry(), told, add, table)
