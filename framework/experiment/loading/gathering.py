"""What the hosts of one run tell each other about cases that each of them read alone."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from framework.core.cases.source import Source
from framework.data.sources import identity

# The number of a host's first case, where each counts its own: no host has so many.
MOST_CASES = 2**40


def host() -> tuple[int, int]:
    """(number, count) of this host; alone it is 0 of 1, and TensorFlow is not asked."""
    if "TF_CONFIG" not in os.environ:
        return 0, 1
    from framework.training.hosts import join

    hosts = join()
    return hosts.index, hosts.count


def is_sharded(source: Source) -> bool:
    """Whether hosts see other files than each other, by names and sizes: then each has its own share of them.

    So SageMaker deals a channel's files where its distribution is ShardedByS3Key.
    """
    if host()[1] == 1:
        return False
    files = [(name, size) for name, size, _ in identity(source)]
    return len({str(seen) for seen in gathered(files)}) > 1


def gathered(said: Any) -> list[Any]:
    """What every host says, in their order; JSON."""
    if host()[1] == 1:
        return [said]
    return [json.loads(told) for told in _gathered(json.dumps(said).encode())]


def gathered_columns(columns: Mapping[str, NDArray[Any]]) -> list[dict[str, NDArray[Any]]]:
    """Columns of numbers, dates or text, all of one length, from every host."""
    if host()[1] == 1:
        return [dict(columns)]
    import pyarrow
    from pyarrow import ipc

    written = io.BytesIO()
    table = pyarrow.table({name: pyarrow.array(values) for name, values in columns.items()})
    with ipc.new_stream(written, table.schema) as stream:
        stream.write_table(table)
    found = []
    for told in _gathered(written.getvalue()):
        read = ipc.open_stream(told).read_all()
        found.append({name: read.column(name).to_numpy() for name in read.column_names})
    return found


def _gathered(said: bytes) -> list[bytes]:
    from framework.training.hosts import join

    return join().gather(said)
