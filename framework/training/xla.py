"""Long trainings of dense networks compiled by XLA: one kernel for many small operations of a step.

Its sums differ from TensorFlow's own in their last digits, which a network of several layers carries on into
other weights of the same worth; and compiling takes a second. So it is for trainings of many steps alone, on
processors (a GPU would need what compiles for it).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from framework.core.backend import tf

# From about so many steps on, compiling takes less time than it saves with a single small network.
LEAST_STEPS = 7000
log = logging.getLogger(__name__)


def pays(n: int, batch_size: int, epochs: int) -> bool:
    """Whether ``epochs`` over ``n`` cases are steps enough."""
    return epochs * -(-n // batch_size) >= LEAST_STEPS


def compiled(
    epoch: Callable[..., tf.Tensor], otherwise: Callable[..., tf.Tensor]
) -> Callable[..., tf.Tensor]:
    """``epoch`` compiled for the shapes it is called with; ``otherwise`` where XLA knows no such operation.

    A plugin's loss may have one, such as a call back into Python. Nothing has been computed then.
    """
    by_xla = tf.function(epoch, jit_compile=True, autograph=False)
    found: list[Any] = []

    def run(*tensors: tf.Tensor) -> tf.Tensor:
        if found:
            return found[0](*tensors)
        try:
            return by_xla(*tensors)
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
            first = str(error).strip().partition("\n")[0]
            log.warning("XLA cannot compile this training, which goes on without: %s", first)
            found.append(otherwise)
            return otherwise(*tensors)

    return run
