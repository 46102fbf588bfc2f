"""Several models as one: members of any kind, and the pool of their probabilities.

pool.json          how the members are weighted, and what each is
members/           a file each: .trees.gz (treelite), .skops (scikit-learn), .keras (beside it .onnx)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.calibration import Calibration
from framework.core.errors import ArtifactError
from framework.core.files import read_json, write_json
from framework.core.pooling import Pool
from framework.inference.artifact import POOL
from framework.inference.members import EstimatorMember, Member, TreesMember
from framework.inference.onnx_model import read_network
from framework.training.scaling import Scaling

MEMBERS = "members"
ENDINGS = {"trees": "trees.gz", "estimator": "skops", "network": "keras"}


@dataclass(frozen=True, eq=False)
class PooledModel:
    """``members`` by name, pooled; raw features in, probabilities out. A single one needs no pool.

    A name is a number, a hyphen and that of a model.
    """

    members: Mapping[str, Member]
    pool: Pool | None

    @property
    def model(self) -> Any:
        """Of networks alone there would be one network."""
        raise TypeError("a pool of classifiers that are no networks has no gradients")

    @property
    def needs_keras(self) -> str | None:
        """What of its networks cannot be written for ONNX Runtime; None where all can, or none is there."""
        reasons = (getattr(member, "needs_keras", None) for member in self.members.values())
        return next((reason for reason in reasons if reason is not None), None)

    def __call__(self, X: np.ndarray) -> FloatArray:
        """(n, N) probabilities for raw features (n, d)."""
        told = [member(X) for member in self.members.values()]
        return told[0] if self.pool is None else self.pool(told)

    def save(self, folder: Path) -> None:
        (folder / MEMBERS).mkdir()
        told = []
        for name, member in self.members.items():
            file = f"{name}.{ENDINGS[member.kind]}"
            member.save(folder / MEMBERS / file)
            told.append({"name": name, "kind": member.kind, "file": file, **member.values})
        write_json(folder / POOL, {"pool": self.pool and asdict(self.pool), "members": told})

    @classmethod
    def read(
        cls, folder: Path, scaling: Scaling, trusted: Callable[[str], Sequence[str]]
    ) -> PooledModel:
        """What ``save`` wrote.

        Parameters
        ----------
        scaling : Scaling
            In front of the members that are networks.
        trusted : function
            Of a model's name: classes that a saved one may be made of.

        Raises
        ------
        ArtifactError
            When a file is missing or cannot be read.
        """
        data = read_json(folder / POOL)
        try:
            pool = None if data["pool"] is None else _pool(data["pool"])
            members = {
                told["name"]: _read_member(folder / MEMBERS, told, scaling, trusted)
                for told in data["members"]
            }
        except (KeyError, TypeError) as error:
            raise ArtifactError(
                f"{folder / POOL} is not what a pool is saved as: {error}"
            ) from None
        return cls(members, pool)


def _read_member(
    folder: Path,
    told: Mapping[str, Any],
    scaling: Scaling,
    trusted: Callable[[str], Sequence[str]],
) -> Member:
    path = folder / Path(told["file"]).name
    if not path.is_file():
        raise ArtifactError(
            f"{folder.parent} is not a model folder: it has no {MEMBERS}/{path.name}"
        )
    vouched = trusted(told["name"].partition("-")[2])
    if told["kind"] == TreesMember.kind:
        return TreesMember.read(path, told, vouched)
    if told["kind"] == EstimatorMember.kind:
        return EstimatorMember.read(path, told, vouched)
    return read_network(path, scaling)


def _pool(data: Mapping[str, Any]) -> Pool:
    calibrations = [
        Calibration(one["temperature"], tuple(one["bias"])) for one in data["calibrations"]
    ]
    return Pool(tuple(data["exponents"]), tuple(data["bias"]), tuple(calibrations), data["floor"])
