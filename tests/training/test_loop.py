from functools import cache

import numpy as np
import pytest

from framework.core.backend import keras, tf
from framework.core.errors import TrainingError
from framework.core.losses import ExpectedCost, cross_entropy, expected_cost
from framework.core.scaling import Scaling
from framework.training.early_stopping import is_flat, still_falling
from framework.training.jobs import Batches, Cases, Job, Schedule, Settings
from framework.training.loop import train
from tests.conftest import blobs

COSTS = np.array([[0.0, 1.0], [20.0, 0.0]])
MILD = np.array([[0.0, 1.0], [2.0, 0.0]])


def sigmoid():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])


def regularised_softmax():
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.Dropout(0.2),
            layers.Dense(2, activation="softmax"),
        ]
    )


def convolution():
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Reshape((3, 1)),
            layers.Conv1D(4, 2, activation="relu"),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )


def batch_norm():
    layers = keras.layers
    hidden = [layers.Dense(4), layers.BatchNormalization(momentum=0.9), layers.ReLU()]
    return keras.Sequential([keras.Input((3,)), *hidden, layers.Dense(2, activation="softmax")])


def job(X, loss=expected_cost, costs=COSTS, seed=5, rows=None, **more):
    rows = np.arange(len(X)) if rows is None else rows
    return Job(loss, costs, seed, rows, Scaling.fit(X[rows]), **more)


def trained(build, jobs, X, y, optimizer="SGD", rate=0.05, epochs=4, on_epoch=None, **more):
    made = lambda: getattr(keras.optimizers, optimizer)(rate)  # noqa: E731
    settings = Settings(made, epochs, 32, **more)
    told = on_epoch or (lambda *_: None)
    return train(build, jobs, Cases(X, y, y), settings, told)


@cache
def compiled(build, loss, costs, optimizer, rate):
    """Keras's own model and what its optimizer begins with, compiled once for all seeds."""
    model = build()
    losses = {
        (cross_entropy, 1): "binary_crossentropy",
        (cross_entropy, 2): "sparse_categorical_crossentropy",
    }
    loss = losses.get((loss, model.output_shape[1])) or ExpectedCost(np.array(costs))
    model.compile(getattr(keras.optimizers, optimizer)(rate), loss)
    model.optimizer.build(model.trainable_variables)
    return model, [keras.ops.copy(variable) for variable in model.optimizer.variables]


def keras_fit(build, of, X, y, optimizer, epochs=4, rate=0.05):
    """The weights that Keras's own fit reaches with the same seed and batches."""
    costs = tuple(map(tuple, of.cost_table))
    model, fresh = compiled(build, of.loss, costs, optimizer, rate)
    keras.utils.set_random_seed(of.seed)
    starts = [*build().variables, *fresh]
    for variable, start in zip([*model.variables, *model.optimizer.variables], starts, strict=True):
        variable.assign(start)
    scaled = (X - of.scaling.offset) * of.scaling.scale
    for epoch in range(epochs):
        order = of.rows[Batches(len(of.rows), 32, of.seed).order(epoch)]
        model.fit(scaled[order], y[order], batch_size=32, shuffle=False, verbose=0)
    return [keras.ops.convert_to_numpy(variable) for variable in model.trainable_variables]


def assert_same(ours, theirs):
    for a, b in zip(ours.weights.trainable, theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_averages_of_batch_normalisation_are_those_of_keras_fit_member_by_member():
    X, y = blobs(70)
    jobs = [job(X, cross_entropy, seed=seed) for seed in (5, 6)]
    for one, result in zip(jobs, trained(batch_norm, jobs, X, y), strict=True):
        assert_same(result, keras_fit(batch_norm, one, X, y, "SGD"))
        model, _ = compiled(batch_norm, cross_entropy, tuple(map(tuple, COSTS)), "SGD", 0.05)
        averages = zip(result.weights.non_trainable, model.non_trainable_variables, strict=True)
        for ours, theirs in averages:
            np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(theirs), atol=1e-4)


@pytest.mark.parametrize("build", [sigmoid, regularised_softmax, convolution])
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("loss", [cross_entropy, expected_cost])
def test_one_model_gets_the_weights_of_keras_fit(build, optimizer, loss):
    X, y = blobs(70)  # 70 = 2 x 32 + 6: the last batch is smaller
    only = job(X, loss)
    assert_same(*trained(build, [only], X, y, optimizer), keras_fit(build, only, X, y, optimizer))


@pytest.mark.parametrize("build", [sigmoid, regularised_softmax, convolution])
def test_every_member_of_a_population_gets_the_weights_of_keras_fit(build):
    X, y = blobs(70)
    shared = job(X)
    part = np.arange(10, 65)
    jobs = [
        shared,
        Job(expected_cost, MILD, shared.seed, shared.rows, shared.scaling),
        job(X, cross_entropy, seed=6),
        job(X, cross_entropy, seed=9),
        job(X, seed=7),
        job(X, rows=part),
        job(X, seed=8, rows=part, costs=MILD),
    ]
    results = trained(build, jobs, X, y, "Adam")
    for one, result in zip(jobs, results, strict=True):
        assert_same(result, keras_fit(build, one, X, y, "Adam"))
        assert len(result.losses) == 4
    # By loss and number of cases; a convolution is faster alone.
    together = [result.together for result in results]
    assert together == ([1] * 7 if build is convolution else [3, 3, 2, 2, 3, 2, 2])


@pytest.mark.parametrize("loss", [expected_cost, cross_entropy])
def test_members_that_share_batches_get_the_weights_of_keras_fit(loss):
    X, y = blobs(70)
    rows = np.arange(70)
    scaling = Scaling.fit(X)
    jobs = [Job(loss, costs, 3, rows, scaling) for costs in (COSTS, MILD, 3 * MILD)]
    for one, result in zip(jobs, trained(regularised_softmax, jobs, X, y), strict=True):
        assert result.together == 3
        assert_same(result, keras_fit(regularised_softmax, one, X, y, "SGD"))


def test_costs_of_each_cases_own():
    X, y = blobs(70)
    case_costs = COSTS[y] * np.linspace(1, 3, 70)[:, None]
    per_case = Job(expected_cost, case_costs, 5, np.arange(70), Scaling.fit(X))
    # The same in Keras: a matrix loss, and the factor as the weight of the case.
    settings = Settings(lambda: keras.optimizers.SGD(0.05), epochs=1, batch_size=70)
    (ours,) = train(sigmoid, [per_case], Cases(X, y, np.arange(70)), settings)
    keras.utils.set_random_seed(5)
    model = sigmoid()
    model.compile(keras.optimizers.SGD(0.05), ExpectedCost(COSTS))
    scaled = (X - per_case.scaling.offset) * per_case.scaling.scale
    model.fit(scaled, y, sample_weight=np.linspace(1, 3, 70), batch_size=70, verbose=0)
    assert_same(
        ours, [keras.ops.convert_to_numpy(variable) for variable in model.trainable_variables]
    )


def test_going_on_from_weights_repeats_the_unbroken_run_of_plain_sgd():
    X, y = blobs(70)
    (unbroken,) = trained(sigmoid, [job(X)], X, y, epochs=5)
    (begun,) = trained(sigmoid, [job(X)], X, y, epochs=2)
    (ended,) = trained(sigmoid, [job(X, start=begun.weights)], X, y, epochs=3, first_epoch=2)
    assert_same(ended, unbroken.weights.trainable)


def test_the_same_seed_gives_the_same_weights_another_seed_others():
    X, y = blobs()
    first, again, other = (
        trained(sigmoid, [job(X, seed=seed)], X, y)[0].weights.trainable for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.allclose(first[0], other[0])


def test_reports_every_epoch_with_a_loss_that_falls():
    X, y = blobs()
    seen = []
    (result,) = trained(
        sigmoid,
        [job(X, cross_entropy)],
        X,
        y,
        epochs=10,
        on_epoch=lambda numbers, epoch, losses, _: seen.append((list(numbers), epoch, *losses)),
    )
    assert seen == [([0], epoch + 1, loss) for epoch, loss in enumerate(result.losses)]
    assert result.losses[-1] < result.losses[0]


def test_a_loss_that_is_not_finite_stops_with_advice():
    X, y = blobs()
    with pytest.raises(TrainingError, match=r"became (nan|inf).*lower the learning rate"):
        trained(regularised_softmax, [job(X, cross_entropy)], X, y, rate=1e30)


def test_an_epoch_visits_every_case_once_in_an_order_of_its_own():
    batches = Batches(n=50, batch_size=16, seed=3)
    first, second = batches.order(0), batches.order(1)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first.tolist() != second.tolist()
    assert first.tolist() == Batches(50, 16, 3).order(0).tolist()


@pytest.mark.parametrize(
    ("build", "optimizer"), [(regularised_softmax, "Adam"), (convolution, "SGD")]
)
def test_a_decay_is_that_of_keras_cosine_for_each_member(build, optimizer):
    X, y = blobs(64)  # two batches an epoch, eight in all
    jobs = [job(X), job(X, cross_entropy, seed=6), job(X, costs=MILD, seed=7)]
    rate = keras.optimizers.schedules.CosineDecay(0.05, decay_steps=8)
    results = trained(build, jobs, X, y, optimizer, schedule=Schedule(4, "cosine"))
    for one, result in zip(jobs, results, strict=True):
        assert_same(result, keras_fit(build, one, X, y, optimizer, rate=rate))


@pytest.mark.parametrize(("build", "optimizer"), [(convolution, "SGD"), (convolution, "AdamW")])
def test_a_rise_before_the_decay_is_that_of_keras(build, optimizer):
    X, y = blobs(64)  # two batches an epoch, of eight in all two that rise
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, decay_steps=6, warmup_target=0.05, warmup_steps=2
    )
    schedule = Schedule(4, "cosine", rise=0.25)
    (result,) = trained(build, [job(X)], X, y, optimizer, schedule=schedule)
    assert_same(result, keras_fit(build, job(X), X, y, optimizer, rate=rate))


def test_after_a_rise_a_rate_without_decay_stays():
    schedule = Schedule(10, "none", rise=0.2)
    factors = [float(schedule.factor(np.float32(epoch))) for epoch in (0, 1, 2, 9)]
    assert factors == pytest.approx([0, 0.5, 1, 1])
    assert schedule.learned(np.array([0, 2, 10])) == pytest.approx([0, 1 / 9, 1])


def test_a_decay_goes_on_over_the_parts_of_a_training():
    X, y = blobs(70)
    whole = Schedule(5, "cosine")
    (unbroken,) = trained(sigmoid, [job(X)], X, y, epochs=5, schedule=whole)
    (begun,) = trained(sigmoid, [job(X)], X, y, epochs=2, schedule=whole)
    going_on = [job(X, start=begun.weights)]
    (ended,) = trained(sigmoid, going_on, X, y, epochs=3, first_epoch=2, schedule=whole)
    assert_same(ended, unbroken.weights.trainable)


@pytest.mark.parametrize(
    ("losses", "decay", "falling"),
    [
        (np.linspace(2, 1, 101), "none", 0.2),  # as far from the end as in the middle
        (1 + 0.9 ** np.arange(101), "none", None),  # over
        (np.linspace(1, 2, 101), "none", None),  # rising
        (np.ones(101), "none", None),
        (np.linspace(2, 1, 4), "none", None),  # too few to tell
        # A loss that falls as fast as the rate allows: by the rates that are behind.
        (2 - Schedule(101, "cosine").learned(np.arange(101.0)), "cosine", 0.2),
    ],
)
def test_whether_a_loss_was_still_falling(losses, decay, falling):
    found = still_falling(losses, Schedule(len(losses), decay))
    assert found == (None if falling is None else pytest.approx(falling, abs=0.03))


def test_rates_of_a_rise_and_a_cosine_add_up():
    # In full rates: 2.5 epochs that rise make 1.25, 7.5 that fall 3.75.
    found = Schedule(10, "cosine", rise=0.25).learned(np.array([0, 2.5, 10]))
    assert found == pytest.approx([0, 1.25 / 5, 1])


def test_rates_of_the_cosine_add_up_to_half():
    assert Schedule(10, "cosine").learned(np.array([0, 5, 10])) == pytest.approx(
        [0, 0.5 + 1 / np.pi, 1]
    )


def test_a_loss_is_flat_where_no_window_is_lower_than_those_before():
    falling, ended = 0.9 ** np.arange(100.0), np.r_[0.9 ** np.arange(60), np.full(40, 0.9**60)]
    noisy = falling + 0.2 * (-1.0) ** np.arange(100)  # windows of five epochs
    for losses, ends in (
        (falling[:60], None),
        (ended, 67),
        (noisy[:35], None),
        (np.ones(14), None),
    ):
        ends_at = [n for n in range(1, len(losses) + 1) if is_flat(losses[:n, None], 100)[0]]
        assert (ends_at[0] if ends_at else None) == ends
    assert is_flat(np.ones((15, 1)), 100).all()
    assert is_flat(np.arange(15.0)[:, None], 100).all()


@pytest.mark.parametrize("build", [sigmoid, convolution])
def test_who_has_stopped_falling_keeps_its_weights_whatever_the_others_do(build):
    X, y = blobs()
    easy = np.column_stack([2.0 * y, 1.0 - y, y])  # learned in a few epochs
    both = np.r_[X, easy]
    truth = np.r_[y, y]
    first, second = np.arange(len(X)), np.arange(len(X), len(both))
    jobs = [job(both, cross_entropy, rows=rows) for rows in (first, second)]
    settings = {"optimizer": "Adam", "rate": 0.05, "epochs": 120, "early_stopping": True}
    together = trained(build, jobs, both, truth, **settings)
    lengths = [len(result.losses) for result in together]
    assert min(lengths) < max(lengths)
    for alone, one in zip(jobs, together, strict=True):
        (result,) = trained(build, [alone], both, truth, **settings)
        assert len(result.losses) == len(one.losses)
        assert result.losses == pytest.approx(one.losses, abs=1e-5)
        assert_same(result, one.weights.trainable)


def halved(values):
    """``values``, of whose gradient an author wants the half."""

    @tf.custom_gradient
    def identity(x):
        return tf.identity(x), lambda upstream: 0.5 * upstream

    return identity(values)


def half_the_gradient(*of):
    return halved(expected_cost(*of))


def half_the_gradient_in_a_function(*of):
    return tf.function(halved)(expected_cost(*of))


def in_a_branch(*of):
    values = expected_cost(*of)
    return tf.cond(tf.reduce_sum(values) > -1, lambda: 2 * values, lambda: values)


def half_the_activation():
    layers = keras.layers
    hidden = layers.Dense(4, activation=lambda values: halved(keras.activations.tanh(values)))
    return keras.Sequential([keras.Input((3,)), hidden, layers.Dense(1, activation="sigmoid")])


@pytest.mark.parametrize(
    ("build", "loss"),
    [
        (sigmoid, half_the_gradient),
        (sigmoid, half_the_gradient_in_a_function),
        (sigmoid, in_a_branch),
        (half_the_activation, expected_cost),
    ],
)
@pytest.mark.parametrize("seeds", [(5, 5), (5, 6)])
def test_gradients_that_an_author_wrote_and_branches_are_those_of_each_member(build, loss, seeds):
    """``tf.vectorized_map`` keeps none that was written; a member that is trained alone is not vectorised."""
    X, y = blobs(100)
    jobs = [job(X, loss, seed=seed) for seed in seeds]
    together = trained(build, jobs, X, y)
    for one, of in zip(jobs, together, strict=True):
        (alone,) = trained(build, [one], X, y)
        np.testing.assert_allclose(of.losses, alone.losses, rtol=1e-5)
        assert_same(of, alone.weights.trainable)
    if loss is half_the_gradient:  # half of it is not all of it
        (whole,) = trained(build, [job(X, expected_cost)], X, y)
        assert abs(whole.losses[-1] - together[0].losses[-1]) > 1e-3
