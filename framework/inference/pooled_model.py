"""Several models as one: members of any kind, and the pool of their probabilities.

pool.json          how the members are weighted, and what each is
members/           a file each: .trees.gz (treelite), .skops (scikit-learn), .keras (beside it .onnx)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.decisions.calibration import calibration_read
from framework.core.decisions.pooling import Pool
from framework.core.errors import ArtifactError
from framework.core.files import read_json, write_json
from framework.core.json_fields import Fields, written_by_us
from framework.core.scaling import Scaling
from framework.inference.artifact import POOL
from framework.inference.members import EstimatorMember, Member, TreesMember
from framework.inference.onnx_model import read_network

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
        data = Fields(read_json(folder / POOL), folder / POOL)
        listed = data.objects("members")
        if not listed:
            data.refuse("members", "at least one", [])
        pool = _pool(data.fields("pool"), len(listed)) if "pool" in data else None
        if pool is None and len(listed) > 1:
            raise ArtifactError(
                f"{folder / POOL}: {len(listed)} members, and how they are weighted"
            )
        members = {}
        for told in listed:
            with written_by_us(folder / POOL):
                member = _read_member(folder / MEMBERS, told, scaling, trusted)
            members[told.text("name")] = member
        return cls(members, pool)


def _read_member(
    folder: Path,
    told: Fields,
    scaling: Scaling,
    trusted: Callable[[str], Sequence[str]],
) -> Member:
    path = folder / Path(told.text("file")).name
    if not path.is_file():
        raise ArtifactError(
            f"{folder.parent} is not a model folder: it has no {MEMBERS}/{path.name}"
        )
    vouched = trusted(told.text("name").partition("-")[2])
    kind = told.text("kind")
    if kind == TreesMember.kind:
        return TreesMember.read(path, told.data, vouched)
    if kind == EstimatorMember.kind:
        return EstimatorMember.read(path, told.data, vouched)
    if kind not in ENDINGS:
        told.refuse("kind", " or ".join(ENDINGS), kind)
    return read_network(path, scaling)


def _pool(data: Fields, n_members: int) -> Pool:
    bias, exponents = data.numbers("bias"), data.numbers("exponents", n_members)
    if min(exponents) < 0:
        data.refuse("exponents", "numbers of at least 0", exponents)
    calibrations = [calibration_read(one, len(bias)) for one in data.objects("calibrations")]
    if len(calibrations) != n_members:
        data.refuse("calibrations", f"{n_members} of them", calibrations)
    floor = data.number("floor", above=0.0)
    return Pool(exponents, bias, tuple(calibrations), min(floor, 1.0))
