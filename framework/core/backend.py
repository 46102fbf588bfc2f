"""Keras on TensorFlow, imported here and nowhere else, so that it is set up before its first use.

Importing this module takes seconds: import it inside the function that needs it, or from a
module that is itself imported late (losses, training, artifact).
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # no start-up chatter on stderr
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import tensorflow as tf

from framework.errors import ConfigError

if keras.backend.backend() != "tensorflow":
    raise ConfigError(
        f'Keras runs on the backend "{keras.backend.backend()}"; expected "tensorflow". '
        "Unset KERAS_BACKEND, or set it to tensorflow"
    )

__all__ = ["keras", "tf"]
