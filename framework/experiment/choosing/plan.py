"""A run with nothing left to look up: settings, plugins and matrices, resolved once at the door."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from framework.config.resolved_config import ResolvedConfig, SettledConfig
from framework.config.run_config import RunConfig
from framework.core.cases.dataset import Dataset
from framework.core.cases.splitting import Split
from framework.core.cases.table import Table
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.costs.given_matrix import GivenMatrix
from framework.core.costs.prevalence import Mix, check_judged, target_shares
from framework.core.errors import ConfigError
from framework.core.uncertain_costs.uncertain_costs import (
    check_has_ranges,
    with_means,
    with_middles,
)
from framework.experiment.choosing.candidates import (
    BASELINE,
    DECISION,
    EQUAL_AUTO,
    Candidate,
    Role,
    check_names,
)
from framework.experiment.choosing.promised import check_prices_referrals
from framework.experiment.choosing.search_space import wanted_offers
from framework.experiment.fitting.offers import Offers
from framework.experiment.loading.stated_costs import stated_matrix
from framework.experiment.loading.table_dataset import dataset_offer
from framework.plugins.matrix_lookup import FoundMatrix, find_matrix
from framework.plugins.registry import Offer, Registry
from framework.plugins.specs import DatasetSpec, ModelSpec

MLFLOW = "fw-mlflow"


@dataclass(frozen=True)
class ResolvedRun:
    """What a run is to do, in specs and matrices instead of names.

    ``asked`` is the configuration as the user gave it, ``config`` with nothing left open but what
    waits for the data. ``judge`` is the matrix that judges the ``candidates``, ``origins`` says where
    each matrix was found.
    """

    asked: RunConfig
    config: ResolvedConfig
    dataset: Offer[DatasetSpec]
    offers: Offers
    judge: CostMatrix
    candidates: tuple[Candidate, ...]
    origins: dict[str, str]

    def settled(self, dataset: Dataset, parts: Split) -> SettledConfig:
        """``config`` with nothing left open, now that the data are known."""
        specs = [offer.spec for offer in self.offers.models.values()]
        of_models = {spec.name: spec.defaults for spec in specs if isinstance(spec, ModelSpec)}
        n_cases = int(dataset.training_counts(parts.train).sum())
        return self.config.settled(n_cases, dataset.X.ndim > 2, of_models)

    @property
    def case_columns(self) -> tuple[str, ...]:
        """What the costs of any of its matrices depend on beside the classes."""
        matrices = [self.judge, *(row.matrix for row in self.candidates if row.matrix is not None)]
        return tuple(dict.fromkeys(name for matrix in matrices for name in matrix.columns))

    def mix(self, dataset: Dataset, parts: Split) -> Mix:
        """The shares of the classes in the training part, and in the population that is meant.

        Raises
        ------
        ConfigError
            For a prevalence of what is no label, or that no test case could judge.
        """
        counts = dataset.training_counts(parts.train)
        training = counts / counts.sum()
        named = self.config.prevalence
        target = target_shares(named, dataset.labels, training) if named else None
        check_judged(named, dataset.labels, dataset.y[parts.test])
        if dataset.totals is None:
            return Mix(training, target)
        return Mix(training, target, dataset.totals.test, dataset.totals.validation)


def resolve(config: RunConfig, registry: Registry, table: Table | None = None) -> ResolvedRun:
    """The baseline, the dataset's reference matrices, and the user's, in that order.

    Raises
    ------
    ConfigError
        When no matrix is named or shipped, two models would have one name, or nobody tells MLflow.
    CostMatrixError
        When a matrix is not found, malformed, or has other labels.
    PluginError
        When something is named that no plugin offers.
    """
    if config.mlflow is not None and not registry.has(MLFLOW):
        raise ConfigError(
            f"--mlflow {config.mlflow}: the plugin {MLFLOW}, which tells runs to MLflow, is not "
            "installed; in a checkout of the framework's source: pip install plugins/mlflow"
        )
    dataset = dataset_offer(config, registry, table)
    spec = dataset.spec
    wanted = _wanted(config, spec, of_files=dataset.plugin == registry.own)
    judge = wanted[0]
    if config.evaluation_matrix is not None:
        judge = _find(config.evaluation_matrix, spec)
    if config.robust is not None:
        check_has_ranges(judge.matrix)
        wanted = [_robust(found, config.robust) for found in wanted]
        if config.robust == "expected":
            judge = replace(judge, matrix=with_means(judge.matrix))
    if config.promise is not None:
        check_prices_referrals(judge.matrix)
    # Whether no decision is sensible that does not look at the costs.
    needs_costs = judge.matrix.refer is not None or bool(
        judge.matrix.columns or judge.matrix.actions
    )
    defaults = dict(spec.defaults)
    if judge.matrix.prevalence:
        defaults["prevalence"] = dict(judge.matrix.prevalence)
    resolved = ResolvedConfig.of(config, defaults, spec.default_model, needs_costs=needs_costs)
    references = _references(wanted, spec) if config.references else []
    candidates = (
        *_free(config, spec, auto=resolved.strategy == "auto"),
        *(
            Candidate(found.matrix.name, found.matrix, found.origin, Role.REFERENCE)
            for found in references
        ),
        *(Candidate(found.matrix.name, found.matrix, found.origin) for found in wanted),
    )
    check_names(candidates)
    return ResolvedRun(
        asked=config,
        config=resolved,
        dataset=dataset,
        offers=wanted_offers(resolved, registry).knowing(judge.matrix),
        judge=judge.matrix,
        candidates=candidates,
        origins={found.matrix.name: found.origin for found in (*references, *wanted, judge)},
    )


def _wanted(config: RunConfig, spec: DatasetSpec, *, of_files: bool) -> list[FoundMatrix]:
    """The user's matrices or costs, or the dataset's default matrix."""
    if config.cost:
        return [FoundMatrix(stated_matrix(config.cost, spec.labels), "stated with --cost")]
    names = list(config.cost_matrix)
    if not names and spec.default_cost_matrix is not None:
        names = [spec.default_cost_matrix]
    if not names and of_files:
        file = shlex.join([config.dataset, *(["--target", config.target] if config.target else [])])
        first, second, *_ = spec.labels
        raise ConfigError(
            f"what do mistakes cost? State it for the labels {', '.join(spec.labels)}: "
            f'--cost "*->*=1" --cost "{second}->{first}=5" (the last that fits counts), or write them into a '
            f"file and give that with --cost-matrix: fw matrix new {file} > costs.csv"
        )
    if not names:
        raise ConfigError(
            f'the dataset "{spec.name}" has no default cost matrix; name one with '
            f"--cost-matrix FILE, or say what mistakes cost with --cost, for the labels "
            f"{', '.join(spec.labels)} (shipped: "
            f"{', '.join(spec.shipped_matrices()) or 'none'})"
        )
    return [_find(name, spec) for name in names]


def _references(wanted: Sequence[FoundMatrix], spec: DatasetSpec) -> list[FoundMatrix]:
    """The dataset's own for comparison, but those that are trained with anyway."""
    origins = {found.origin for found in wanted}
    found = [_find(name, spec) for name in spec.reference_cost_matrices]
    return [one for one in found if one.origin not in origins]


def _robust(found: FoundMatrix, robust: str) -> FoundMatrix:
    """What trains where costs are ranges: the means, or the middles, by which the cheaper of two decisions
    is that of the least largest regret."""
    with_numbers = with_means if robust == "expected" else with_middles
    return replace(found, matrix=with_numbers(found.matrix))


def _free(config: RunConfig, spec: DatasetSpec, auto: bool) -> list[Candidate]:
    """The rows that need no costs in training; a baseline with another threshold is named so."""
    name = BASELINE
    threshold = config.threshold
    if threshold is None and config.decision_rule is None:
        threshold = spec.defaults.get("threshold")
    if not auto and threshold not in (None, 0.5):
        name += f", threshold {threshold}".replace("_", " ")
    of_every_run = "the equal-cost baseline of every run"
    rows = [
        Candidate(name, None, of_every_run, Role.BASELINE),
        Candidate(DECISION, None, f"{of_every_run}, with the cheapest decision", Role.DECISION),
    ]
    if auto:
        rows.append(Candidate(EQUAL_AUTO, None, "--strategy auto without costs", Role.EQUAL_AUTO))
    return rows


def _find(name: GivenMatrix, spec: DatasetSpec) -> FoundMatrix:
    found = find_matrix(name, [spec])
    return FoundMatrix(found.matrix.aligned(spec.labels), found.origin)
