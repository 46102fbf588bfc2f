"""bench/dollars: its numbers, and that what has been run is not run again."""

import json
import sys
from pathlib import Path

import cases
import comparison
import numpy as np
import pytest
import report
import run
from calibrating import Task, best_calibrated, bias_corrected_temperature, sigmoid
from matrices import ordinal, random_costs
from store import Result, Store
from task_files import columns

from framework import Dataset, DatasetSpec

OURS = "framework: auto"
ROOT = Path(__file__).parents[2]
DOLLARS = ROOT / "bench" / "dollars"


def result(dataset, split, method, *costs, oracle=None):
    return Result(dataset, split, method, 10, costs, oracle or (0.0,) * len(costs), 1.0)


def of_three_splits(dataset, method, bench, random):
    pairs = zip(bench, random, strict=True)
    return [result(dataset, k, method, b, r, r) for k, (b, r) in enumerate(pairs)]


@pytest.fixture
def results():
    """Two data sets, ours and two rivals; on "hard" we lose to the forest."""
    return [
        *of_three_splits("easy", OURS, (1, 2, 3), (1, 1, 1)),
        *of_three_splits("easy", "forest", (2, 4, 6), (4, 4, 4)),
        *of_three_splits("easy", "boosting", (1, 3, 4), (2, 2, 2)),
        *of_three_splits("hard", OURS, (2, 2, 2), (1, 1, 1)),
        *of_three_splits("hard", "forest", (1, 1, 2), (1, 1, 1)),
        *of_three_splits("hard", "boosting", (4, 4, 4), (2, 2, 2)),
    ]


def test_a_ratio_is_that_of_the_dollars_of_all_splits():
    one = comparison.ratio("a", "forest", {0: 1.0, 1: 1.0, 2: 1.0}, {0: 1.0, 1: 2.0, 2: 3.0})
    assert one.value == pytest.approx(0.5)
    # Without each split 2/5, 2/4, 2/3: logarithms -.9163, -.6931, -.4055, twice their variance .0874
    assert one.error == pytest.approx(0.2957, abs=1e-4)


def test_a_ratio_takes_the_splits_that_both_have_and_needs_three():
    own = dict.fromkeys(range(5), 1.0)
    assert comparison.ratio("a", "b", own, {0: 2.0, 1: 2.0, 2: 2.0, 9: 50.0}).value == 0.5
    assert comparison.ratio("a", "b", own, {0: 2.0, 1: 2.0}) is None


def test_nothing_is_compared_with_a_rival_that_lost_nothing():
    nothing = dict.fromkeys(range(3), 0.0)
    assert comparison.ratio("a", "b", dict.fromkeys(range(3), 1.0), nothing) is None


def test_dollars_are_counted_from_perfect_decisions():
    found = comparison.losses([result("a", 0, "forest", 130.0, oracle=(100.0,))], "bench")
    assert found["a"]["forest"] == {0: 30.0}


def test_the_best_rival_of_each_data_set_is_known_afterwards(results):
    found = comparison.losses(results, "bench")
    ratios = comparison.against_best_of_each(found, OURS, ["easy", "hard"])
    assert [(one.rival, one.value) for one in ratios] == [("boosting", 0.75), ("forest", 1.5)]
    assert comparison.geometric_mean(ratios).value == pytest.approx((0.75 * 1.5) ** 0.5)
    assert comparison.without_easiest(ratios) == [ratios[1]]


def test_the_best_single_rival_is_the_same_for_all_data_sets(results):
    found = comparison.losses(results, "random")
    ratios = comparison.against_best_single(found, OURS, ["easy", "hard"])
    # forest: 1/4 and 1; boosting: 1/2 and 1/2. Both have a geometric mean of 1/2; the first is kept.
    assert [one.rival for one in ratios] == ["forest", "forest"]
    of_one = of_three_splits("easy", "lightgbm", (1, 1, 1), (0.1, 0.1, 0.1))
    found = comparison.losses([*results, *of_one], "random")
    again = comparison.against_best_single(found, OURS, ["easy", "hard"])
    assert [one.rival for one in again] == ["forest", "forest"]  # lightgbm has not answered "hard"


def test_own_rows_are_no_rivals(results):
    rows = of_three_splits("easy", "framework: what auto serves", (0.1,) * 3, (0.1,) * 3)
    found = comparison.losses([*results, *rows], "bench")
    assert comparison.rivals(found, OURS) == ["forest", "boosting"]
    assert comparison.rivals(found, "forest") == ["boosting"]


def test_the_report_says_where_we_lose(results, tmp_path, monkeypatch, capsys):
    store = Store(tmp_path)
    for one in [*results, Result("hard", 0, "catboost", failure="ImportError: no catboost")]:
        store.add(one)
    monkeypatch.setattr(sys, "argv", ["report.py", "--results", str(tmp_path)])
    report.main()
    told = capsys.readouterr().out
    assert "Where it loses: hard (the data set's matrix: 1.500 (" in told
    assert "catboost on hard, 1 times: ImportError: no catboost" in told
    assert "| easy | 3 | boosting | 0.750 (" in told


def test_pages_get_their_tables_anew(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- bench-dollars: costs -->\n\nold\n\n<!-- end -->\nb\n")
    report.write_into(page, {"ratios": "none is there", "costs": "| new |"})
    assert page.read_text() == "a\n<!-- bench-dollars: costs -->\n\n| new |\n\n<!-- end -->\nb\n"


def test_the_tables_of_the_pages_are_those_of_the_results_kept_here():
    results = list(Store(DOLLARS))
    blocks = report.blocks(results, OURS)
    for page in ("README.md", "docs/strategies.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for name, block in blocks.items():
            start = f"<!-- bench-dollars: {name} -->"
            if start in text:
                assert text.partition(start)[2].partition(report.END)[0].strip() == block
    assert all(f"<!-- bench-dollars: {name} -->" in text for name in blocks)


def test_results_are_kept_short_and_say_what_made_them(tmp_path):
    Store(tmp_path).add(result("a", 0, "forest", 1 / 3, oracle=(200 / 3,)))
    line = json.loads((tmp_path / "results.jsonl").read_text())
    assert (line["costs"], line["oracle"]) == ([0.3333333], [66.66667])
    assert all(one.commit for one in Store(DOLLARS))


def test_the_last_line_of_a_split_and_method_counts(tmp_path):
    store = Store(tmp_path)
    store.add(result("a", 0, "forest", 5.0))
    store.add(result("a", 0, "forest", 4.0))
    assert [one.costs for one in Store(tmp_path)] == [(4.0,)]


def test_random_costs_are_the_same_again_and_of_one_size():
    shares = np.array([0.7, 0.2, 0.1])
    costs = random_costs("a", 3, shares)
    assert (costs == random_costs("a", 3, shares)).all()
    assert (costs != random_costs("a", 4, shares)).any()
    assert (np.diag(costs) == 0).all()
    assert (shares @ costs).min() == pytest.approx(1.0)  # what the best constant decision costs


def test_ordinal_costs_count_steps_below_and_above_the_truth():
    assert ordinal(("a", "b", "c"), too_low=1, too_high=4).costs.tolist() == [
        [0, 4, 8],
        [1, 0, 4],
        [2, 1, 0],
    ]


def test_rivals_get_a_category_as_one_column():
    X = np.array([[1.0, 0.0, 30.0], [0.0, 1.0, 40.0], [0.0, 0.0, 50.0]])
    names = ("home=own", "home=rent", "age")
    dataset = Dataset(X, [0, 1, 0], ("no", "yes"), feature_names=names)
    spec = DatasetSpec("homes", dataset.labels, lambda: dataset)
    case = cases.Case("homes", 0, spec, dataset, np.array([False, False, True]), {}, None)
    found = columns(case)
    assert {name: list(values) for name, values in found.items()} == {
        "home": ["own", "rent", None],
        "age": [30.0, 40.0, 50.0],
    }


@pytest.mark.parametrize("way", [bias_corrected_temperature, sigmoid])
def test_calibration_says_what_came_true(way):
    p = np.tile([0.9, 0.1], (1000, 1))
    y = (np.arange(1000) >= 700).astype(int)
    assert way(p, y)(p[:1])[0] == pytest.approx([0.7, 0.3], abs=0.01)


def test_a_class_that_a_fold_lacks_keeps_a_probability():
    p = np.tile([0.6, 0.3, 0.1], (100, 1))
    y = (np.arange(100) >= 70).astype(int)
    assert sigmoid(p, y)(p[:1])[0] == pytest.approx([0.7, 0.3, 0.0], abs=0.01)
    assert sigmoid(p, y)(p[:1])[0, 2] > 0


def test_the_setting_with_the_least_log_loss_is_taken():
    import pandas as pd

    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    y = (x > 0).astype(int)
    task = Task(
        pd.DataFrame({"x": x}), y, pd.DataFrame({"x": [-1.0, 1.0]}), 2, 0, np.zeros((1, 2, 2))
    )

    def knows(X, y, Z):
        right = np.where(Z["x"].to_numpy() > 0, 0.8, 0.2)
        return np.column_stack([1 - right, right])

    def guesses(X, y, Z):
        return np.full((len(Z), 2), 0.5)

    answer = best_calibrated(task, {"guesses": guesses, "knows": knows})
    assert answer.setting == "knows"
    assert answer.test[0, 0] > 0.95  # always right, and so surer than it said
    assert answer.test[1, 1] > 0.95


@pytest.mark.slow
def test_what_has_been_run_is_not_run_again(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    nodes = rng.poisson(4, 60)
    rows = [f"{30 + k % 40},{60 + k % 10},{n},{1 + (n > 4)}" for k, n in enumerate(nodes)]
    (tmp_path / "tables").mkdir()
    table = tmp_path / "tables" / "haberman.csv"
    table.write_text("\n".join(["age,year,positive_nodes,status", *rows]))
    methods = ["logistic regression", "autogluon"]

    def lines(*options):
        command = ["run.py", "--data", str(tmp_path), "--results", str(tmp_path / "results")]
        command += ["--rivals", sys.executable, "--autogluon", sys.executable, "--splits", "1"]
        command += [word for name in methods for word in ("--method", name)]
        monkeypatch.setattr(sys, "argv", [*command, *options, "haberman"])
        run.main()
        found = (tmp_path / "results" / "results.jsonl").read_text().splitlines()
        return [json.loads(line) for line in found]

    first = lines()
    assert [(one["split"], one["method"]) for one in first] == [(0, name) for name in methods]
    for one in first:
        if one["method"] == "autogluon":  # whose environment is another one
            assert one["failure"].startswith("ModuleNotFoundError")
        else:
            assert one["failure"] == ""
            assert len(one["costs"]) == 13
            assert max(one["costs"][1:]) < 1  # dearer than no model at all would be
    assert lines() == first
    again = lines("--again", "logistic regression")
    assert len(again) == 3
    assert again[2]["costs"] == first[0]["costs"]


def test_groups_of_methods_have_names():
    assert run.named(["boosting", "forest"]) == ["forest", "lightgbm", "catboost"]


def test_a_data_set_that_is_missing_is_skipped(tmp_path, monkeypatch, capsys):
    command = ["run.py", "--data", str(tmp_path), "--results", str(tmp_path / "results"), "ecoli"]
    monkeypatch.setattr(sys, "argv", command)
    run.main()
    assert capsys.readouterr().out.startswith("ecoli: skipped: ")


@pytest.mark.slow
def test_the_networks_for_pictures_learn(tmp_path, monkeypatch):
    import augmented_cnn
    import fine_tuned
    import pictures

    y = np.arange(48) % 2
    rng = np.random.default_rng(0)
    X = (rng.uniform(0, 60, (48, 16, 16, 3)) + 150 * y[:, None, None, None]).astype("float32")
    test = np.arange(48) >= 32
    given = {"test": test, "y_train": y[:32], "groups": np.arange(48), "n_classes": 2, "seed": 0}
    np.savez(tmp_path / "task.npz", **given)
    np.save(tmp_path / "pictures.npy", X)
    monkeypatch.setattr(augmented_cnn, "EPOCHS", 10)
    monkeypatch.setattr(augmented_cnn, "BATCH", 8)
    methods = ["augmented CNN", "three augmented CNNs"]
    monkeypatch.setattr(sys, "argv", ["pictures.py", str(tmp_path), *methods])
    pictures.main()
    for method in methods:
        found = np.load(tmp_path / f"{method}.npz")
        np.testing.assert_allclose(found["probabilities"].sum(axis=1), 1)
        assert (found["probabilities"].argmax(axis=1) == y[test]).mean() > 0.9
    monkeypatch.setattr(fine_tuned, "HEAD_EPOCHS", 1)
    monkeypatch.setattr(fine_tuned, "EPOCHS", 1)
    backbone = fine_tuned.fine_tuned(X[:8], y[:8], 2, weights=None)
    assert backbone.predict(X[:2], verbose=0).shape == (2, 2)
