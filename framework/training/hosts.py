"""Several hosts that train one model: each takes its share of every batch, all add up gradients.

TensorFlow's own convention says who they are: the environment variable TF_CONFIG. Every host loads
the same data and goes through the same run; only the first, the chief, writes results.
"""

from __future__ import annotations

import functools
from typing import Any

from framework.core.backend import tf
from framework.core.errors import TrainingError


class Hosts:
    """This host among ``count``; ``index`` 0 is the chief. Without a strategy it is alone."""

    def __init__(self, strategy: Any = None, index: int = 0) -> None:
        self._strategy, self.index = strategy, index
        self.count = 1 if strategy is None else strategy.num_replicas_in_sync

    @property
    def is_chief(self) -> bool:
        return self.index == 0

    def sum(self, tensors: Any) -> Any:
        """Float tensors (in any nesting), each summed over the hosts; all must call it alike."""
        if self._strategy is None:
            return tensors

        def all_reduce(values: Any) -> Any:
            values = tf.nest.map_structure(tf.identity, values)  # on this replica's device
            return tf.distribute.get_replica_context().all_reduce(
                tf.distribute.ReduceOp.SUM, values
            )

        return self._strategy.run(all_reduce, args=(tensors,))

    def agree(self, value: float) -> bool:
        """Whether all hosts say the same number."""
        total, squares = self._sum_numbers(value, value * value)
        return bool(squares * self.count == total**2)

    def any(self, flag: bool) -> bool:
        """Whether some host says yes."""
        return bool(self._sum_numbers(float(flag))[0] > 0)

    def wait(self) -> None:
        """Until all hosts have come here."""
        self._sum_numbers(0.0)

    def _sum_numbers(self, *values: float) -> Any:
        if self._strategy is None:
            return values
        return self._compiled_sum(tf.constant(values, tf.float64)).numpy()

    @functools.cached_property
    def _compiled_sum(self) -> Any:
        return tf.function(self.sum)


@functools.cache
def join() -> Hosts:
    """The hosts that TF_CONFIG names, once all have come; this one alone where it names none.

    The first call must come before anything else is computed.

    Raises
    ------
    TrainingError
        When TF_CONFIG is no cluster of workers, or the others do not come.
    """
    try:
        resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        cluster = resolver.cluster_spec().as_dict()
        if len(cluster.get("worker", ())) < 2:
            return Hosts()
        if set(cluster) != {"worker"}:
            raise ValueError(f"its cluster has {', '.join(cluster)}")
        # One device a host: training is one compiled graph there.
        tf.config.set_visible_devices(tf.config.list_physical_devices("GPU")[:1], "GPU")
        return Hosts(tf.distribute.MultiWorkerMirroredStrategy(), resolver.task_id)
    except (ValueError, KeyError, RuntimeError, tf.errors.OpError) as error:
        raise TrainingError(
            f"the hosts in TF_CONFIG cannot train together, expected a cluster of workers that "
            f"reach each other: {error}"
        ) from error
