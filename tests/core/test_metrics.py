import subprocess
import sys

import numpy as np
import pytest

from framework import CostMatrix, DollarsPerCase, ExpectedCost, Savings
from framework.core.backend import keras, tf

COSTS = np.array([[0.0, 1.0, 2.0], [10.0, 0.0, 5.0], [3.0, 4.0, 0.0]])
Y = np.array([0, 1, 2, 1])
# Costs expected of the decisions, row p @ COSTS:
#   (0.8 0.1 0.1) -> 1.3 1.2 2.1: 1, which for truth 0 costs 1
#   (0.6 0.1 0.3) -> 1.9 1.8 1.7: 2, for truth 1: 5
#   (0.1 0.2 0.7) -> 4.1 2.9 1.2: 2, for truth 2: 0
#   (0.9 0.1 0.0) -> 1.0 0.9 2.3: 1, for truth 1: 0
P = np.array([[0.8, 0.1, 0.1], [0.6, 0.1, 0.3], [0.1, 0.2, 0.7], [0.9, 0.1, 0.0]])
MADE = np.array([1.0, 5.0, 0.0, 0.0])
ARGMAX = np.array([0.0, 10.0, 0.0, 10.0])  # the decisions 0 0 2 0
# Always 0: 0 10 3 10; always 1: 1 0 4 0, the best; always 2: 2 5 0 5. The oracle: 0.
BEST_CONSTANT = np.array([1.0, 0.0, 4.0, 0.0])
both = pytest.mark.parametrize("metric", [DollarsPerCase, Savings])


def test_dollars_per_case_by_hand():
    assert float(DollarsPerCase(COSTS)(Y, P)) == pytest.approx(-MADE.mean())
    assert float(DollarsPerCase(COSTS, "argmax")(Y, P)) == pytest.approx(-ARGMAX.mean())


def test_savings_by_hand():
    assert float(Savings(COSTS)(Y, P)) == pytest.approx((5 - 6) / 5)  # dearer than "always 1"
    assert float(Savings(COSTS)(Y, np.eye(3)[Y])) == pytest.approx(1)
    assert float(Savings(COSTS)(Y, np.eye(3)[[1, 1, 1, 1]])) == pytest.approx(0)


def test_savings_are_nan_where_a_constant_decision_is_perfect():
    assert np.isnan(float(Savings(COSTS)(np.array([1, 1]), P[:2])))


def test_a_right_decision_may_cost_something_too():
    metric = Savings([[0, 1300], [252000, 35000]])
    metric.update_state(np.array([0, 1]), np.array([[1, 0], [1, 0.0]]))
    # Always 1: 36,300; the oracle: 35,000; here 0 and 252,000.
    assert float(metric.result()) == pytest.approx((36_300 - 252_000) / 1300)


@both
def test_weights_count_cases_more_than_once_and_soft_labels_in_part(metric):
    weighted, repeated, soft = metric(COSTS), metric(COSTS), metric(COSTS)
    weighted.update_state(Y, P, sample_weight=np.array([3, 1, 0, 2]))
    repeat = np.array([0, 0, 0, 1, 3, 3])
    repeated.update_state(Y[repeat], P[repeat])
    assert float(weighted.result()) == pytest.approx(float(repeated.result()))
    soft.update_state(np.array([[0.5, 0.25, 0.25]]), P[:1])
    repeated.reset_state()
    repeated.update_state(np.array([0, 0, 1, 2]), P[[0, 0, 0, 0]])
    assert float(soft.result()) == pytest.approx(float(repeated.result()))


@both
@pytest.mark.parametrize("jit_compile", [True, False])
def test_adds_up_over_batches_and_starts_anew(metric, jit_compile):
    whole, batches = metric(COSTS), metric(COSTS)
    update = tf.function(batches.update_state, jit_compile=jit_compile)
    whole.update_state(Y, P)
    for _ in range(2):
        batches.reset_state()
        update(tf.constant(Y[:2]), tf.constant(P[:2]))
        update(tf.constant(Y[2:]), tf.constant(P[2:]))
        assert float(batches.result()) == pytest.approx(float(whole.result()))


def test_cents_survive_a_million_dear_cases():
    metric, y, p = (
        DollarsPerCase([[0.01, 1], [252000, 35000]]),
        np.zeros(1000),
        np.eye(2)[[0] * 1000],
    )
    metric.update_state(np.ones(1000), np.eye(2)[[0] * 1000])
    for _ in range(100):
        metric.update_state(y, p)
    assert float(metric.result()) == pytest.approx(-(252e6 + 1000) / 101_000, rel=1e-9)


def test_takes_what_the_losses_take():
    one = np.array([[0.1], [0.004]])
    two = np.hstack([1 - one, one])
    truths = np.array([0, 1])
    for y in (truths, truths[:, None], np.eye(2)[truths]):
        for p in (one, two, one.astype("float16"), tf.cast(two, "bfloat16")):
            assert float(DollarsPerCase([[0, 1], [200, 0]])(y, p)) == pytest.approx(-100.5)
    metric = DollarsPerCase([[0, 1], [200, 0]], from_logits=True)
    assert float(metric(truths, np.log(one / (1 - one)))) == pytest.approx(-100.5)


@both
@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([0, 3], P[:2], "from 0 to 2, received 3"),
        ([0, np.nan], P[:2], "from 0 to 2, received nan"),
        ([0, 1], 3 * P[:2], "give from_logits=True"),
        ([0, 1, 2], P[0], r"received shape \(3,\)"),
    ],
)
def test_refuses_what_the_losses_refuse(metric, y, p, message):
    with pytest.raises(ValueError, match=message):
        metric(COSTS).update_state(np.array(y), p)


@both
def test_becomes_nan_in_a_graph(metric):
    for y, p in (([0, -1], P[:2]), ([0, 1], 3 * P[:2]), ([0, 1], np.full((2, 3), np.nan))):
        bad = metric(COSTS)
        tf.function(bad.update_state)(tf.constant(y), tf.constant(p))
        assert np.isnan(float(bad.result()))


def test_a_cost_matrix_counts_in_dollars_and_may_refer():
    matrix = CostMatrix("m", ("a", "b"), [[0, 1], [200, 0]], dollars_per_unit=10, refer=0.5)
    # Referred where 5 is less than 10 P(a) and than 2,000 P(b): the first case; not the second.
    metric = DollarsPerCase(matrix)
    assert float(metric(np.array([0, 1]), np.array([[0.9, 0.1], [0.01, 0.99]]))) == -2.5
    with pytest.raises(ValueError, match=r"expected shape \(N, M\) with N, M >= 2"):
        DollarsPerCase([[0], [1]])
    with pytest.raises(ValueError, match="expected one of minimum_expected_cost, argmax"):
        DollarsPerCase(COSTS, "threshold")


@both
def test_config_round_trip(metric):
    first = metric(COSTS, "argmax", from_logits=True, name="mine")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(first))
    assert again.get_config() == first.get_config()
    assert float(again(Y, np.log(P + 1e-9))) == pytest.approx(float(first(Y, np.log(P + 1e-9))))


@pytest.mark.slow
def test_in_fit_and_evaluate_and_loaded_without_custom_objects(tmp_path):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", ExpectedCost(COSTS), metrics=[DollarsPerCase(COSTS), Savings(COSTS)])
    history = model.fit(P, Y, verbose=0, validation_data=(P, Y)).history
    told = model.evaluate(P, Y, verbose=0, return_dict=True)
    assert history["val_savings"][0] == pytest.approx(told["savings"])
    by_hand = -COSTS[Y, (model.predict(P, verbose=0) @ COSTS).argmin(axis=1)].mean()
    assert told["dollars_per_case"] == pytest.approx(by_hand)
    model.save(tmp_path / "m.keras")
    np.savez(tmp_path / "d.npz", P=P, Y=Y)
    code = (
        "import keras, numpy as np; from framework import DollarsPerCase, ExpectedCost;"
        f"m = keras.saving.load_model({str(tmp_path / 'm.keras')!r}, safe_mode=True);"
        f"d = np.load({str(tmp_path / 'd.npz')!r});"
        "print(m.evaluate(d['P'], d['Y'], verbose=0, return_dict=True)['dollars_per_case']);"
        "print(type(m.loss).__name__, *m.loss.cost_matrix.ravel())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    dollars, loss = done.stdout.splitlines()
    assert float(dollars) == pytest.approx(by_hand)
    assert loss.split() == ["ExpectedCost", *map(str, COSTS.ravel())]


def test_any_actions_may_be_decided_at_least_expected_cost():
    matrix = CostMatrix("m", ("a", "b"), [[0, 1, 4], [20, 9, 5]], actions=("leave", "ask", "act"))
    metric = DollarsPerCase(matrix)
    # 20 x .2 > .8 + 9 x .2: asked, for 1 and 9.
    assert float(metric(np.array([0, 1]), np.array([[0.8, 0.2], [0.8, 0.2]]))) == -5
    with pytest.raises(ValueError, match="the columns of cost_matrix are actions"):
        DollarsPerCase(matrix, "argmax")
    with pytest.raises(ValueError, match="a column for each class first"):
        DollarsPerCase([[0, 1], [1, 0], [2, 2]], "argmax")
