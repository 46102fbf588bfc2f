"""Arrays as a stream of cases."""

import numpy as np

from framework.core.cases.case_stream import Block


class ArrayStream:
    """Cases ``X`` (n, ...) and ``y`` (n,), cut into blocks of ``size``; notes which ones were read."""

    def __init__(self, X, y, size, columns=None, n_classes=2, everywhere=None):
        starts = range(0, len(y), size)
        columns = columns or {}
        self.blocks = [
            Block(
                X[at : at + size],
                y[at : at + size],
                {name: values[at : at + size] for name, values in columns.items()},
            )
            for at in starts
        ]
        self.sizes = tuple(map(len, self.blocks))
        self.class_counts = np.bincount(
            y if everywhere is None else everywhere, minlength=n_classes
        )
        self.identity = f"arrays of {len(y)}"
        self.were_read = []

    def read(self, block):
        self.were_read.append(block)
        return self.blocks[block]
