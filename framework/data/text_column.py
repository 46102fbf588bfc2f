"""A column of text: its words, hashed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framework.core.arrays import FloatArray
from framework.core.cases.table import as_text
from framework.data.column import Column

HASHED, WIDEST = 256, 2**16  # features of a column of text
TOGETHER = (
    1_000_000  # characters that are hashed at a time: each word needs a hundred times its length
)


@dataclass(frozen=True)
class Text(Column):
    """Words and pairs of words, hashed into ``width`` features (scikit-learn's HashingVectorizer)."""

    kind = "text"
    width: int = HASHED

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(f"{self.name}=hash {k}" for k in range(self.width))

    def encode(self, values: NDArray[Any]) -> FloatArray:
        from sklearn.feature_extraction.text import HashingVectorizer

        texts = ["" if text is None else text for text in as_text(values).tolist()]
        found = np.empty((len(texts), self.width))
        vectorizer = HashingVectorizer(n_features=self.width, ngram_range=(1, 2))
        for rows in _pieces(texts):
            hashed = vectorizer.transform([text[:TOGETHER] for text in texts[rows]])
            found[rows] = hashed.toarray()
        return found


def _pieces(texts: list[str]) -> Iterator[slice]:
    """Of TOGETHER characters each, or a single longer text."""
    start, size = 0, 0
    for row, text in enumerate(texts):
        if row > start and size + len(text) > TOGETHER:
            yield slice(start, row)
            start, size = row, 0
        size += len(text)
    yield slice(start, len(texts))
