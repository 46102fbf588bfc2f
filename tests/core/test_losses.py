import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework import CostMatrix, ExpectedCost
from framework.core.backend import keras, tf
from framework.core.losses import (
    CrossEntropyPlusCost,
    WeightedCrossEntropy,
    cross_entropy,
    cross_entropy_plus_cost,
    expected_cost,
    weighted_cross_entropy,
)

MEDICAL = np.array([[0.0, 1.0], [200.0, 0.0]])
COSTS3 = np.array([[0.0, 1.0, 2.0], [10.0, 0.0, 5.0], [3.0, 4.0, 0.0]])


def rows_of(costs, y):
    return tf.constant(costs[y], tf.float32)


def test_expected_cost_worked_by_hand():
    y = np.array([0, 1, 2])
    p = tf.constant([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5]])
    # 0.3 * 1 + 0.2 * 2;  0.1 * 10 + 0.1 * 5;  0.25 * 3 + 0.25 * 4
    np.testing.assert_allclose(expected_cost(y, p, rows_of(COSTS3, y)), [0.7, 1.5, 1.75], rtol=1e-6)


def test_one_sigmoid_unit_is_the_published_binary_formula():
    y = np.array([1, 0, 1])
    s = np.array([0.25, 0.75, 0.9], dtype="float32")
    published = y * abs(1 - s) * 200 + (1 - y) * abs(s) * 1
    values = expected_cost(y, tf.constant(s[:, None]), rows_of(MEDICAL, y))
    np.testing.assert_allclose(values, published, rtol=1e-5)


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=20)
def test_a_sigmoid_equals_a_softmax_of_two(seed):
    rng = np.random.default_rng(seed)
    costs, y = rng.uniform(0, 9, (2, 2)), rng.integers(0, 2, 8)
    s = rng.uniform(0.01, 0.99, (8, 1)).astype("float32")
    one = expected_cost(y, tf.constant(s), rows_of(costs, y))
    two = expected_cost(y, tf.constant(np.hstack([1 - s, s])), rows_of(costs, y))
    np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


def gradient_by_logits(costs, y, logits):
    logits = tf.Variable(logits)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(expected_cost(y, tf.nn.softmax(logits), tf.constant(costs[y])))
    return tape.gradient(loss, logits).numpy()


def expected_cost_by_hand(costs, y, logits):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (costs[y] * p).sum()


@given(st.integers(0, 10_000), st.integers(2, 5))
@settings(deadline=None, max_examples=20)
def test_the_gradient_agrees_with_finite_differences(seed, n):
    rng = np.random.default_rng(seed)
    costs, y, logits = rng.uniform(0, 9, (n, n)), rng.integers(0, n, 4), rng.normal(size=(4, n))
    step = 1e-6
    numeric = np.zeros_like(logits)
    for cell in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[cell] += step
        down[cell] -= step
        numeric[cell] = (
            expected_cost_by_hand(costs, y, up) - expected_cost_by_hand(costs, y, down)
        ) / (2 * step)
    np.testing.assert_allclose(gradient_by_logits(costs, y, logits), numeric, rtol=1e-4, atol=1e-6)


@given(st.integers(0, 10_000), st.floats(0, 100))
@settings(deadline=None, max_examples=20)
def test_a_constant_added_to_a_row_leaves_the_gradient_alone(seed, constant):
    rng = np.random.default_rng(seed)
    costs, y, logits = rng.uniform(0, 9, (3, 3)), rng.integers(0, 3, 6), rng.normal(size=(6, 3))
    shifted = costs.copy()
    shifted[1] += constant
    np.testing.assert_allclose(
        gradient_by_logits(costs, y, logits), gradient_by_logits(shifted, y, logits), atol=1e-9
    )


def test_cross_entropy_is_keras_own():
    y = np.array([0, 1, 1])
    s = tf.constant([[0.2], [0.7], [0.4]])
    np.testing.assert_allclose(cross_entropy(y, s), -np.log([0.8, 0.7, 0.4]), rtol=1e-5)
    p = tf.constant([[0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
    np.testing.assert_allclose(cross_entropy(y, p), -np.log([0.8, 0.7, 0.4]), rtol=1e-5)


def test_weighted_cross_entropy_worked_by_hand():
    y = np.array([1, 2])
    p = tf.constant([[0.1, 0.8, 0.1], [0.25, 0.25, 0.5]])
    # Rows 10 0 5 and 3 4 0: mean mistake 7.5 and 3.5.
    values = weighted_cross_entropy(y, p, rows_of(COSTS3, y))
    np.testing.assert_allclose(values, [-7.5 * np.log(0.8), -3.5 * np.log(0.5)], rtol=1e-5)


def test_cross_entropy_plus_cost_is_the_sum():
    y = np.array([1, 2])
    p = tf.constant([[0.1, 0.8, 0.1], [0.25, 0.25, 0.5]])
    rows = rows_of(COSTS3, y)
    np.testing.assert_allclose(
        cross_entropy_plus_cost(y, p, rows),
        cross_entropy(y, p) + expected_cost(y, p, rows),
        rtol=1e-6,
    )


@pytest.mark.parametrize("loss", [weighted_cross_entropy, cross_entropy_plus_cost])
def test_every_loss_takes_a_sigmoid_as_two_classes(loss):
    y = np.array([1, 0, 1])
    s = np.array([[0.25], [0.75], [0.9]], dtype="float32")
    one = loss(y, tf.constant(s), rows_of(MEDICAL, y))
    two = loss(y, tf.constant(np.hstack([1 - s, s])), rows_of(MEDICAL, y))
    np.testing.assert_allclose(one, two, rtol=1e-4)


@pytest.mark.parametrize("loss", [expected_cost, weighted_cross_entropy, cross_entropy_plus_cost])
def test_gradients_agree_with_finite_differences(loss):
    rng = np.random.default_rng(0)
    y, logits = np.array([0, 1, 2, 1]), rng.normal(size=(4, 3))

    def value(z):
        return tf.reduce_sum(loss(y, tf.nn.softmax(z), tf.constant(COSTS3[y])))

    variable = tf.Variable(logits)
    with tf.GradientTape() as tape:
        total = value(variable)
    analytic = tape.gradient(total, variable).numpy()
    step = 1e-5
    for cell in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[cell] += step
        down[cell] -= step
        numeric = float(value(tf.constant(up)) - value(tf.constant(down))) / (2 * step)
        assert analytic[cell] == pytest.approx(numeric, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("loss", [ExpectedCost, WeightedCrossEntropy, CrossEntropyPlusCost])
def test_every_keras_loss_survives_its_config(loss):
    y, logits = np.array([0, 1]), np.array([[0.5, -1, 2], [0.1, 0.8, 3]], dtype="float32")
    first = loss(COSTS3, from_logits=True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(first))
    assert again.get_config() == first.get_config()
    assert float(again(y, logits)) == pytest.approx(float(first(y, logits)))


class TestExpectedCost:
    """The Keras class around the function."""

    y = np.array([0, 1, 2, 1])
    p = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5], [0, 1, 0]], dtype="float32")
    values = np.array([0.7, 1.5, 1.75, 0])

    def test_is_the_mean_over_the_batch(self):
        assert float(ExpectedCost(COSTS3)(self.y, self.p)) == pytest.approx(self.values.mean())

    @pytest.mark.parametrize(
        "y", [y := np.array([0, 1, 2, 1]), y[:, None], y.astype("float32"), np.eye(3)[y]]
    )
    def test_takes_indices_and_one_hot_labels(self, y):
        assert float(ExpectedCost(COSTS3)(y, self.p)) == pytest.approx(self.values.mean())

    def test_weighs_cases(self):
        weights = np.array([1, 0, 2, 1.0])
        value = ExpectedCost(COSTS3)(self.y, self.p, sample_weight=weights)
        assert float(value) == pytest.approx((self.values * weights).sum() / 4)

    def test_reductions(self):
        assert float(ExpectedCost(COSTS3, reduction="sum")(self.y, self.p)) == pytest.approx(3.95)
        unreduced = ExpectedCost(COSTS3, reduction=None)(self.y, self.p)
        np.testing.assert_allclose(unreduced, self.values, rtol=1e-6)

    def test_takes_a_cost_matrix_object(self):
        matrix = CostMatrix("m", ("a", "b", "c"), COSTS3)
        np.testing.assert_array_equal(ExpectedCost(matrix).cost_matrix, COSTS3)

    def test_config_round_trip(self):
        loss = ExpectedCost(COSTS3, reduction="sum", name="mine")
        again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
        assert again.get_config() == loss.get_config()
        assert float(again(self.y, self.p)) == pytest.approx(3.95)

    def test_bfloat16(self):
        value = ExpectedCost(COSTS3, dtype="bfloat16")(self.y, self.p)
        assert value.dtype == "bfloat16"
        assert float(value) == pytest.approx(self.values.mean(), rel=0.02)

    def test_bfloat16_refuses_more_classes_than_it_can_count(self):
        with pytest.raises(ValueError, match="more than 256 class indices"):
            ExpectedCost(1 - np.eye(257), dtype="bfloat16")

    @pytest.mark.parametrize(
        ("costs", "message"),
        [
            ([[0, 1]], r"expected shape \(N, N\) with N >= 2, received \(1, 2\)"),
            ([[0, np.nan], [1, 0]], "row 0 .truth., column 1 .* received nan"),
            ([[0, 1], [np.inf, 0]], "row 1 .truth., column 0 .* received inf"),
            ([[0, 1], [1e39, 0]], r"expected a finite number up to 3.4e\+38, received 1e\+39"),
        ],
    )
    def test_refuses_a_bad_matrix(self, costs, message):
        with pytest.raises(ValueError, match=message):
            ExpectedCost(costs)

    def test_refuses_predictions_of_another_width(self):
        with pytest.raises(ValueError, match="expected 3 probabilities per case"):
            ExpectedCost(COSTS3)(self.y, self.p[:, :2])

    def test_trains_in_model_fit(self):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation="softmax")])
        model.compile("sgd", ExpectedCost(COSTS3))
        history = model.fit(self.p, self.y, epochs=20, verbose=0).history["loss"]
        assert history[-1] < history[0]


def test_through_a_softmax_the_expected_cost_has_the_same_value_and_gradients():
    """From logits, as in training, and from probabilities alone."""
    rng = np.random.default_rng(0)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(5, activation="softmax")])
    x = tf.constant(rng.normal(size=(8, 6)), tf.float32)
    y, costs = rng.integers(0, 5, 8), tf.constant(rng.uniform(0, 3, (8, 5)), tf.float32)

    @tf.function
    def value_and_gradients(keep_logits):
        with tf.GradientTape() as tape:
            p = model(x, training=True)
            assert hasattr(p, "_keras_logits")  # what the loss looks for
            value = tf.reduce_mean(expected_cost(y, p if keep_logits else tf.identity(p), costs))
        return value, *tape.gradient(value, model.trainable_variables)

    for fast, plain in zip(value_and_gradients(True), value_and_gradients(False), strict=True):
        np.testing.assert_allclose(fast, plain, atol=1e-6)


def test_of_actions_a_loss_is_given_the_regret_of_acting_on_classes():
    matrix = CostMatrix("m", ("a", "b"), [[0, 1, 4], [20, 9, 5]], actions=("leave", "ask", "act"))
    # As if "a": leave; as if "b": act. 4 and 20 - 5 are above the best.
    assert ExpectedCost(matrix).cost_matrix.tolist() == [[0, 4], [15, 0]]
