"""Losses, each of which fails the check that it is named after."""

import os

from framework import LossSpec, hookimpl


def expected_cost(y_true, y_pred, cost_rows):
    from keras import ops

    if y_pred.shape[-1] == 1:
        y_pred = ops.concatenate([1 - y_pred, y_pred], axis=-1)
    return ops.sum(ops.cast(cost_rows, y_pred.dtype) * y_pred, axis=-1)


def one_number(y_true, y_pred, cost_rows):
    from keras import ops

    return ops.mean(expected_cost(y_true, y_pred, cost_rows))


def relative_to_the_batch(y_true, y_pred, cost_rows):
    from keras import ops

    values = expected_cost(y_true, y_pred, cost_rows)
    return values / ops.max(values)


def one_unit(y_true, y_pred, cost_rows):
    from keras import ops

    return ops.sum(ops.cast(cost_rows, y_pred.dtype) * y_pred, axis=-1)


def extremes(y_true, y_pred, cost_rows):
    from keras import ops

    if y_pred.shape[-1] == 1:
        y_pred = ops.concatenate([1 - y_pred, y_pred], axis=-1)
    truth = ops.one_hot(y_true, y_pred.shape[-1], dtype=y_pred.dtype)
    return -ops.sum(truth * ops.log(y_pred), axis=-1)


def wrong_sign(y_true, y_pred, cost_rows):
    import tensorflow as tf

    @tf.custom_gradient
    def turned(values):
        return values, lambda upstream: -upstream

    return turned(expected_cost(y_true, y_pred, cost_rows))


def squared(y_true, y_pred, cost_rows):
    return expected_cost(y_true, y_pred, cost_rows) ** 2


def noisy(y_true, y_pred, cost_rows):
    import keras

    values = expected_cost(y_true, y_pred, cost_rows)
    return values + 1e-6 * keras.random.normal(values.shape, dtype=values.dtype)


def of_this_process(y_true, y_pred, cost_rows):
    return expected_cost(y_true, y_pred, cost_rows) * (1 + os.getpid())


@hookimpl
def fw_register_losses():
    return [
        LossSpec("good_loss", expected_cost, estimates="decision"),
        LossSpec("one_value_per_case", one_number),
        LossSpec("one_value_per_case_alone", relative_to_the_batch),
        LossSpec("one_sigmoid_unit", one_unit),
        LossSpec("finite_at_the_extremes", extremes),
        LossSpec("gradient", wrong_sign),
        LossSpec("estimates", squared, estimates="decision"),
        LossSpec("deterministic", noisy),
        LossSpec("loss_falls", wrong_sign),
        LossSpec("works_in_a_subprocess", of_this_process),
    ]
