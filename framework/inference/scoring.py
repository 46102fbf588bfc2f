"""A model as one function on batches of a table, for engines that bring cases to it: Spark, Ray, Arrow."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from framework.core.cases.batches import answered, table_of
from framework.core.errors import DataError
from framework.inference.answers import header_of
from framework.inference.folders import find_model
from framework.inference.model_folder import load
from framework.inference.trained_model import TrainedModel

TEXT, NUMBER = "string", "double"


class Score:
    """Decides batches of cases; holds the model's files, so that it can be sent to other machines.

    Made by ``framework.score``. Called with a batch it gives one of the same kind, called with an
    iterator of batches it gives an iterator. A batch is a RecordBatch or Table of Arrow, a data frame
    of pandas, polars or another library that narwhals knows, or a dictionary of arrays. Its columns go
    by name. The answers are the columns of ``fw predict``, behind those of ``keep``.
    """

    def __init__(
        self,
        run_dir: str | Path,
        model: str | None = None,
        keep: Sequence[str] = (),
        prevalence: Mapping[str, float] = MappingProxyType({}),
    ):
        folder = find_model(Path(run_dir), model)
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self.files = tuple((str(path.relative_to(folder)), path.read_bytes()) for path in paths)
        self.keep = tuple(keep)
        self.prevalence = dict(prevalence)
        known = self.fields
        for name in self.keep:
            if name in known:
                raise DataError(f'keep: "{name}" is a column of the answers too; rename it')

    def __call__(self, batches: Any) -> Any:
        if isinstance(batches, Iterator):
            return (self._decided(batch) for batch in batches)
        return self._decided(batches)

    @cached_property
    def trained(self) -> TrainedModel:
        return _loaded(self.files)

    @property
    def fields(self) -> dict[str, str]:
        """The columns of the answers and their types, "string" or "double"."""
        words = ("predicted", "decided_by", "cheaper_by_stated_dollars")
        header = header_of(self.trained.labels, self.trained.decisions)
        return {name: TEXT if name in words else NUMBER for name in header}

    def ddl(self, columns: Sequence[tuple[str, str]] = ()) -> str:
        """The answers as Spark declares them; ``columns``: the names and types of those to ``keep``.

        Raises
        ------
        DataError
            When ``columns``, as ``DataFrame.dtypes`` has them, lack one that is kept.
        """
        types = dict(columns)
        missing = [name for name in self.keep if name not in types]
        if missing:
            raise DataError(
                f"expected the types of the columns that are kept: {', '.join(missing)}; hand on "
                "the frame's dtypes"
            )
        fields = {**{name: types[name] for name in self.keep}, **self.fields}
        escaped = ((name.replace("`", "``"), type_) for name, type_ in fields.items())
        return ", ".join(f"`{name}` {type_}" for name, type_ in escaped)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "trained"}

    def __repr__(self) -> str:
        return f"<score of {' | '.join(self.trained.labels)}: {', '.join(self.fields)}>"

    def _decided(self, batch: Any) -> Any:
        table = table_of(batch)
        if len(table):
            found = self.trained.answer(table, prevalence=self.prevalence).columns
        else:  # as Spark hands on what has no cases
            kinds = {TEXT: object, NUMBER: float}
            found = {name: np.empty(0, kinds[type_]) for name, type_ in self.fields.items()}
        return answered(batch, self.keep, found)


def score(
    run_dir: str | Path,
    model: str | None = None,
    *,
    keep: Sequence[str] = (),
    prevalence: Mapping[str, float] = MappingProxyType({}),
) -> Score:
    """A model of a run as one function on batches of a table, which can be sent to other machines.

    Parameters
    ----------
    run_dir : path
        The folder of a run, or of a model.
    model : str, optional
        Which model of the run (default: the served one).
    keep : sequence of str
        Columns that are repeated before the answers, as an id.
    prevalence : mapping of label to share, optional
        Of the cases (default: the run's).

    Returns
    -------
    Score
        A function of a batch, or of an iterator of batches: for ``mapInArrow`` and ``mapInPandas`` of
        Spark and ``map_batches`` of Ray as it is. Cases are decided one by one: how they are cut into
        batches changes nothing but the last bits of a probability.

    Raises
    ------
    ArtifactError, DataError
        When the folder has no such model; called, when a batch does not fit it.

    Examples
    --------
    >>> decide = score("runs/tickets", keep=["ticket"])                   # doctest: +SKIP
    >>> frame.mapInArrow(decide, decide.ddl(frame.dtypes))                # doctest: +SKIP
    >>> dataset.map_batches(decide, batch_format="pyarrow")               # doctest: +SKIP
    """
    return Score(run_dir, model, keep, prevalence)


@lru_cache(maxsize=8)
def _loaded(files: tuple[tuple[str, bytes], ...]) -> TrainedModel:
    """Once a process for the same contents, however often they are sent."""
    with tempfile.TemporaryDirectory() as name:
        for path, content in files:
            target = Path(name, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return load(name)
