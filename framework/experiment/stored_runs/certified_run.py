"""A promise in dollars, kept by a model of a run: certified on the run's test part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.errors import CostMatrixError
from framework.core.evaluation.certifying import certify_cases
from framework.core.evaluation.promise import Certificate, Method, Promise
from framework.experiment.stored_runs.stored_run import read_run


@dataclass(frozen=True, eq=False)
class CertifiedRun:
    """The ``certificate`` of a run's ``model``, whose ``decisions`` it is about."""

    model: str
    decisions: tuple[str, ...]
    currency: str
    certificate: Certificate

    def to_json(self) -> dict[str, Any]:
        """What ``fw certify --json`` prints, and ``fw predict --certificate`` reads."""
        told = {"model": self.model, "decisions": list(self.decisions), "currency": self.currency}
        return {**told, **self.certificate.to_json()}


def certify_run(
    run_dir: Path, promise: Promise, model: str | None = None, method: Method = "gaffke"
) -> CertifiedRun:
    """By the test part, on which no model was trained, calibrated or chosen.

    At the shares of a run's prevalence, and with its groups whole.

    Raises
    ------
    ArtifactError, CostMatrixError
        When there is no such run or model, or its matrix does not price a referral.
    """
    run = read_run(run_dir)
    used = run.served_or(model, run_dir)
    if run.matrix.refer is None:
        raise CostMatrixError(
            f'{run_dir}: its cost matrix "{run.matrix.name}" does not say what a referral costs; a promise '
            'needs that: run it with a matrix that has "refer"'
        )
    expected = -run.expected_dollars(used)
    found = certify_cases(expected, run.judged, promise, method)
    return CertifiedRun(used.name, run.decision_labels, run.matrix.currency, found)
