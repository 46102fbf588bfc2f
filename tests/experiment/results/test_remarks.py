"""What a run, a sweep and an endpoint say of their matrices and cases before any figure."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from framework import CostMatrix, Dataset, DatasetSpec, RunConfig, hookimpl, run, sweep
from framework.cli.main import main
from framework.core.cases.splitting import split
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.core.errors import CostMatrixError, DataError
from framework.plugins.registry import Plugin, Registry
from framework.report.sweep.text import sweep_text
from tests.conftest import FIVE, blobs, plugin
from tests.experiment.conftest import PLAIN

LABELS = ("no", "yes")
WEIGHTS = CostMatrix("weights", LABELS, [[1, 2], [5, 1]])
LOSS = ColumnCost("yes", "no", "loss", 1.0)


def cases(n_given=0):
    X, y = blobs(200)
    X[150:160] = X[:10]  # ten cases twice, of the same labels
    y[150:160] = y[:10]
    loss = {"loss": np.where(y == 1, 900.0, 0.0)}
    test = np.arange(200) >= 140 if n_given else None
    return Dataset(X, y, LABELS, ("a", "b", "c"), cost_columns=loss, test=test)


@pytest.fixture(scope="module")
def registry():
    @hookimpl
    def fw_register_datasets():
        return [
            DatasetSpec("cases", LABELS, cases, default_model="logistic"),
            DatasetSpec("given", LABELS, lambda: cases(1), default_model="logistic"),
            DatasetSpec("unseen", ("a", "b", "call"), blobs_of_two, default_model="mlp"),
        ]

    found = Registry(entry_points=[])
    found.register(plugin(fw_register_datasets=fw_register_datasets), Plugin("c", "fw-c", "1"))
    return found


def blobs_of_two():
    return blobs(160)


def of_run(registry, tmp_path, **settings):
    settings = {"dataset": "cases", "epochs": 1, "report": False, **PLAIN, **settings}
    return run(RunConfig(**settings, out=tmp_path / "run"), registry)


def test_a_run_warns_of_its_matrices_and_of_cases_on_both_sides(registry, tmp_path):
    result = of_run(registry, tmp_path, cost_matrix=[FIVE, WEIGHTS])
    told = json.loads((tmp_path / "run" / "metrics.json").read_text())["warnings"]
    assert told == list(result.warnings)
    weights, twice = told[:2]
    assert weights.startswith('cost matrix "weights": "costs" has ones on the diagonal')
    assert "test cases have exactly the features of a training case" in twice


def test_a_run_says_which_of_the_users_settings_it_ignores(registry, tmp_path):
    result = of_run(registry, tmp_path, dataset="given", cost_matrix=FIVE, test_fraction=0.1)
    assert "--test-fraction is ignored: the test part came with the data" in result.warnings
    assert len(result.test.rows) == 60


def test_a_run_says_that_cost_columns_alone_decide(registry, tmp_path):
    matrix = CostMatrix("leaky", LABELS, [[0, 10], [0, 0]], column_costs=[LOSS])
    result = of_run(registry, tmp_path, cost_matrix=matrix)
    assert any('the cost columns ("loss") alone fix the decision' in t for t in result.warnings)


def test_a_sweep_shows_what_its_matrix_means_and_warns(registry, tmp_path):
    config = RunConfig(dataset="cases", cost_matrix=WEIGHTS, epochs=1, out=tmp_path / "sweep")
    data = sweep(config, ratio="fn:fp=1..9", points=2, registry=registry).data
    assert data["cost_sentences"][0] == 'calling a "yes" case "no" costs 5 USD'
    page = (tmp_path / "sweep" / "report.html").read_text()
    shown = "\n".join(str(part) for part in sweep_text(data, report=True).renderables)
    for text in (page, shown):
        assert "as a matrix of weights has" in text
        assert "exactly the features of a training case" in text
        assert "costs 5 USD" in text


def test_a_sweep_decides_without_what_is_known_afterwards(registry, tmp_path):
    """Costs that give the truth away would decide every case rightly, without any model."""
    later = replace(LOSS, known="afterwards")
    matrix = CostMatrix("later", LABELS, [[0, 10], [0, 0]], column_costs=[later])
    config = RunConfig(
        dataset="cases", cost_matrix=matrix, epochs=1, out=tmp_path / "sweep", report=False
    )
    swept = sweep(config, cells="cell=no->yes:1..100", points=2, registry=registry)
    moved = next(model for model in swept.models if model.family == "moved")
    dataset = cases()
    assert not np.array_equal(moved.test, dataset.y[split(dataset).test])


def test_a_decision_that_is_no_class_in_training_needs_to_be_allowed(registry, tmp_path):
    """ "call" is never a truth; where a call costs less than guessing, it is decided."""
    costs = [[0, 100, 3], [100, 0, 3], [100, 100, 0]]
    matrix = CostMatrix("m", ("a", "b", "call"), costs)
    settings = {"dataset": "unseen", "decision_rule": "minimum_expected_cost"}
    with pytest.raises(DataError, match=r'"allow": \["unseen_classes"\]'):
        of_run(registry, tmp_path, cost_matrix=matrix, **settings)
    allowed = replace(matrix, allow=("unseen_classes",))
    result = of_run(registry, tmp_path, cost_matrix=allowed, **settings)
    assert (result.model("m").decisions == 2).any()
    assert result.model("m").evaluation.confusion_matrix[2].sum() == 0


def test_an_ill_matrix_is_refused_at_the_door(tmp_path):
    data = {"name": "m", "labels": ["benign", "malignant"], "costs": [[0, -1300], [252000, 35000]]}
    (tmp_path / "m.json").write_text(json.dumps(data))
    with pytest.raises(CostMatrixError, match="this mistake costs -1300"):
        run(RunConfig(dataset="breast_cancer", cost_matrix=str(tmp_path / "m.json")))


def test_the_check_looks_at_the_cases_where_it_can(tmp_path):
    mean_area = ColumnCost("malignant", "benign", "no such column", 1.0)
    matrix = CostMatrix("m", ("benign", "malignant"), [[0, 1], [0, 0]], column_costs=[mean_area])
    matrix.to_file(tmp_path / "m.json")
    arguments = ["matrix", "check", str(tmp_path / "m.json"), "--dataset"]
    done = CliRunner().invoke(main, [*arguments, "breast_cancer"])
    assert done.exit_code == 2
    assert 'the dataset "breast_cancer" has no column "no such column"' in done.stderr
    done = CliRunner().invoke(
        main, ["matrix", "check", "amount.json", "--dataset", "german_credit"]
    )
    assert "its costs for the cases were not looked at" in done.stdout
