"""Many models for many costs, or for many shares of the classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from framework.config.run_config import RunConfig
    from framework.experiment.fitting.progress import Progress
    from framework.plugins.registry import Registry
    from framework.studies.sweeping.prevalence import PrevalenceSweep
    from framework.studies.sweeping.run import SweepResult


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
        Values, equally spaced in logs (default: ``framework.studies.sweeping.run.POINTS``).
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
        from framework.studies.sweeping.run import POINTS
        from framework.studies.sweeping.run import sweep as run_sweep

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
        from framework.experiment.stored_runs.prevalence_curve import POINTS
        from framework.report.run.page import write_report
        from framework.studies.sweeping.prevalence import sweep_prevalence as run_sweep

        points = POINTS if points is None else points
        add = write_report if config.report else lambda _: None
        found = run_sweep(config, prevalence, points, registry, told, add)
    return found
