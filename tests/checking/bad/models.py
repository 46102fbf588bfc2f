"""Models, each of which fails the check that it is named after."""

import os

from framework import ModelSpec, hookimpl


def network(input_shape, *layers):
    import keras

    return keras.Sequential([keras.Input(input_shape), *layers])


def good(input_shape, n_classes):
    import keras

    return network(input_shape, keras.layers.Dense(n_classes, "softmax"))


def builds(input_shape, n_classes):
    return good(input_shape, n_classes + 1)


def deterministic(input_shape, n_classes):
    import keras
    import numpy as np

    start = keras.initializers.Constant(np.random.default_rng().normal())
    return network(input_shape, keras.layers.Dense(n_classes, "softmax", bias_initializer=start))


def distribution(input_shape, n_classes):
    import keras

    return network(input_shape, keras.layers.Dense(n_classes))


def gradient(input_shape, n_classes):
    import keras

    inputs = keras.Input(input_shape)
    lost = keras.ops.stop_gradient(keras.layers.Dense(4, name="lost")(inputs))
    joined = keras.layers.Concatenate()([inputs, lost])
    return keras.Model(inputs, keras.layers.Dense(n_classes, "softmax")(joined))


def constant(input_shape, n_classes):
    """Its weights are there, and what comes out does not depend on them."""
    import keras

    nothing = keras.layers.Rescaling(0.0)
    ends = keras.layers.Dense(n_classes, "softmax", use_bias=False)
    return network(input_shape, nothing, ends)


def forgetful(input_shape, n_classes):
    from tests.checking.bad.forgetful import forgetful_network

    return forgetful_network(input_shape, n_classes)


def homeless(input_shape, n_classes):
    from tests.checking.bad.forgetful import homeless_network

    return homeless_network(input_shape, n_classes)


def subprocess(input_shape, n_classes):
    import keras

    start = keras.initializers.Constant(1e-3 * (os.getpid() % 1000))
    return network(input_shape, keras.layers.Dense(n_classes, "softmax", bias_initializer=start))


@hookimpl
def fw_register_models():
    return [
        ModelSpec("good_model", good),
        ModelSpec("builds", builds),
        ModelSpec("deterministic_build", deterministic),
        ModelSpec("distribution_out", distribution),
        ModelSpec("gradient_flows", gradient),
        ModelSpec("loss_falls", constant),
        ModelSpec("saved_equals_loaded", forgetful),
        ModelSpec("saved_equals_loaded_homeless", homeless),
        ModelSpec("works_in_a_subprocess", subprocess),
    ]
