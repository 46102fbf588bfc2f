"""A run that keeps a promise: certified on validation cases, judged on the test part, served as judged."""

import numpy as np
import pytest

from framework import CostMatrix, RunConfig, load, read_run, run
from framework.core.errors import CostMatrixError
from framework.core.evaluation.certifying import referring
from framework.core.evaluation.promise import Certificate
from framework.report.run.headline import promise as told_of
from tests.conftest import FIVE, blobs, offering_blobs
from tests.experiment.conftest import SHORT_SEARCH

COSTS = CostMatrix("referring", ("no", "yes"), [[0, 10], [50, 0]], refer=[4, 4])
SETTINGS = {"dataset": "blobs", "cost_matrix": COSTS, "epochs": 20, "loss": "cross_entropy"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Of runs with a promise that few referrals keep, one that takes all of them, and one too many."""
    out, registry = tmp_path_factory.mktemp("promised"), offering_blobs()
    cheap = CostMatrix("cheap", ("no", "yes"), [[0, 10], [50, 0]], refer=[0.5, 0.5])
    for name, promise in (("kept", 4.6), ("all", 0.5), ("broken", "0.01@95%")):
        settings = {**SETTINGS, "promise": promise, "report": False, "out": out / name}
        if name == "all":
            settings["cost_matrix"] = cheap
        run(RunConfig(**settings), registry)
    return out


def certificate_of(run_data):
    return Certificate.from_json(run_data.metrics["promise"])


def test_it_is_certified_on_the_training_part_for_the_served_model(folders):
    found = read_run(folders / "kept")
    certificate, told = certificate_of(found), found.metrics["promise"]
    assert certificate.kept
    assert certificate.promise.most == 4.6
    assert certificate.n == found.metrics["n_train"]
    assert told["model"] == found.served.name
    assert told["validated_on"] == "5-fold cross-validation on the training part"


def test_the_test_part_is_decided_so_and_only_by_the_served_model(folders):
    found = read_run(folders / "kept")
    expected = -found.expected_dollars(found.served)
    certificate = certificate_of(found)
    assert found.served.decisions.tolist() == referring(expected, certificate).tolist()
    assert found.served.rule == "promise"
    assert {one.rule for one in found.models if one is not found.served} <= {
        "argmax",
        "minimum_expected_cost",
    }
    # Fewer referrals than the cheapest decisions take.
    assert certificate.referred < certificate.steps[0].referred


def test_what_is_loaded_and_served_decides_so_and_says_why(folders):
    found, model = read_run(folders / "kept"), load(folders / "kept")
    certificate = certificate_of(found)
    answers = model.answer(blobs()[0])
    assert answers.decisions.tolist() == referring(-answers.expected_dollars, certificate).tolist()
    assert answers.decided_by == certificate.rule
    assert answers.decided_by.startswith("promise: least expected cost, referred where")
    first = next(answers.records())
    assert first["decided_by"] == certificate.rule


def test_where_only_referring_all_keeps_it_all_are_referred(folders):
    found, model = read_run(folders / "all"), load(folders / "all")
    assert certificate_of(found).refers_all
    answers = model.answer(blobs()[0])
    assert set(answers.decisions.tolist()) == {2}
    assert answers.decided_by == "promise: every case is referred"


def test_a_promise_that_cannot_be_kept_is_a_warning_and_changes_nothing(
    folders, tmp_path, registry
):
    found = read_run(folders / "broken")
    assert not certificate_of(found).kept
    first, second, *_ = found.metrics["warnings"]
    assert "a loss of at most $0.01 a case cannot be promised with 95% confidence" in first
    assert "the smallest promise that can be kept is $" in second
    run(RunConfig(**SETTINGS, report=False, out=tmp_path / "plain"), registry)
    plain = read_run(tmp_path / "plain")
    assert plain.metrics["promise"] is None
    assert found.served.decisions.tolist() == plain.served.decisions.tolist()


def test_the_report_says_what_was_promised_and_what_came(folders):
    (told,) = told_of(read_run(folders / "kept"))
    assert "a loss of at most $4.60 a case is kept with 95% confidence" in told
    assert "On the test part it" in told
    assert "within the promise" in told
    assert told_of(read_run(folders / "broken")) == []


def test_an_uncalibrated_model_is_calibrated_for_it(tmp_path, registry):
    """And a pool keeps its weights."""
    for name, more in (
        ("plain", {"calibration": "none"}),
        ("pool", SHORT_SEARCH),
    ):
        out = tmp_path / name
        run(RunConfig(**SETTINGS, **more, promise=4.6, report=False, out=out), registry)
        found = read_run(out)
        assert found.served.rule == "promise"
        assert np.allclose(found.served.probabilities, found.served.stated)


def test_a_referral_must_have_a_price(registry):
    with pytest.raises(CostMatrixError, match="does not say what a referral costs"):
        run(RunConfig(dataset="blobs", cost_matrix=FIVE, promise=5, report=False), registry)
