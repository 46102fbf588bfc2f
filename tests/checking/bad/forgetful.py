"""A layer that does not save all it knows, and one that no other process has heard of."""

import keras


@keras.saving.register_keras_serializable(package="tests.checking")
class Forgetful(keras.layers.Layer):
    """Multiplies by a factor, which is saved as 1."""

    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs

    def get_config(self):
        return {**super().get_config(), "factor": 1.0}


def forgetful_network(input_shape, n_classes):
    layers = [Forgetful(-1.0), keras.layers.Dense(n_classes, "softmax")]
    return keras.Sequential([keras.Input(input_shape), *layers])


def homeless_network(input_shape, n_classes):
    @keras.saving.register_keras_serializable(package="tests.checking")
    class Homeless(keras.layers.Layer):
        def call(self, inputs):
            return inputs

    layers = [Homeless(), keras.layers.Dense(n_classes, "softmax")]
    return keras.Sequential([keras.Input(input_shape), *layers])
