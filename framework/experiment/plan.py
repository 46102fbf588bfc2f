"""Which models a run trains, and which matrix judges them."""

from __future__ import annotations

from dataclasses import dataclass

from framework.config.run_config import RunConfig
from framework.core.cost_matrix import CostMatrix
from framework.core.errors import ConfigError
from framework.core.files import slug
from framework.experiment.roles import BASELINE, DECISION, EQUAL_AUTO, Role
from framework.plugins.matrix_lookup import FoundMatrix, find_matrix
from framework.plugins.specs import DatasetSpec


@dataclass(frozen=True)
class Candidate:
    """A row of the comparison: a matrix to train with, None for equal costs."""

    name: str
    matrix: CostMatrix | None
    origin: str
    role: Role = Role.TRAINED


@dataclass(frozen=True)
class Plan:
    """The candidates, the matrix that judges them, and where each matrix was found."""

    judge: CostMatrix
    candidates: tuple[Candidate, ...]
    origins: dict[str, str]

    @property
    def needs_costs(self) -> bool:
        """Whether no decision is sensible that does not look at the costs."""
        return self.judge.refer is not None or bool(self.judge.columns)


def plan(config: RunConfig, spec: DatasetSpec) -> Plan:
    """The baseline, the dataset's reference matrices, and the user's, in that order.

    Raises
    ------
    ConfigError
        When no matrix is named or shipped, or two models would have one name.
    CostMatrixError
        When a matrix is not found, malformed, or has other labels.
    """
    names = list(config.cost_matrix)
    if not names and spec.default_cost_matrix is not None:
        names = [spec.default_cost_matrix]
    if not names:
        raise ConfigError(
            f'the dataset "{spec.name}" has no default cost matrix; name one with '
            f"--cost-matrix FILE, for the labels {', '.join(spec.labels)} (shipped: "
            f"{', '.join(spec.shipped_matrices()) or 'none'})"
        )
    wanted = [_find(name, spec) for name in names]
    judge = wanted[0]
    if config.evaluation_matrix is not None:
        judge = _find(config.evaluation_matrix, spec)
    references: list[FoundMatrix] = []
    if config.references:
        origins = {found.origin for found in wanted}
        references = [_find(name, spec) for name in spec.reference_cost_matrices]
        references = [found for found in references if found.origin not in origins]
    candidates = [
        *_free(config, spec),
        *(
            Candidate(found.matrix.name, found.matrix, found.origin, Role.REFERENCE)
            for found in references
        ),
        *(Candidate(found.matrix.name, found.matrix, found.origin) for found in wanted),
    ]
    _check_names(candidates)
    return Plan(
        judge=judge.matrix,
        candidates=tuple(candidates),
        origins={found.matrix.name: found.origin for found in (*references, *wanted, judge)},
    )


def _free(config: RunConfig, spec: DatasetSpec) -> list[Candidate]:
    """The rows that need no costs in training; a baseline with another threshold is named so."""
    name = BASELINE
    threshold = config.threshold
    if threshold is None and config.decision_rule is None:
        threshold = spec.defaults.get("threshold")
    if config.strategy == "fixed" and threshold not in (None, 0.5):
        name += f", threshold {threshold}".replace("_", " ")
    of_every_run = "the equal-cost baseline of every run"
    rows = [
        Candidate(name, None, of_every_run, Role.BASELINE),
        Candidate(DECISION, None, f"{of_every_run}, with the cheapest decision", Role.DECISION),
    ]
    if config.strategy == "auto":
        rows.append(Candidate(EQUAL_AUTO, None, "--strategy auto without costs", Role.EQUAL_AUTO))
    return rows


def _find(name: str | CostMatrix, spec: DatasetSpec) -> FoundMatrix:
    found = find_matrix(name, [spec])
    return FoundMatrix(found.matrix.aligned(spec.labels), found.origin)


def _check_names(candidates: list[Candidate]) -> None:
    """Names are rows of the table and folders of the run: each must be there once."""
    taken: dict[str, Candidate] = {}
    for candidate in candidates:
        other = taken.setdefault(slug(candidate.name), candidate)
        if other is not candidate:
            raise ConfigError(
                f'two models would be called "{candidate.name}": {other.origin}, and '
                f'{candidate.origin}; change the "name" in one of the files'
            )
