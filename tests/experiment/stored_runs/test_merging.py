"""Models of several jobs side by side: none is lost, whatever their names."""

from dataclasses import replace

import numpy as np
import pytest

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, run
from framework.core.uncertainty.intervals import mean_interval, support
from framework.core.uncertainty.multiple_comparisons import level_of_best
from framework.experiment.stored_runs.merging import merged
from framework.experiment.stored_runs.stored_run import read_run
from framework.plugins.registry import Plugin
from tests.conftest import FIVE, blobs, plugin
from tests.experiment.conftest import PLAIN


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Runs of two jobs on the same cases, whose models of one name are others."""
    folder = tmp_path_factory.mktemp("jobs")
    settings = {
        "dataset": "breast_cancer",
        "cost_matrix": replace(FIVE, labels=("benign", "malignant")),
        "references": False,
    }
    found = []
    for name, seed, epochs in (("first", 0, 1), ("second", 7, 3)):
        config = RunConfig(**settings, seed=seed, epochs=epochs, out=folder / name, report=False)
        run(config)
        found.append(read_run(folder / name))
    return found


def test_both_models_of_one_name_are_kept(jobs):
    both = merged(jobs, ("first", "second"))
    names = [model.name for model in both.models]
    rows = ["built-in", "built-in + decision", "five"]
    assert names[:3] == rows
    assert set(names[3:]) <= {f"{name} (second)" for name in rows}
    assert {"built-in (second)", "five (second)"} <= set(names)
    assert [entry["name"] for entry in both.metrics["models"]] == names
    np.testing.assert_array_equal(both.models[-1].decisions, jobs[1].models[-1].decisions)


def test_what_another_job_saves_is_counted_from_its_own_rivals(jobs):
    both = merged(jobs, ("first", "second"))
    assert both.baseline.name == "built-in"
    dollars = {model.name: model.dollars_per_case for model in both.models}
    for model in both.models:
        for rival, saved in model.metrics["saved_against"].items():
            if not rival.startswith("always"):
                expected = model.dollars_per_case - dollars[rival]
                assert saved["mean"] == pytest.approx(expected)


def test_what_is_served_of_several_jobs_is_chosen_on_validation(jobs):
    both = merged(jobs, ("first", "second"))
    of_jobs = [run.served.metrics["validation"]["dollars_per_case"] for run in jobs]
    assert both.served.metrics["validation"]["dollars_per_case"] == max(of_jobs)
    assert "of what the 2 jobs serve" in both.metrics["served"]["reason"]
    assert f"“{both.served.name}”" in both.metrics["verdict"]
    assert both.metrics["strongest_rival"] in both.served.metrics["saved_against"]


def test_a_model_that_decides_alike_is_kept_once(jobs):
    same = merged([jobs[0], jobs[0]], ("first", "third"))
    assert [model.name for model in same.models] == ["built-in", "built-in + decision", "five"]


def test_of_one_seed_what_lost_least_is_of_all_jobs_models(jobs):
    both = merged(jobs, ("first", "second"))
    least = both.model(both.metrics["lost_least"]["model"])
    assert least.dollars_per_case == max(model.dollars_per_case for model in both.models)
    expected = mean_interval(
        least.case_dollars, support(both.costs), level=level_of_best(len(both.models))
    )
    assert both.metrics["lost_least"]["interval"] == expected.to_json()


def test_of_several_seeds_figure_and_interval_of_what_lost_least_are_of_all_seeds(
    registry, tmp_path
):
    found = []
    for name, epochs in (("first", 1), ("second", 3)):
        config = RunConfig(
            dataset="blobs",
            cost_matrix=FIVE,
            seeds=2,
            epochs=epochs,
            folds=2,
            out=tmp_path / name,
            **PLAIN,
            report=False,
        )
        run(config, registry)
        found.append(read_run(tmp_path / name))
    both = merged(found, ("first", "second"))
    least = both.metrics["lost_least"]
    model = both.model(least["model"])
    assert model.dollars_per_case == max(model.dollars_per_case for model in both.models)
    # Stored by the job that it is of, which had the cases of both seeds.
    assert least["interval"] in [run.metrics["lost_least"]["interval"] for run in found]
    low, high = least["interval"]
    assert low < model.dollars_per_case < high
    own_low, own_high = model.metrics["dollars_per_case_interval"]
    assert low <= own_low
    assert high >= own_high


def test_the_verdict_of_a_renamed_model_counts_groups_in_the_currency_of_the_matrix(
    registry, tmp_path
):
    @hookimpl
    def fw_register_datasets():
        load = lambda: Dataset(*blobs(), ("no", "yes"), groups=np.arange(240) // 12)  # noqa: E731
        return [DatasetSpec("grouped", ("no", "yes"), load, default_model="logistic")]

    offer = plugin(fw_register_datasets=fw_register_datasets)
    registry.register(offer, Plugin("grouped", "fw-grouped", "1.0"))
    found = []
    for seed, epochs in ((0, 1), (7, 2)):
        config = RunConfig(
            dataset="grouped",
            cost_matrix=CostMatrix("five", ("no", "yes"), [[0, 1], [5, 0]], unit="EUR"),
            seed=seed,
            epochs=epochs,
            folds=2,
            out=tmp_path / str(seed),
            **PLAIN,
            report=False,
        )
        run(config, registry)
        found.append(read_run(tmp_path / str(seed)))
    found.sort(key=lambda run: run.served.metrics["validation"]["dollars_per_case"])
    both = merged(found, ("first", "second"))
    n = len(np.unique(both.groups))
    assert n < 10
    assert "(second)" in both.served.name
    verdict = both.metrics["verdict"]
    assert f"{n} test cases, or groups of them, are too few" in verdict
    assert "EUR " in verdict or "lost as much as" in verdict
    assert "$" not in verdict
