"""The doors of the framework in Python: figures, then the page that shows them.

Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from framework.config.run_config import RunConfig
    from framework.core.cases.table import Table
    from framework.experiment.fitting.progress import Progress
    from framework.experiment.results.run_result import RunResult
    from framework.experiment.stored.compared_models import Comparison
    from framework.explanation.explain import Explanation
    from framework.plugins.registry import Registry
    from framework.sweeping.prevalence import PrevalenceSweep
    from framework.sweeping.run import SweepResult


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


def sweep(
    config: RunConfig,
    *,
    ratio: str | None = None,
    cells: str | None = None,
    points: int | None = None,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] | Literal["bar"] | None = "bar",
) -> SweepResult:
    """Train one model per value of a cost, all at once, and say which to use where.

    Parameters
    ----------
    config : RunConfig
        Its one cost matrix is what is swept, in training as in evaluation (or, in evaluation, its
        ``evaluation_matrix``).
    ratio : str, optional
        Two classes: ``"fn:fp=1:1..1000:1"``.
    cells : str, optional
        ``"cell=TRUE->PREDICTED:LOW..HIGH"``: labels, patterns or groups of the matrix file; costs
        in its unit, or ``x0.1..x10``.
    points : int, optional
        Values, equally spaced in logs (default: ``framework.sweeping.run.POINTS``).
    registry, progress
        As in ``run``.

    Returns
    -------
    SweepResult
        Its ``run_dir`` holds sweep.json, two CSV tables, report.html and plots.

    Raises
    ------
    FrameworkError
        One of its subclasses, for whatever the user can mend.

    Examples
    --------
    >>> sweep(RunConfig(dataset="breast_cancer"), ratio="fn:fp=1:1..1000:1")  # doctest: +SKIP
    """
    from framework.report.progress import progress_in_python

    with progress_in_python(progress) as told:
        from framework.report.sweep.page import write_sweep_report
        from framework.sweeping.run import POINTS
        from framework.sweeping.run import sweep as run_sweep

        result = run_sweep(
            config,
            ratio=ratio,
            cells=cells,
            points=POINTS if points is None else points,
            registry=registry,
            progress=told,
            add=write_sweep_report if config.report else lambda _: None,
        )
    return result


def sweep_prevalence(
    config: RunConfig,
    prevalence: Mapping[str, str],
    *,
    points: int | None = None,
    registry: Registry | None = None,
    progress: Callable[[Progress], None] | Literal["bar"] | None = "bar",
) -> PrevalenceSweep:
    """Run ``config``, and decide and judge its models at every share of a label.

    Parameters
    ----------
    config : RunConfig
    prevalence : mapping
        Of one label to ``"LOW..HIGH"``, shares between 0 and 1.
    points : int, optional
        Shares, equally spaced in log odds (default: 61).
    registry, progress
        As in ``run``.

    Returns
    -------
    PrevalenceSweep
        ``run``, whose folder holds prevalence.json as well, and the ``curve``.

    Raises
    ------
    FrameworkError
        One of its subclasses, for whatever the user can mend.

    Examples
    --------
    >>> sweep_prevalence(RunConfig(dataset="breast_cancer"), {"malignant": "0.001..0.5"})  # doctest: +SKIP
    """
    from framework.report.progress import progress_in_python

    with progress_in_python(progress) as told:
        from framework.experiment.stored.prevalence_curve import POINTS
        from framework.report.run.page import write_report
        from framework.sweeping.prevalence import sweep_prevalence as run_sweep

        points = POINTS if points is None else points
        add = write_report if config.report else lambda _: None
        found = run_sweep(config, prevalence, points, registry, told, add)
    return found


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
    from framework.experiment.stored.compare import compare as compare_runs
    from framework.report.compare.page import write_comparison
    from framework.report.progress import progress_in_python

    folders = [Path(folder) for folder in run_dirs]
    with progress_in_python(progress, start="reading runs"):
        comparison = compare_runs(folders, evaluation_matrix, prevalence or {})
    return comparison, write_comparison(comparison, None if out is None else Path(out))


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
    from framework.explanation.explain import PICTURES, REPEATS
    from framework.explanation.explain import explain as explain_run
    from framework.report.explanation.page import write_explanation
    from framework.report.progress import progress_in_python

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
