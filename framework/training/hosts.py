"""Several hosts that train one model: each takes its share of every batch, all add up gradients.

TensorFlow's own convention says who they are: the environment variable TF_CONFIG. Every host loads
the same data and goes through the same run; only the first, the chief, writes results.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from framework.core.backend import tf
from framework.core.errors import TrainingError
from framework.training.roll_call import RollCall, deadline_seconds


class Hosts:
    """This host among ``count``; ``index`` 0 is the chief. Without a strategy it is alone."""

    def __init__(
        self, strategy: Any = None, index: int = 0, roll_call: RollCall | None = None
    ) -> None:
        self._strategy, self.index, self._roll_call = strategy, index, roll_call
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

    @contextlib.contextmanager
    def naming_who_has_gone(self) -> Iterator[None]:
        """Tell an error of TensorFlow's as the TrainingError it is when another host has gone."""
        try:
            yield
        except tf.errors.OpError as error:
            gone = self._roll_call.gone() if self._roll_call is not None else None
            if gone is None:
                raise
            raise TrainingError(
                f"{gone} has gone, so the hosts cannot go on; its own log says why. Saved "
                "trainings (--checkpoints) are taken up when all are started again"
            ) from error

    def _sum_numbers(self, *values: float) -> Any:
        if self._strategy is None:
            return values
        with self.naming_who_has_gone():
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
        When TF_CONFIG is no cluster of workers, or the others do not come (after
        FW_HOSTS_WAIT_SECONDS).
    """
    try:
        resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        cluster = resolver.cluster_spec().as_dict()
        if len(cluster.get("worker", ())) < 2:
            return Hosts()
        if set(cluster) != {"worker"}:
            raise ValueError(f"its cluster has {', '.join(cluster)}")
        roll_call = RollCall(cluster["worker"], resolver.task_id)
        roll_call.wait(deadline_seconds())
        # One device a host: training is one compiled graph there.
        tf.config.set_visible_devices(tf.config.list_physical_devices("GPU")[:1], "GPU")
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
        return Hosts(strategy, resolver.task_id, roll_call)
    except (ValueError, KeyError, RuntimeError, tf.errors.OpError) as error:
        raise TrainingError(
            f"the hosts in TF_CONFIG cannot train together, expected a cluster of workers that "
            f"reach each other: {error}"
        ) from error
