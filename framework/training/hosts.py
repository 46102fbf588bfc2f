"""Several hosts, or GPUs of one, that train one model: each takes its share of a batch, all add up gradients.

TensorFlow's own convention says who the hosts are: the environment variable TF_CONFIG. Every host loads
the same data and goes through the same run; only the first, the chief, writes results. A host that is
alone shares among its GPUs, or among the devices that FW_DEVICES names.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from framework.core.backend import tf
from framework.core.errors import TrainingError
from framework.training.roll_call import RollCall, deadline_seconds

MOST_PARTS = 16  # of a processor, as devices


class Hosts:
    """This host among ``count``; ``index`` 0 is the chief. Without a strategy it is alone."""

    def __init__(
        self, strategy: Any = None, index: int = 0, roll_call: RollCall | None = None
    ) -> None:
        self._strategy, self.index, self._roll_call = strategy, index, roll_call
        self.count = 1 if strategy is None else strategy.num_replicas_in_sync
        # So many shares has a batch; in a graph, ``share`` is the number of the own one.
        self.shares: int = self.count

    @property
    def is_chief(self) -> bool:
        return self.index == 0

    @property
    def is_one_processor(self) -> bool:
        """Whether nothing is shared, and no GPU computes."""
        return self.shares == 1 and not tf.config.get_visible_devices("GPU")

    @property
    def share(self) -> Any:
        return self.index

    def together(self, compute: Callable[[], Any]) -> Any:
        """In a graph: what ``compute`` comes to, once all shares are summed in it."""
        return compute()

    def at(self, features: Any) -> contextlib.AbstractContextManager[Any]:
        """Where batches are taken from all ``features``."""
        return contextlib.nullcontext()

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

    def each(self, value: float) -> list[float]:
        """What every host says, in their order."""
        said = [0.0] * self.count
        said[self.index] = value
        return [float(number) for number in self._sum_numbers(*said)]

    def gather(self, said: bytes) -> list[bytes]:
        """What every host says, in their order."""
        if self._strategy is None:
            return [said]
        lengths = [int(length) for length in self.each(len(said))]
        padded = np.zeros(-(-max(lengths) // 4) * 4, np.uint8)
        padded[: len(said)] = np.frombuffer(said, np.uint8)
        with self.naming_who_has_gone():
            words = tf.constant(padded.view(np.int32)[None])
            told = self._compiled_gather(words).numpy().view(np.uint8)
        return [row[:length].tobytes() for row, length in zip(told, lengths, strict=True)]

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
    def _compiled_gather(self) -> Any:
        def all_gather(words: Any) -> Any:
            return tf.distribute.get_replica_context().all_gather(tf.identity(words), axis=0)

        return tf.function(lambda words: self._strategy.run(all_gather, args=(words,)))

    @functools.cached_property
    def _compiled_sum(self) -> Any:
        return tf.function(self.sum)


class Devices(Hosts):
    """This host alone, whose ``names`` (of devices, as "GPU:1") each take a share of every batch.

    Weights are the first one's; the others read them in every step, and give their gradients.
    """

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._mirrored = tf.distribute.MirroredStrategy(names)
        self.shares = len(names)

    @property
    def share(self) -> Any:
        return tf.distribute.get_replica_context().replica_id_in_sync_group

    def together(self, compute: Callable[[], Any]) -> Any:
        # All have the same sums, and what is no sum is alike.
        return tf.nest.map_structure(
            lambda value: self._mirrored.experimental_local_results(value)[0],
            self._mirrored.run(compute),
        )

    def at(self, features: Any) -> contextlib.AbstractContextManager[Any]:
        return tf.device(features.device)

    def sum(self, tensors: Any) -> Any:
        return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tensors)


def _alone() -> Hosts:
    """This host, with all of its GPUs, or with those that FW_DEVICES names."""
    gpus = tf.config.list_physical_devices("GPU")
    named = [name.strip().upper() for name in os.environ.get("FW_DEVICES", "").split(",")]
    names = named if any(named) else [f"GPU:{k}" for k in range(len(gpus))]
    if not names:
        return Hosts()
    kinds = {name.rpartition(":")[0] for name in names}
    numbers = [name.rpartition(":")[2] for name in names]
    most = len(gpus) if kinds == {"GPU"} else MOST_PARTS
    if kinds not in ({"GPU"}, {"CPU"}) or not set(numbers) <= set(map(str, range(most))):
        raise TrainingError(
            "FW_DEVICES: expected GPUs of this host, which has "
            f'{", ".join(f"GPU:{k}" for k in range(len(gpus))) or "none"}, or "CPU:0,CPU:1" to try out '
            f"how a batch is shared; received {', '.join(named)}"
        )
    if kinds == {"GPU"}:
        tf.config.set_visible_devices([gpus[int(number)] for number in set(numbers)], "GPU")
    else:  # the processor, as several devices
        tf.config.set_visible_devices([], "GPU")
        parts = [tf.config.LogicalDeviceConfiguration() for _ in names]
        tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)
    (kind,) = kinds
    return Hosts() if len(names) == 1 else Devices([f"{kind}:{k}" for k in range(len(set(names)))])


@functools.cache
def join() -> Hosts:
    """The hosts that TF_CONFIG names, once all have come; this one alone where it names none.

    Alone it shares every batch among its GPUs, where it has several, or among what FW_DEVICES names
    ("GPU:0,GPU:2"). The first call must come before anything else is computed.

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
            return _alone()
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
