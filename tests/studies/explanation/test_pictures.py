import json
import re

import numpy as np
import pytest
from PIL import Image

from framework import CostMatrix, RunConfig, explain, run
from framework.core.costs.cost_matrix_columns import ColumnCost
from framework.report.explanation.overlay import AGAINST, FOR, overlay
from tests.studies.explanation.conftest import SHAPES, far_shapes, shapes

# How costs train does not matter here: all models by the loss of the baseline, in one graph.
QUICK = {"epochs": 1, "loss": "cross_entropy", "report": False}


@pytest.fixture(scope="module")
def explanation(shapes_dir, offered):
    return explain(shapes_dir, pictures=3, registry=offered)


@pytest.mark.slow
def test_pictures_of_floats_are_explained_through_their_scaling(offered, tmp_path):
    run(RunConfig(dataset="far_shapes", cost_matrix=SHAPES, **QUICK, out=tmp_path / "run"), offered)
    check_outcomes(explain(tmp_path / "run", pictures=1, registry=offered), far_shapes()[0])


@pytest.mark.slow
def test_the_outcome_is_what_the_model_expects_of_its_decision(explanation):
    check_outcomes(explanation, shapes()[0])


@pytest.mark.slow
def test_what_is_expected_knows_nothing_of_what_is_known_afterwards(offered, tmp_path):
    claim = ColumnCost("dot", "bar", "claim", 1.0, known="afterwards")
    matrix = CostMatrix("claims", SHAPES.labels, [[0, 10], [0, 0]], column_costs=(claim,))
    config = RunConfig(dataset="claimed_shapes", cost_matrix=matrix, **QUICK, out=tmp_path / "run")
    run(config, offered)
    check_outcomes(explain(tmp_path / "run", pictures=1, registry=offered), shapes()[0])


@pytest.mark.slow
def test_of_actions_the_best_for_the_truth_is_right_and_a_dearer_one_wrong(offered, tmp_path):
    matrix = CostMatrix(
        "acts", SHAPES.labels, [[0, 3, 10], [400, 60, 0]], actions=("skip", "look", "clean")
    )
    config = RunConfig(dataset="shapes", cost_matrix=matrix, **QUICK, out=tmp_path / "run")
    run(config, offered)
    found = explain(tmp_path / "run", pictures=2, registry=offered)
    check_outcomes(found, shapes()[0])
    maps = [(picture.truth, of) for picture in found.found.pictures for of in picture.maps]
    best = {"bar": "skip", "dot": "clean"}
    for truth, of in maps:
        assert of.outcome == ("right" if of.decided == best[truth] else "wrong")
    assert {of.outcome for _, of in maps} == {"right", "wrong"}


def check_outcomes(explanation, X):
    for of_run in explanation.reloaded.models:
        name, model = of_run.name, of_run.trained
        for picture in explanation.found.pictures:
            answer = model.answer(X[picture.row][None])
            of = next(of for of in picture.maps if of.model == name)
            assert of.decided == model.decisions[answer.decisions[0]]
            assert of.expected == pytest.approx(answer.dollars[0], rel=1e-3)
            total = of.credit.sum() - (of.expected - of.expected_of_baseline)
            assert total == pytest.approx(of.gap, abs=1e-3)
            assert abs(of.gap) < 0.02 * np.abs(of.credit).sum()


@pytest.mark.slow
def test_the_dearest_mistakes_of_the_run_are_among_those_shown(explanation):
    run = explanation.reloaded.run
    shown = {str(p.row) for p in explanation.found.pictures if p.chosen_as == "mistake"}
    for model in run.models:
        wrong = np.flatnonzero(model.decisions != run.y_true)
        if len(wrong):
            dearest = model.case_dollars[wrong].min()
            same = {run.cases[k] for k in wrong if model.case_dollars[k] == dearest}
            assert same & shown
    assert len({p.row for p in explanation.found.pictures}) == len(explanation.found.pictures)


@pytest.mark.slow
def test_maps_are_in_the_folder_and_in_the_page_with_words(explanation, shapes_dir):
    told = json.loads((shapes_dir / "importance.json").read_text())
    assert len(told["pictures"]) == 3 * len(explanation.found.pictures) > 0
    for entry in told["pictures"]:
        with Image.open(shapes_dir / entry["file"]) as image:
            assert image.size == (192, 192)
    page = (shapes_dir / "importance.html").read_text(encoding="utf-8")
    images = re.findall(r'<img src="data:image/png;base64,[^"]+" alt="([^"]+)"', page)
    assert len(images) == 4 * len(explanation.found.pictures) + 1
    assert sum("what speaks most for it lies" in alt for alt in images) > 0


def test_what_speaks_for_the_decision_is_blue_and_what_speaks_against_it_orange():
    credit = np.zeros((4, 4))
    credit[0, 0], credit[3, 3] = 2.0, -2.0
    image = np.asarray(overlay(np.full((4, 4, 1), 128, np.uint8), credit), dtype=float)
    np.testing.assert_allclose(image[10, 10], FOR, atol=25)
    np.testing.assert_allclose(image[-10, -10], AGAINST, atol=25)
    grey = image[10, -10]
    assert grey[0] == grey[1] == grey[2]


@pytest.mark.slow
def test_a_referral_is_no_mistake_and_no_pixel_speaks_for_it(offered, tmp_path):
    matrix = CostMatrix("wary", ("bar", "dot"), [[0, 900], [900, 0]], refer=[7, 7])
    config = RunConfig(
        dataset="shapes",
        cost_matrix=matrix,
        decision_rule="minimum_expected_cost",
        out=tmp_path / "r",
        **QUICK,
    )
    run(config, offered)
    found = explain(tmp_path / "r", ["wary"], pictures=2, registry=offered).found
    referred = [of for p in found.pictures for of in p.maps if of.decided == "refer"]
    assert referred
    for of in referred:
        assert (of.outcome, of.came_to, of.expected) == ("referred", -7, pytest.approx(-7))
        assert not of.credit.any()
