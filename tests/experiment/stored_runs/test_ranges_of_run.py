"""Runs whose costs are ranges: judged by the likely values, or robust, and compared over all of them."""

import numpy as np
import pytest

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, load, read_run, run
from framework.core.errors import ArtifactError, CostMatrixError
from framework.core.uncertain_costs.minimax_regret import minimax_regret
from framework.core.uncertain_costs.uncertain_costs import UncertainCosts
from framework.experiment.stored_runs.ranges_of_run import (
    cost_ranges_of_run,
    ranges_for_page,
    ranges_of,
)
from framework.plugins.registry import Plugin
from tests.conftest import FIVE, blobs, offering_blobs, plugin
from tests.experiment.conftest import SHORT_SEARCH

RANGED = CostMatrix.from_dict(
    {
        "name": "ranged",
        "labels": ["no", "yes"],
        "costs": [[0, 1], [{"low": 1, "likely": 3, "high": 40}, 0]],
        "refer": {"low": 0.2, "likely": 0.5, "high": 2},
    }
)
BY_AMOUNT = CostMatrix.from_dict(
    {
        "name": "by amount",
        "labels": ["no", "yes"],
        "costs": [[0, {"low": 1, "likely": 2, "high": 9}], [{"column": "f0", "plus": 5}, 0]],
    }
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    out, registry = tmp_path_factory.mktemp("runs"), offering_blobs()
    settings = {"dataset": "blobs", "epochs": 3, "report": False, "loss": "cross_entropy"}
    for name in ("likely", "expected", "regret"):
        robust = {} if name == "likely" else {"robust": name}
        run(RunConfig(**settings, **robust, cost_matrix=RANGED, out=out / name), registry)
    return out


def test_without_more_the_likely_values_train_and_judge(folders):
    found = read_run(folders / "likely")
    assert found.costs.tolist() == [[0, 1, 0.5], [3, 0, 0.5]]
    assert found.matrix.ranges == RANGED.ranges


def test_robust_expected_puts_the_means_in_their_place_everywhere(folders):
    found = read_run(folders / "expected")
    miss, refer = (1 + 4 * 3 + 40) / 6, (0.2 + 4 * 0.5 + 2) / 6
    assert found.costs == pytest.approx(np.array([[0, 1, refer], [miss, 0, refer]]))
    assert found.matrix.ranges == RANGED.ranges
    trained = found.model("ranged").metrics["training_costs"]
    assert trained == pytest.approx(np.array([[0, 1], [miss, 0]]))
    served = load(folders / "expected")
    assert served.artifact.cost_matrix.dollar_costs() == pytest.approx(found.costs)


def test_robust_regret_decides_for_the_least_largest_regret_and_serves_it(folders):
    found = read_run(folders / "regret")
    assert found.costs.tolist() == [[0, 1, 0.5], [3, 0, 0.5]]
    trained = found.model("ranged").metrics["training_costs"]
    assert trained == pytest.approx(np.array([[0, 1], [20.5, 0]]))
    numbers = UncertainCosts.of(RANGED)
    served = load(folders / "regret", "ranged")
    X = blobs()[0]
    p = served.predict_proba(X)
    expected = minimax_regret(p, RANGED.dollar_costs(), numbers)
    assert served.decide(p).tolist() == expected.tolist()
    assert expected.tolist() != served.answer(X).expected_dollars.argmax(axis=1).tolist()
    assert served.answer(X).decided_by == "least largest regret"
    for name in ("built-in + decision", "ranged"):
        assert found.model(name).rule == "minimax_regret"


@pytest.mark.slow
def test_auto_pools_decide_so_too(tmp_path, registry):
    """And a pool is read again with its rule."""
    config = RunConfig(
        dataset="blobs",
        cost_matrix=RANGED,
        robust="regret",
        epochs=3,
        report=False,
        **SHORT_SEARCH,
        out=tmp_path / "run",
    )
    result = run(config, registry)
    assert result.model("ranged").decision.rule == "minimax_regret"


def test_models_that_decide_by_least_cost_are_decided_anew(folders):
    found = cost_ranges_of_run(folders / "likely", draws=300)
    assert {one.name: one.anew for one in found.models} == {
        "built-in": False,
        "built-in + decision": True,
        "ranged": True,
        "no model (best constant decision)": True,
    }
    judged = read_run(folders / "likely")
    for one in found.models[:3]:
        of_run = judged.model(one.name).dollars_per_case
        assert one.likely == pytest.approx(-of_run)
    fixed = cost_ranges_of_run(folders / "regret", model="ranged", draws=300)
    assert {one.name: one.anew for one in fixed.models}["ranged"] is False


def test_the_page_has_those_of_the_runs_own_matrix(folders, tmp_path, registry):
    page = ranges_for_page(read_run(folders / "likely"))
    assert page.to_json() == cost_ranges_of_run(folders / "likely").to_json()
    out = tmp_path / "run"
    run(RunConfig(dataset="blobs", cost_matrix=FIVE, epochs=1, report=False, out=out), registry)
    assert ranges_for_page(read_run(out)) is None


def test_matrices_of_several_people_may_be_put_to_any_run(folders):
    ben = CostMatrix.from_dict({**RANGED.to_dict(), "name": "ben", "costs": [[0, 4], [9, 0]]})
    found = cost_ranges_of_run(folders / "likely", [RANGED, ben, ben], draws=200)
    assert set(found.people) == {"ranged", "ben", "ben (3)"}
    assert {one.name for one in found.numbers} == {"no as yes", "yes as no", "refer"}


def priced():
    X, y = blobs()
    return Dataset(np.abs(X), y, ("no", "yes"), feature_names=("f0", "f1", "f2"))


def test_costs_of_the_case_stay_what_they_are(tmp_path, registry):
    """Decided and judged by each case's own costs, with the range beside them."""

    @hookimpl
    def fw_register_datasets():
        return [DatasetSpec("priced", ("no", "yes"), priced, default_model="logistic")]

    registry.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("p", "p", "1"))
    out = tmp_path / "run"
    settings = {"epochs": 2, "report": False, "loss": "cross_entropy"}
    run(RunConfig(dataset="priced", cost_matrix=BY_AMOUNT, out=out, **settings), registry)
    judged = read_run(out)
    found = ranges_of(judged, [judged.matrix], "by amount", 400)
    for one in found.models[:-1]:
        assert one.likely == pytest.approx(-judged.model(one.name).dollars_per_case)
    with pytest.raises(CostMatrixError, match="not those of the run's matrix"):
        ranges_of(judged, [CostMatrix("x", ("no", "yes"), [[0, 1], [1, 0]])], "by amount")


def test_what_does_not_fit_the_run_is_told(folders):
    judged = read_run(folders / "likely")
    with pytest.raises(CostMatrixError, match="it decides no, yes; the run no, yes, refer"):
        ranges_of(judged, [CostMatrix("x", ("no", "yes"), [[0, 1], [1, 0]])], "ranged")
    exact = CostMatrix("x", ("no", "yes"), [[0, 1], [1, 0]], refer=[1, 1])
    with pytest.raises(CostMatrixError, match="none of its costs is a range"):
        ranges_of(judged, [exact], "ranged")
    with pytest.raises(ArtifactError, match="has no model"):
        cost_ranges_of_run(folders / "likely", model="other")
