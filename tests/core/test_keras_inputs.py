"""What the Keras losses do with labels, predictions and matrices that are not as they should be."""

import numpy as np
import pytest

from framework import (
    CostMatrix,
    CrossEntropyPlusCost,
    DollarsPerCase,
    ExpectedCost,
    WeightedCrossEntropy,
)
from framework.core.backend import keras, tf
from framework.core.costs.cost_matrix_columns import ColumnCost

COSTS = np.array([[0.0, 1.0, 2.0], [10.0, 0.0, 5.0], [3.0, 4.0, 0.0]])
EQUAL = 1 - np.eye(2)
P = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1]], dtype="float32")
LOSSES = [ExpectedCost, WeightedCrossEntropy, CrossEntropyPlusCost]
every_loss = pytest.mark.parametrize("loss", LOSSES)
no_class = pytest.mark.parametrize("label", [-1, 3, 0.9, np.nan])


@every_loss
@no_class
def test_a_label_that_is_no_class_is_told(loss, label):
    with pytest.raises(ValueError, match=rf"from 0 to 2, received {label:g} \(case 1 of the batch"):
        loss(COSTS)(np.array([0, label]), P)


@pytest.mark.parametrize("jit_compile", [True, False])
@every_loss
@no_class
def test_a_label_that_is_no_class_makes_a_compiled_loss_nan(loss, label, jit_compile):
    compiled = tf.function(lambda y, p: loss(COSTS, reduction=None)(y, p), jit_compile=jit_compile)
    values = compiled(tf.constant([0, label], tf.float32), tf.constant(P)).numpy()
    assert np.isfinite(values[0])
    assert np.isnan(values[1])


@pytest.mark.parametrize("jit_compile", [True, False])
@pytest.mark.parametrize("label", [-1, 3, 0.9])
def test_a_label_that_is_no_class_cannot_be_overlooked_in_fit(label, jit_compile):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", ExpectedCost(COSTS), jit_compile=jit_compile)
    history = model.fit(P, np.array([0, label]), verbose=0).history["loss"]
    assert np.isnan(history[0])
    assert np.isnan(model.get_weights()[0]).any()  # nor served


@every_loss
def test_logits_taken_for_probabilities_are_told(loss):
    logits = np.array([[2.0, -1.0, 0.5], [0.1, 3.0, -2.0]], dtype="float32")
    with pytest.raises(ValueError, match=r"received 2, -1, 0.5 .*give from_logits=True"):
        loss(COSTS)(np.array([0, 1]), logits)
    compiled = tf.function(lambda p: loss(COSTS)(tf.constant([0.0, 1.0]), p))
    assert np.isnan(compiled(tf.constant(logits)))
    with pytest.raises(ValueError, match=r"received 1.5 "):
        loss(EQUAL)(np.array([0, 1]), np.array([[0.5], [1.5]]))


@every_loss
@pytest.mark.parametrize("jit_compile", [True, False])
def test_from_logits_is_the_loss_of_their_softmax_or_sigmoid(loss, jit_compile):
    logits, y = np.array([[2.0, -1.0, 0.5], [0.1, 3.0, -2.0]]), np.array([0, 1])
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    compiled = tf.function(loss(COSTS, from_logits=True), jit_compile=jit_compile)
    assert float(compiled(y, logits)) == pytest.approx(float(loss(COSTS)(y, p)), rel=1e-5)
    one = np.array([[2.0], [-1.0]])
    by_hand = loss(EQUAL)(y, 1 / (1 + np.exp(-one)))
    assert float(loss(EQUAL, from_logits=True)(y, one)) == pytest.approx(float(by_hand), rel=1e-5)


@pytest.mark.parametrize("eagerly", [True, False])
@pytest.mark.parametrize(("units", "activation"), [(2, "softmax"), (1, "sigmoid"), (2, "sigmoid")])
@every_loss
def test_a_network_with_an_activation_is_refused_from_logits(loss, units, activation, eagerly):
    """It would be taken twice: a certain 1 becomes .73."""
    ends = keras.layers.Dense(units, activation=activation)
    model = keras.Sequential([keras.Input((3,)), ends])
    model.compile("sgd", loss(EQUAL, from_logits=True), run_eagerly=eagerly)
    with pytest.raises(ValueError, match="expected logits, received the outputs of a softmax or"):
        model.fit(P, np.array([0, 1]), verbose=0)
    model.compile("sgd", metrics=[DollarsPerCase(EQUAL, from_logits=True)], run_eagerly=eagerly)
    with pytest.raises(ValueError, match="leave out from_logits=True"):
        model.evaluate(P, np.array([0, 1]), verbose=0)


@every_loss
def test_numbers_that_are_all_probabilities_are_warned_of_from_logits(loss):
    with pytest.warns(UserWarning, match="received numbers that in each case are probabilities"):
        loss(COSTS, from_logits=True)(np.array([0, 1]), P)
    # Logits that are not, nor a unit's between 0 and 1.
    loss(COSTS, from_logits=True)(np.array([0, 1]), 2 * P)
    loss(EQUAL, from_logits=True)(np.array([0, 1]), np.array([[0.3], [0.6]]))


@every_loss
def test_predictions_without_a_column_per_class_are_refused_compiled_too(loss):
    flat = np.array([0.2, 0.9], dtype="float32")  # as wide as the matrix, by chance
    for call in (loss(EQUAL), tf.function(loss(EQUAL))):
        with pytest.raises(
            ValueError, match=r"\(batch, 2\), or \(batch, 1\).*received shape \(2,\)"
        ):
            call(np.array([0, 1]), flat)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros((2, 2)), r"or shares \(batch, 3\); received shape \(2, 2\)"),
        (np.zeros((2, 1, 1)), r"received shape \(2, 1, 1\)"),
        (np.zeros(1), "as many cases in both, received 1 and 2"),
        (np.array([[0.5, 0.2, 0.1], [1, 0, 0]]), "sum to 1, received 0.5, 0.2, 0.1 .case 0"),
        (np.array([[1, 0, 0], [1.5, -0.5, 0]]), "sum to 1, received 1.5, -0.5, 0 .case 1"),
    ],
)
def test_labels_of_another_shape_or_sum_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        ExpectedCost(COSTS)(y, P)


def test_soft_labels_are_used_softly_in_every_part_of_a_loss():
    y, p = np.array([[0.5, 0.5]]), np.array([[0.1, 0.9]])
    entropy = -0.5 * np.log(0.1) - 0.5 * np.log(0.9)
    assert entropy == pytest.approx(1.204, abs=5e-4)
    assert float(WeightedCrossEntropy(EQUAL)(y, p)) == pytest.approx(entropy, rel=1e-5)
    # The expected cost is 0.5 x 0.9 + 0.5 x 0.1.
    assert float(CrossEntropyPlusCost(EQUAL)(y, p)) == pytest.approx(entropy + 0.5, rel=1e-5)
    one = CrossEntropyPlusCost(EQUAL)(y, p[:, 1:])
    assert float(one) == pytest.approx(entropy + 0.5, rel=1e-5)


@every_loss
@pytest.mark.parametrize("from_logits", [True, False])
def test_a_soft_label_is_the_mean_over_its_classes_gradients_too(loss, from_logits):
    share, outputs = np.array([0.2, 0.5, 0.3]), tf.Variable(P[:1])
    of_class = loss(COSTS, reduction=None, from_logits=from_logits)

    def value_and_gradient(value):
        with tf.GradientTape() as tape:
            total = value()
        return float(total), tape.gradient(total, outputs).numpy()

    soft = value_and_gradient(lambda: of_class(share[None], outputs)[0])
    parts = [value_and_gradient(lambda k=k: of_class(np.array([k]), outputs)[0]) for k in range(3)]
    assert soft[0] == pytest.approx(share @ [value for value, _ in parts], rel=1e-5)
    mean = np.tensordot(share, [gradient for _, gradient in parts], axes=1)
    np.testing.assert_allclose(soft[1], mean, rtol=1e-4, atol=1e-5)


def test_the_diagonal_is_taken_off_as_regret():
    """A missed one costs 252,000 - 35,000 more than a found one: 166.9 times a false alarm."""
    loss, p = WeightedCrossEntropy([[0, 1300], [252000, 35000]]), np.array([[0.5, 0.5]])
    false_alarm, miss = (float(loss(np.array([truth]), p)) for truth in (0, 1))
    assert miss / false_alarm == pytest.approx(217_000 / 1300, rel=1e-6)
    given = CostMatrix("m", ("a", "b"), EQUAL, training_costs=[[5, 6], [25, 5]])
    assert given.loss_weights.tolist() == [[0, 1], [20, 0]]
    assert WeightedCrossEntropy(given).cost_matrix.tolist() == [[0, 1], [20, 0]]


def test_gains_are_regret_as_well():
    assert ExpectedCost([[-5, 1], [10, -2]]).cost_matrix.tolist() == [[0, 6], [12, 0]]


def test_a_mistake_that_is_paid_for_is_said():
    with pytest.warns(UserWarning, match="for truth 0, deciding 1 costs less than the truth"):
        loss = ExpectedCost([[0, -1300], [250, 0]])
    assert loss.cost_matrix.tolist() == [[1300, 0], [250, 0]]


def test_costs_of_the_case_are_refused():
    matrix = CostMatrix("m", ("a", "b"), EQUAL, column_costs=[ColumnCost("a", "b", "amount", 1)])
    with pytest.raises(ValueError, match=r"depend on the column amount, which Keras does not hand"):
        ExpectedCost(matrix)


def test_float16_refuses_costs_that_it_cannot_hold():
    with pytest.raises(ValueError, match=r"up to 65504.* received 217000"):
        ExpectedCost([[0, 1300], [217000, 0]], dtype="float16")


@every_loss
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision(loss, dtype):
    y, soft = np.array([0, 2]), np.array([[1, 0, 0], [0.1, 0.1, 0.8]])
    for labels in (y, soft):
        value = loss(COSTS, dtype=dtype)(labels, P)
        assert value.dtype == dtype
        assert float(value) == pytest.approx(float(loss(COSTS)(labels, P)), rel=0.02)


@every_loss
def test_a_network_that_diverged_has_a_loss_of_nan_as_in_keras(loss):
    assert np.isnan(float(loss(COSTS)(np.array([0, 1]), np.full((2, 3), np.nan))))
