import pytest

from framework.core.backend import keras
from framework.core.errors import ConfigError
from framework.training.optimizers import optimizer


def test_the_optimizer_of_that_name_with_that_rate():
    found = optimizer("adam", 0.25)
    assert isinstance(found, keras.optimizers.Adam)
    assert float(found.learning_rate) == 0.25


@pytest.mark.parametrize("name", ["adamw", "sgd"])
def test_weight_decay_is_the_given_one_else_that_of_keras(name):
    own = keras.optimizers.get(name).weight_decay
    assert optimizer(name, 0.1).weight_decay == own
    assert optimizer(name, 0.1, 0.02).weight_decay == 0.02


def test_an_unknown_name_is_told_with_examples():
    with pytest.raises(ConfigError, match=r'unknown optimizer "adamant".*for example sgd or adam'):
        optimizer("adamant", 0.1)
