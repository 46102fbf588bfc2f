"""What a training job prints for SageMaker to read, and for a person."""

import io
import re
from contextlib import redirect_stdout
from dataclasses import replace

import pytest

from framework import RunConfig, run
from framework.container.log import Epochs, check_objective, print_models
from framework.core.errors import TrainingError
from framework.sagemaker.jobs.metric_lines import METRICS, OBJECTIVE, model_line

from ..conftest import FIVE, offering_blobs

FIGURES = {metric["Name"]: metric["Regex"] for metric in METRICS}
TUNED = replace(FIVE, name="tuned")


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Result and log of two jobs that differ in a setting of training with costs alone."""
    folder, registry, found = tmp_path_factory.mktemp("jobs"), offering_blobs(), []
    for weight in (0.1, 50):
        config = RunConfig(
            dataset="blobs",
            cost_matrix=(TUNED, FIVE),
            loss="cross_entropy_plus_cost",
            cost_weight=weight,
            epochs=1,
            folds=2,
            out=folder / str(weight),
            report=False,
        )
        result = run(config, registry)
        with redirect_stdout(io.StringIO()) as log:
            print_models(result, result.model("built-in + decision"))
        found.append((result, log.getvalue()))
    return found


def test_a_tuners_objective_is_of_the_model_that_is_tuned(jobs):
    objectives = []
    for result, log in jobs:
        (found,) = re.findall(FIGURES[OBJECTIVE], log)
        objectives.append(float(found))
        expected = result.model("tuned").choice.trial.dollars_per_case
        assert objectives[-1] == pytest.approx(expected)
    # The setting moves it, though not what is served.
    served = [re.findall(FIGURES["validation_dollars_per_case"], log) for _, log in jobs]
    assert served[0] == served[1]
    assert len(served[0]) == 1
    assert objectives[0] != objectives[1]


def test_the_objective_is_told_while_training_goes_on(tmp_path, capfd):
    seen, told = [], Epochs()

    def progress(now):
        seen.append((now.epoch, now.objective()))
        told(now)

    config = RunConfig(
        dataset="blobs", cost_matrix=(TUNED,), epochs=3, folds=2, out=tmp_path / "r", report=False
    )
    result = run(config, offering_blobs(), progress)
    final = result.first_trained.choice.trial.dollars_per_case
    objectives = [dollars for _, dollars in seen if dollars is not None]
    # Of every epoch once: the equal-cost baseline, which is trained beside, has none.
    assert len(objectives) == 3
    assert len(set(objectives)) > 1
    assert objectives[-1] == pytest.approx(final)
    printed = re.findall(FIGURES[OBJECTIVE], capfd.readouterr().out)
    assert float(printed[-1]) == pytest.approx(final)


def test_the_log_says_what_the_mistakes_cost(jobs):
    for result, log in jobs:
        assert result.cost_sentences
        for sentence in result.cost_sentences:
            assert sentence in log


@pytest.mark.parametrize("dollars", [float("nan"), float("-inf"), None])
def test_dollars_that_are_no_number_are_no_figure_and_a_failed_objective(jobs, dollars):
    assert model_line("m", True, {"savings": dollars}) == "served model=m;"
    (result, _), _ = jobs
    check_objective(result)
    model = result.first_trained
    trial = replace(model.choice.trial, dollars_per_case=dollars)
    broken = replace(model, choice=replace(model.choice, trial=trial))
    result = replace(result, models=(broken,))
    with pytest.raises(
        TrainingError, match=f'of the model "tuned" is {dollars}, expected a finite'
    ):
        check_objective(result)
