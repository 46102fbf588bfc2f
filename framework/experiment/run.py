"""One run, in the way of the data: from a configuration to a folder of results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from framework.config.resolved_config import SettledConfig
from framework.config.run_config import RunConfig
from framework.core.cases.table import Table
from framework.core.costs.cost_matrix_words import mistakes_in_words
from framework.core.errors import ConfigError
from framework.core.evaluation.references import Bounds
from framework.core.process import give_back_memory
from framework.experiment import run_folder
from framework.experiment.choosing.plan import ResolvedRun, resolve
from framework.experiment.choosing.preparing import Prepared, prepared
from framework.experiment.fitting.progress import EpochRecorder, Progress
from framework.experiment.folders.claim import claimed
from framework.experiment.folders.out_folder import check_new, new_folder
from framework.experiment.results.held_out import HeldOut
from framework.experiment.results.model_result import ModelResult
from framework.experiment.results.remarks import (
    remarks,
    remarks_on_models,
    served_by_keras,
)
from framework.experiment.results.run_result import RunResult
from framework.experiment.results.slicing import slicing_of
from framework.experiment.results.whole_test_part import FOLDER as WHOLE_TEST
from framework.experiment.results.whole_test_part import (
    WholeTestPart,
    summed_models,
    whole_test_part,
)
from framework.experiment.stored_runs.training_part import training_part
from framework.experiment.versions import versions
from framework.plugins.registry import Plugin, Registry


def run(
    config: RunConfig,
    registry: Registry,
    progress: Callable[[Progress], None] = lambda _: None,
    add: Callable[[Path], Any] = lambda _: None,
    table: Table | None = None,
) -> RunResult:
    """What ``framework.run`` says, but for the page.

    That is written by ``add``, which is called with the folder when all else is in it, before it is in
    its place. A ``table`` takes the place of the dataset that ``config`` names.
    """
    plan = resolve(
        config, registry, table
    )  # before TensorFlow is loaded: a typing error is told at once
    from framework.training.hosts import join

    hosts = join()  # before anything else is computed
    if hosts.count > 1 and config.whole_test == "predictions":
        raise ConfigError(
            f"--whole-test predictions: {hosts.count} hosts decide a share of the cases each, and the first "
            "alone writes the run; expected yes, which sums, and fw predict for the cases"
        )
    if not hosts.is_chief:  # which writes
        run_dir = config.out or new_folder(config.short_name)
        check_new(run_dir)
        return carry_out(plan, run_dir, progress)
    with claimed(config.out, config.short_name, settings_of(config, "run")) as claim:
        # Checkpoints of the first host alone would be of no use to the others.
        training = claim.training if hosts.count == 1 else None
        epochs = EpochRecorder(progress, with_dollars=config.mlflow is not None)
        result = carry_out(plan, claim.folder, epochs, training)
        result = replace(result, epochs=tuple(epochs.told))
        run_folder.write(claim, result, add)
    registry.run_finished(result.config, result)
    return result


def settings_of(config: RunConfig, kind: str, **others: Any) -> dict[str, Any]:
    """What decides the trainings of a command, and with which versions."""
    settings = config.to_json()
    for name in (
        "out",
        "checkpoints",
        "report",
        "slices",
        "whole_test",
        "mlflow",
        "mlflow_experiment",
    ):
        del settings[name]
    return {"kind": kind, **settings, **others, "versions": versions(())}


def carry_out(
    plan: ResolvedRun,
    run_dir: Path,
    progress: Callable[[Progress], None] = lambda _: None,
    training: Path | None = None,
) -> RunResult:
    """Load, split, encode, choose, train, decide, evaluate; ``run_dir`` is only named.

    Trainings are kept in ``--checkpoints``, or else in ``training``.
    """
    with prepared(plan, training) as cases:
        return _carried_out(plan, cases, run_dir, progress, training)


def _carried_out(
    plan: ResolvedRun,
    cases: Prepared,
    run_dir: Path,
    progress: Callable[[Progress], None],
    training: Path | None,
) -> RunResult:
    from framework.experiment.judged_models import judged_models  # TensorFlow

    dataset, parts, schema = cases.dataset, cases.parts, cases.schema
    mix = plan.mix(dataset, parts)
    test = HeldOut.of(dataset, parts, plan.judge, mix, schema)
    slicing = slicing_of(plan.config, dataset, parts.test, schema)
    counts = dataset.training_counts(parts.train)

    judged = judged_models(plan, cases, test, progress, training)
    give_back_memory()
    models, config = judged.models, plan.settled(dataset, parts)
    bounds = test.bounds(dataset, parts.train)
    whole = _whole_test_part(config, cases, models, judged.served.model, test, bounds, training)
    return RunResult(
        config=config,
        labels=dataset.labels,
        matrix=plan.judge,
        origins=plan.origins,
        models=models,
        served=judged.served,
        bounds=bounds,
        remarks=(
            *remarks(plan, dataset, parts),
            *remarks_on_models(models, test, bounds),
            *judged.remarks,
            *served_by_keras(models),
        ),
        n_train=int(counts.sum()),
        training_part=training_part(dataset, plan.judge, parts.train),
        cost_sentences=mistakes_in_words(plan.judge, counts),
        test=test,
        versions=versions(_plugins_used(plan, config.model, models)),
        run_dir=run_dir,
        promised=judged.promised,
        slicing=slicing,
        whole=whole,
    )


def _whole_test_part(
    config: SettledConfig,
    cases: Prepared,
    models: Sequence[ModelResult],
    served: str,
    test: HeldOut,
    bounds: Bounds,
    training: Path | None,
) -> WholeTestPart | None:
    """Of a stream of whose test part not all is held, if that is wished; predictions lie in ``training``."""
    chosen = summed_models(models, served, config.whole_test)
    if cases.source is None or cases.schema is None or test.mix.tested is None or not chosen:
        return None
    judge, constant = test.judge, bounds.constant_decision
    folder = training / WHOLE_TEST if training and config.whole_test == "predictions" else None
    source, schema, target = cases.source, cases.schema, test.mix.target
    return whole_test_part(source, schema, chosen, judge, constant, target, folder)


def _plugins_used(plan: ResolvedRun, model: str, results: Iterable[ModelResult]) -> list[Plugin]:
    offers, used = plan.offers, [plan.dataset.plugin, plan.offers.models[model].plugin]
    for strategy in (result.choice.strategy for result in results):
        used += [offers.models[model].plugin for model in strategy.models]
        used += [offers.losses[loss].plugin for loss in strategy.losses]
        used.append(offers.rules[strategy.rule.name].plugin)
    return used
