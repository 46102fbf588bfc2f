"""The prevalence among new cases that nobody has labelled, by a model of a run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.costs.prevalence import moved
from framework.core.errors import DataError
from framework.core.evaluation.prevalence_estimation import ShareEstimate, estimate_shares
from framework.core.words import quoted
from framework.core.words import share as share_of
from framework.data.decoding import decoded
from framework.data.picture_folders import files_below
from framework.data.reading import read_table
from framework.experiment.stored_runs.run_data import RunData
from framework.experiment.stored_runs.stored_run import read_run
from framework.inference.model_folder import load
from framework.inference.trained_model import TrainedModel


@dataclass(frozen=True, eq=False)
class PrevalenceEstimate:
    """Estimated shares of the classes among ``n`` new cases.

    Parameters
    ----------
    model : str
        The model of the run that estimates.
    labels : tuple of N str
    n : int
        New cases.
    training, shares, low, high : array (N,)
        Shares in the training part; of the new cases, and their 95 % limits.
    warnings : tuple of str
        Of classes whose share these cases cannot tell, sentences.
    """

    model: str
    labels: tuple[str, ...]
    n: int
    training: FloatArray
    shares: FloatArray
    low: FloatArray
    high: FloatArray
    warnings: tuple[str, ...]

    @property
    def named(self) -> dict[str, float]:
        """What ``prevalence`` of a run takes: all classes but the largest, which has the rest.

        A class of which there is none has the share of half a case.
        """
        return {
            label: float(f"{max(share, 0.5 / self.n):.3g}")
            for k, (label, share) in enumerate(zip(self.labels, self.shares, strict=True))
            if k != int(self.shares.argmax())
        }

    @property
    def option(self) -> str:
        """The same for a command line."""
        words = (
            ("--prevalence", shlex.quote(f"{name}={share:g}")) for name, share in self.named.items()
        )
        return " ".join(word for pair in words for word in pair)

    def to_json(self) -> dict[str, Any]:
        """What ``fw prevalence --json`` prints."""
        return {
            "model": self.model,
            "n": self.n,
            "training": dict(zip(self.labels, self.training.tolist(), strict=True)),
            "estimated": {
                label: {"share": float(share), "interval": [float(low), float(high)]}
                for label, share, low, high in zip(
                    self.labels, self.shares, self.low, self.high, strict=True
                )
            },
            "warnings": list(self.warnings),
            "prevalence": self.named,
        }


def estimate_prevalence(
    run_dir: Path | str, cases: Any, model: str | None = None
) -> PrevalenceEstimate:
    """The shares of the classes among new, unlabelled cases, with 95 % intervals.

    Supposes that cases of a class look as they did in training, and that the cases are a fair sample.

    Parameters
    ----------
    run_dir : path
        Of a run.
    cases : path, data frame or array (n, ...)
        As ``fw run`` takes tables; of a model of pictures, a folder of them. Labels are not needed.
    model : str, optional
        Which model of the run (default: the served one).

    Raises
    ------
    FrameworkError
        When the run is not there, the cases do not fit the model, or there are fewer than ten.

    Examples
    --------
    >>> found = estimate_prevalence("runs/breast_cancer-1", "new_cases.csv")     # doctest: +SKIP
    >>> RunConfig(dataset="breast_cancer", prevalence=found.named)               # doctest: +SKIP
    """
    run = read_run(Path(run_dir))
    used = run.served_or(model, Path(run_dir))
    trained = load(run_dir, used.name)
    stated = _stated(trained, cases)
    labelled = used.stated
    training = training_shares(run)
    mix = run.mix
    if mix is not None and mix.target is not None:
        stated, labelled = (moved(p, mix.target, mix.training) for p in (stated, labelled))
    found = estimate_shares(stated, labelled, run.y_true, run.groups)
    return PrevalenceEstimate(
        used.name,
        run.labels,
        found.n,
        training,
        found.shares,
        found.low,
        found.high,
        tuple(_warning(found, k, run.labels) for k in found.untold),
    )


def training_shares(run: RunData) -> FloatArray:
    """Of the classes (N,) in the run's training part; in folders of old, which do not tell, the test part."""
    if run.mix is not None:
        return run.mix.training
    part: Mapping[str, Any] = run.metrics.get("training_part") or {}
    counts = part.get("class_counts") or np.bincount(run.y_true, minlength=len(run.labels))
    shares: FloatArray = np.asarray(counts, dtype=np.float64) / np.sum(counts)
    return shares


def _stated(trained: TrainedModel, cases: Any) -> FloatArray:
    """The probabilities (n, N) that the model states."""
    if not isinstance(cases, (str, Path)):
        return trained.stated_proba(cases)
    file, signature = Path(cases), trained.artifact.signature
    if signature.takes_pictures:
        return trained.stated_proba(decoded(files_below(file), signature.form))
    try:
        return trained.stated_proba(read_table(file))
    except DataError as error:
        raise DataError(f"{file}: {error}") from error


def _warning(found: ShareEstimate, k: int, labels: tuple[str, ...]) -> str:
    ends = f"{share_of(found.low[k])} to {share_of(found.high[k])}"
    start = f"the share of {quoted(labels[k])} is not told: {ends}"
    if found.too_few(k):
        return f"{start}; {found.n:,} new cases are too few"
    other = quoted(labels[found.confused_with(k)])
    return (
        f"{start}; the model takes it for {other}, and the other way round, too often, or there are too few "
        "test cases to know how often"
    )
