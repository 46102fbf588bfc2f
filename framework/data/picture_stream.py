"""Training pictures that are decoded whenever they are asked for."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b

import numpy as np

from framework.core.arrays import IntArray
from framework.core.cases.case_stream import Block
from framework.data.decoding import Form, decoded
from framework.data.picture_files import PictureFiles

MOST_BYTES, MOST_PICTURES = 32_000_000, 4096  # of a block


class PictureStream:
    """Training pictures, mixed once for all and read in blocks; a ``CaseStream``.

    Parameters
    ----------
    files : PictureFiles
        All that are trained with, on all hosts.
    form : Form
    seed : int
        Of their order.
    host : (index, count), optional
        Of several hosts each has its own pictures; together these are all.
    """

    def __init__(
        self, files: PictureFiles, form: Form, seed: int = 0, host: tuple[int, int] = (0, 1)
    ) -> None:
        self.files, self.form, self.seed = files, form, seed
        index, count = host
        self._rows = np.random.default_rng(seed).permutation(len(files))[index::count]
        self._each = max(1, min(MOST_PICTURES, MOST_BYTES // form.bytes))
        self.sizes = tuple(
            min(self._each, len(self._rows) - start)
            for start in range(0, len(self._rows), self._each)
        )
        self.class_counts: IntArray = np.bincount(files.y, minlength=len(files.labels))

    @cached_property
    def identity(self) -> str:
        """Of names, classes and lengths of all files, whichever host has them, and of their form."""
        digest = blake2b(digest_size=16)
        digest.update(f"{self.form} {self.files.labels}".encode())
        for path, k in zip(self.files.paths(range(len(self.files))), self.files.y, strict=True):
            digest.update(f"{path.relative_to(self.files.root)} {k} {path.stat().st_size}".encode())
        return digest.hexdigest()

    def of_host(self, index: int, count: int) -> PictureStream:
        """The share of one of ``count`` hosts."""
        return PictureStream(self.files, self.form, self.seed, (index, count))

    def read(self, block: int) -> Block:
        """The pictures of a block, decoded on all cores."""
        start = block * self._each
        rows = self._rows[start : start + self._each]
        columns = {name: values[rows] for name, values in self.files.columns.items()}
        X = decoded(self.files.paths(rows), self.form)
        return Block(X, self.files.y[rows], columns)
