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
    epoch: Callable[..., tf.Tensor], otherwise: Callable[..., tf.Tensor], batch_size: int
) -> Callable[..., tf.Tensor]:
    """``epoch`` compiled by XLA; ``otherwise`` where XLA knows no operation of it.

    A plugin's loss may have one, such as a call back into Python. Nothing has been computed then. Orders
    (k, n), which ``otherwise`` takes as they are, become two for ``epoch``: those of whole batches, filled up
    so that all windows of cases have one shape, and those of the smaller last batch.
    """
    by_xla = tf.function(epoch, jit_compile=True, autograph=False)
    found: list[Any] = []
    widest = 0

    def run(orders: tf.Tensor, *more: tf.Tensor) -> tf.Tensor:
        nonlocal widest
        if found:
            return found[0](orders, *more)
        whole = orders.shape[1] - orders.shape[1] % batch_size
        widest = max(widest, whole)
        batches = tf.pad(orders[:, :whole], [[0, 0], [0, widest - whole]])
        try:
            return by_xla(batches, orders[:, whole:], *more)
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
            first = str(error).strip().partition("\n")[0]
            log.warning("XLA cannot compile this training, which goes on without: %s", first)
            found.append(otherwise)
            return otherwise(orders, *more)

    return run
