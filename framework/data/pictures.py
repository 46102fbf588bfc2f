"""Pictures in files as a dataset: held in memory, or of very many a part, the others read in blocks."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from framework.core.arrays import BoolArray, IntArray
from framework.core.cases.case_stream import CaseStream
from framework.core.cases.dataset import Dataset
from framework.core.cases.hash_split import LIMITS, Limits, PartShares, draws_of, named, places_of
from framework.core.cases.images import Border
from framework.core.errors import DataError
from framework.data.decoding import Form, decoded, form_of
from framework.data.picture_files import PictureFiles
from framework.data.picture_stream import PictureStream

# Bytes of decoded pictures: up to so many all are held, and split as any other dataset.
IN_MEMORY = 1_000_000_000
FEW = 20  # of each class, at least, in the sample
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parting:
    """How pictures are parted that are not held whole.

    Parameters
    ----------
    test_fraction : float
        Share of them that tests, where there is no test part.
    validates : bool
        Whether a part of them validates.
    seed : int
        Of the hash.
    tested, validated, sampled : int
        Bytes of decoded pictures at most that are held to test, to validate, and to look at.
    """

    test_fraction: float = 0.25
    validates: bool = True
    seed: int = 0
    tested: int = 400_000_000
    validated: int = 200_000_000
    sampled: int = 200_000_000

    def limits(self, each: int) -> Limits:
        """In pictures of so many bytes ``each``; no more than of any cases."""
        return Limits(
            min(LIMITS.tested, self.tested // each),
            min(LIMITS.validated, self.validated // each),
            min(LIMITS.sampled, self.sampled // each),
        )

    def shares(self, n: int, each: int) -> PartShares:
        """Of ``n`` of them."""
        shares = PartShares.of(n, self.test_fraction, limits=self.limits(each))
        return shares if self.validates else replace(shares, validation=0.0)


def pictures(
    source: str | Path,
    *,
    labels: Sequence[str] | None = None,
    groups: str | None = None,
    size: int | tuple[int, int] | None = None,
    border: Border | None = None,
) -> Dataset:
    """The pictures in a folder that has a folder a class, for a plugin's ``load``.

    Decoded on all cores, upright, as ``fw predict`` and servers decode what they are asked about. More than
    1 GB of them are not held: a quarter tests, .15 validate (less of very many), by a hash of their
    names, and the others are decoded whenever they are trained with.

    Parameters
    ----------
    source : path
        Its folders are the classes; each may have folders itself.
    labels : sequence of str, optional
        The classes, in the order of the ``DatasetSpec`` (default: the names of the folders).
    groups : "subfolder", optional
        Pictures of folders of one name within those of the classes stay on one side of every split.
    size : int or (width, height), optional
        Pixels that all are brought to (default: the median's, at most 64 a side).
    border : Border, optional
        What is cut off each.

    Raises
    ------
    DataError
        Naming the folder or the file that is none of this.

    Examples
    --------
    >>> def load(data_dir=None):
    ...     return pictures(data_dir, labels=("benign", "malignant"), size=48)
    """
    files = PictureFiles.of_folder(Path(source), labels, groups)
    both = (size, size) if isinstance(size, int) else size
    form = form_of(files.some(), both, border)
    return held(files, form) if fits(files, form) else streamed(files, form)


def fits(files: PictureFiles, form: Form) -> bool:
    """Whether all of them may be held in memory."""
    return len(files) * form.bytes <= IN_MEMORY


def held(files: PictureFiles, form: Form, test: PictureFiles | None = None) -> Dataset:
    """All pictures in memory; with a ``test`` part if it comes with them.

    Raises
    ------
    DataError
        Naming a picture that cannot be read, or that is in both parts.
    """
    return _dataset({"training": files, **({} if test is None else {"test": test})}, form)


def streamed(
    files: PictureFiles,
    form: Form,
    parting: Parting = Parting(),
    test: PictureFiles | None = None,
) -> Dataset:
    """A part of the pictures in memory, and the others in its ``stream``.

    A hash of each picture's name, or of its group's, says whether it tests, validates or trains; so none
    changes sides when the seed and the shares stay. Held are those that test and validate, and a sample of
    those that train. A ``test`` part that comes with the data takes the place of the first; of many a sample.

    Raises
    ------
    DataError
        Naming a picture that cannot be read, or that is in both parts.
    """
    seed, n = parting.seed, len(files)
    if test is not None:
        parting = replace(parting, test_fraction=0.0)
        share = parting.limits(form.bytes).tested / len(test)
        test = test.chosen(places_of(named(test.names), seed) < share)
    shares = parting.shares(n, form.bytes)
    ids = files.names if files.groups is None else files.groups.astype(str).tolist()
    places = places_of(named(ids), seed)
    training = files.chosen(shares.is_training(places))
    parts = {
        "training": training.chosen(_sample(training, seed, shares.sample)),
        "validation": files.chosen(shares.is_validation(places)),
        "test": files.chosen(shares.is_test(places)) if test is None else test,
    }
    _log.info(
        "%s pictures, %.3g GB decoded: %s to train with are read from their files; held are %s to validate "
        "with and %s to test with",
        *(f"{n:,}", n * form.bytes / 1e9, f"{len(training):,}"),
        *(f"{len(parts[name]):,}" for name in ("validation", "test")),
    )
    return _dataset(parts, form, PictureStream(training, form, seed))


def _sample(files: PictureFiles, seed: int, share: float) -> IntArray:
    """Positions of that ``share`` of the files, and of FEW of each class, however rare it is."""
    draws = draws_of(named(files.names), seed)
    chosen = draws < share
    for k in range(len(files.labels)):
        own = np.flatnonzero(files.y == k)
        chosen[own[np.argsort(draws[own], kind="stable")[:FEW]]] = True
    return np.flatnonzero(chosen)


def _dataset(
    parts: dict[str, PictureFiles], form: Form, stream: CaseStream | None = None
) -> Dataset:
    first, *others = parts.values()
    paths = [path for part in parts.values() for path in part.paths(range(len(part)))]
    _check_apart(parts)
    columns = {
        name: np.concatenate([part.columns[name] for part in parts.values()])
        for name in first.columns
        if all(name in part.columns for part in others)
    }
    groups = None
    if first.groups is not None:
        groups = np.concatenate([part.groups for part in parts.values() if part.groups is not None])
    return Dataset(
        decoded(paths, form),
        np.concatenate([part.y for part in parts.values()]),
        first.labels,
        groups=groups,
        test=_mask(parts, "test"),
        validation=_mask(parts, "validation"),
        cost_columns=columns,
        image_border=form.border,
        case_names=[name for part in parts.values() for name in part.names],
        stream=stream,
    )


def _mask(parts: dict[str, PictureFiles], wanted: str) -> BoolArray | None:
    if wanted not in parts:
        return None
    return np.repeat([name == wanted for name in parts], [len(part) for part in parts.values()])


def _check_apart(parts: dict[str, PictureFiles]) -> None:
    """What is tested with was not trained with, by its path."""
    if "test" not in parts:
        return
    training, test = parts["training"], parts["test"]
    if training.root.resolve() == test.root.resolve():
        twice = sorted({*training.names} & {*test.names})
        if twice:
            raise DataError(
                f"{test.root / twice[0]} is in the training part and in the test part ({len(twice):,} such "
                "pictures in all); expected different ones"
            )
