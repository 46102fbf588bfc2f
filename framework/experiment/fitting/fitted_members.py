"""Classifiers that were fitted, kept among the checkpoints, so that none is fitted twice.

KEY.member         as a model's folder keeps it (see framework.inference.members)
KEY.json           written after it: its kind, and how long it took
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.errors import ArtifactError
from framework.core.files import read_json, write_json
from framework.core.fitted_estimator import FittedEstimator
from framework.inference.members import EstimatorMember, Member, TreesMember, member_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class FittedMember:
    """A fitted classifier in the form in which it is saved, and so tested as it will be served."""

    member: Member
    seconds: float

    def __call__(self, X: np.ndarray) -> FloatArray:
        """Probabilities (n, N) for raw features (n, d)."""
        return self.member(X)


def taken_up(
    folder: Path, key: str, fit: Callable[[], FittedEstimator], trusted: Sequence[str]
) -> FittedMember:
    """What ``folder`` keeps under ``key``; else what ``fit`` makes, which is then kept.

    ``trusted`` are classes that a saved one may be made of, besides scikit-learn's.
    """
    path, told = folder / f"{key}.member", folder / f"{key}.json"
    if told.is_file():
        try:
            return _read(path, told, trusted)
        except (ArtifactError, KeyError, TypeError) as error:
            _log.warning("%s cannot be read and is not used (%s)", path, error)
    fitted = as_member(fit())
    fitted.member.save(path)
    values = {"kind": fitted.member.kind, **fitted.member.values, "seconds": fitted.seconds}
    write_json(told, values)
    return fitted


def as_member(fitted: FittedEstimator) -> FittedMember:
    return FittedMember(member_of(fitted), fitted.seconds)


def _read(path: Path, told: Path, trusted: Sequence[str]) -> FittedMember:
    values = read_json(told)
    kinds = {kind.kind: kind for kind in (TreesMember, EstimatorMember)}
    return FittedMember(kinds[values["kind"]].read(path, values, trusted), values["seconds"])
