"""Of classes with one case, with none, or with one in thousands, a sentence each."""

import numpy as np
import pytest

from framework import RunConfig, evaluate, run
from framework.core.costs.prevalence import Mix
from framework.experiment.results.scarce_classes import scarce_in_test, scarce_in_training
from framework.experiment.stored_runs.stored_run import read_run
from tests.conftest import THREE, blobs, offering_blobs

LABELS = ("fine", "leak", "fire")
COSTS = np.array([[0.0, 1, 1], [50, 0, 1], [9000, 8000, 0]])


def test_a_dear_class_without_a_test_case_is_said_to_be_untested():
    (told,) = scarce_in_test(np.array([0] * 90 + [1] * 10), COSTS, LABELS)
    assert told.startswith('no test case of "fire": what its mistakes cost (up to 9,000.00')
    assert told.endswith("was never tested")


def test_a_dear_class_in_a_few_test_cases_is_said_to_be_hardly_tested():
    (told,) = scarce_in_test(np.array([0] * 90 + [1] * 10 + [2] * 3), COSTS, LABELS)
    assert told.startswith('only 3 test cases of "fire"')
    assert (
        scarce_in_test(np.array([0] * 90 + [1] * 2 + [2] * 5), COSTS, LABELS) == []
    )  # leaks are cheap


def test_costs_of_the_case_count_by_their_dearest():
    y = np.array([0] * 20 + [1] * 2)
    costs = np.zeros((22, 2, 2))
    costs[:, 0, 1] = 1
    costs[:, 1, 0] = np.arange(22)
    (told,) = scarce_in_test(y, costs, ("no", "yes"))
    assert "up to 21.00 USD" in told


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, 'no test case of "leak": how that is decided was never tested'),
        (1, 'only 1 test case of "leak": how that is decided was hardly tested'),
    ],
)
def test_a_cheap_class_with_a_test_case_or_none_is_told_too(n, said):
    assert scarce_in_test(np.array([0] * 90 + [1] * n + [2] * 9), COSTS, LABELS) == [said]


def test_nothing_is_said_of_what_no_case_can_be():
    """A decision that the matrix allows to have no case of its own."""
    y, mix = np.array([0] * 90 + [1] * 10), Mix(np.array([0.9, 0.1, 0]))
    assert scarce_in_test(y, COSTS, LABELS, mix=mix) == []


def test_a_class_without_a_test_case_that_a_population_has_is_told():
    y = np.array([0] * 90 + [2] * 10)
    mix = Mix(np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.3, 0.1]))
    _, told = scarce_in_test(y, COSTS, LABELS, mix=mix)
    assert told == (
        "at these shares “leak” is 30% of the cases, but no test case is: figures leave it out"
    )


def test_a_class_of_a_single_training_case_is_told():
    (told,) = scarce_in_training(np.array([50, 40, 1]), LABELS)
    assert told.startswith(
        'only 1 training case of "fire": in validation it can be learned from or'
    )


def test_a_class_of_one_case_in_thousands_is_told():
    (told,) = scarce_in_training(np.array([9_991, 9, 0]), LABELS)
    assert told.startswith(
        '"leak": 9 of 10,000 training cases (0.09%), so that accuracy tells nothing'
    )
    assert scarce_in_training(np.array([9_990, 10, 0]), LABELS) == []


@pytest.fixture(scope="module")
def rare(tmp_path_factory):
    """A run of three classes, the last of which has one case, at a prevalence of the first."""
    from framework import DatasetSpec, hookimpl
    from framework.plugins.registry import Plugin
    from tests.conftest import plugin

    @hookimpl
    def fw_register_datasets():
        X, y = blobs(201)
        y[200] = 2
        return [DatasetSpec("rare", ("a", "b", "c"), lambda: (X, y), default_model="logistic")]

    registry = offering_blobs()
    offering = plugin(fw_register_datasets=fw_register_datasets)
    registry.register(offering, Plugin("rare", "fw-rare", "1"))
    config = RunConfig(
        dataset="rare",
        cost_matrix=THREE,
        epochs=2,
        report=False,
        prevalence={"a": 0.9},
        out=tmp_path_factory.mktemp("rare") / "run",
    )
    return run(config, registry)


def test_a_run_tells_them(rare):
    told = " ".join(rare.remarks)
    assert 'only 1 training case of "c"' in told
    assert 'no test case of "c": what its mistakes cost' in told
    assert "at these shares “c” is 0.132% of the cases, but no test case is" in told


def test_report_and_terminal_tell_them(rare):
    from rich.console import Console

    from framework.report.run.page import write_report
    from framework.report.run.text import run_text

    console = Console(width=400)
    with console.capture() as shown:
        console.print(run_text(read_run(rare.run_dir), rare.run_dir))
    page = write_report(rare.run_dir).read_text(encoding="utf-8")
    for said in ("only 1 training case of", "but no test case is: figures leave it out"):
        assert said in shown.get()
        assert said in page


def test_comparing_runs_tells_them(rare):
    from framework.experiment.stored_runs.compare import compare

    assert "“c” is 0.132% of the cases, but no test case is" in compare([rare.run_dir]).statement


def test_evaluating_answers_tells_them():
    y = ["a", "a", "b", "b"]
    found = evaluate(
        y, y, cost_matrix=THREE, labels=["a", "b", "c"], prevalence={"a": 0.9, "b": 0.05}
    )
    assert (
        "“c” is 5% of the cases, but no test case is: figures leave it out." in found._repr_html_()
    )
