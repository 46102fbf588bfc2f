"""The members of a pool: raw features in, probabilities out; files that are safe to load.

Trees are kept as treelite keeps them, which decides bit for bit as scikit-learn does and a case in a
fraction of a millisecond; other classifiers by skops, which makes again only what is known to be
harmless; networks as Keras files. Nothing is pickled.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from framework.core.archives import ArchiveError, check_zip, unzipped
from framework.core.arrays import FloatArray
from framework.core.errors import ArtifactError
from framework.core.file_bytes import NotAFileError
from framework.core.files import write_bytes, written
from framework.core.fitted_estimator import FittedEstimator
from framework.core.json_fields import Fields

COMPRESSION = 4  # of gzip
FEW = 1000  # cases
# Our own, which a pipeline may hold.
TRUSTED = (
    "framework.core.classifiers.KernelLeastSquares",
    "framework.core.classifiers.MarginClassifier",
    "framework.core.classifiers.RegularisedDiscriminant",
    "framework.core.transformers.SmoothClip",
)


class Member(Protocol):
    """What a pool is made of; ``kind`` and ``values`` are what its file does not say."""

    kind: str

    @property
    def values(self) -> Mapping[str, Any]: ...

    def __call__(self, X: np.ndarray) -> FloatArray:
        """(n, N) probabilities for raw features (n, d)."""
        ...

    def save(self, path: Path) -> None: ...


@dataclass(frozen=True, eq=False)
class TreesMember:
    """Trees of scikit-learn, behind transformers or alone.

    ``before`` is what is done to features before them, or None. ``classes`` are the indices that they
    know, of ``n_classes``; ``single`` says whether they compare features in float32, as forests do.
    """

    model: Any
    before: Any
    classes: tuple[int, ...]
    n_classes: int
    single: bool
    kind = "trees"

    @classmethod
    def of(cls, fitted: FittedEstimator) -> TreesMember | None:
        """``fitted`` as treelite has it; None where it knows no such trees."""
        from sklearn import ensemble
        from sklearn.pipeline import Pipeline

        before, trees = None, fitted.classifier
        if type(trees) is Pipeline and len(trees) > 1:
            before, trees = trees[:-1], trees[-1]
        forests = (ensemble.RandomForestClassifier, ensemble.ExtraTreesClassifier)
        boosted = (ensemble.HistGradientBoostingClassifier, ensemble.GradientBoostingClassifier)
        # A subclass may do something else.
        if type(trees) not in (*forests, *boosted) or len(fitted.classes) < 2:
            return None
        from treelite.sklearn import import_model

        single = not isinstance(trees, ensemble.HistGradientBoostingClassifier)
        return cls(import_model(trees), before, fitted.classes, fitted.n_classes, single)

    def __call__(self, X: np.ndarray) -> FloatArray:
        from treelite.gtil import predict

        features = X if self.before is None else self.before.transform(X)
        features = np.ascontiguousarray(features, np.float32 if self.single else np.float64)
        threads = (
            1 if len(X) < FEW else 0
        )  # 0: one for each core, which is not worth starting for few
        told = np.asarray(predict(self.model, features, nthread=threads), np.float64)
        told = told.reshape(len(X), -1)
        if told.shape[1] == 1:  # boosted trees of two classes: the second's
            told = np.concatenate([1 - told, told], axis=1)
        probabilities = np.zeros((len(X), self.n_classes))
        probabilities[:, self.classes] = told
        return probabilities

    @property
    def values(self) -> Mapping[str, Any]:
        return {
            "classes": list(self.classes),
            "n_classes": self.n_classes,
            "single": self.single,
            "transformed": self.before is not None,
        }

    def save(self, path: Path) -> None:
        # A sixth of the size; the time of writing is part of no name.
        write_bytes(path, gzip.compress(self.model.serialize_bytes(), COMPRESSION, mtime=0))
        if self.before is not None:
            _dump(self.before, _before(path))

    @classmethod
    def read(
        cls, path: Path, values: Mapping[str, Any], trusted: Sequence[str] = ()
    ) -> TreesMember:
        """What ``save`` wrote; ``values`` is what its pool says of it."""
        from treelite import Model, TreeliteError

        told = Fields(dict(values), path)
        n_classes, single = told.whole("n_classes", least=2), told.yes_or_no("single")
        classes = told.wholes("classes", most=n_classes - 1)
        try:
            model = Model.deserialize_bytes(unzipped(path))
        except (ArchiveError, NotAFileError) as error:
            raise ArtifactError(f"{path} cannot be loaded: it {error}") from None
        except (TreeliteError, OSError) as error:
            raise ArtifactError(f"{path} cannot be loaded: {error}") from error
        before = _load(_before(path), trusted) if told.yes_or_no("transformed") else None
        return cls(model, before, classes, n_classes, single)


@dataclass(frozen=True, eq=False)
class EstimatorMember:
    """Any other classifier of scikit-learn's kind."""

    fitted: FittedEstimator
    kind = "estimator"

    def __call__(self, X: np.ndarray) -> FloatArray:
        return self.fitted(X)

    @property
    def values(self) -> Mapping[str, Any]:
        return {"n_classes": self.fitted.n_classes}

    def save(self, path: Path) -> None:
        _dump(self.fitted.classifier, path)

    @classmethod
    def read(
        cls, path: Path, values: Mapping[str, Any], trusted: Sequence[str] = ()
    ) -> EstimatorMember:
        """What ``save`` wrote; of classes other than scikit-learn's, those ``trusted`` alone."""
        n_classes = Fields(dict(values), path).whole("n_classes", least=2)
        return cls(FittedEstimator(_load(path, trusted), n_classes))


def member_of(fitted: FittedEstimator) -> Member:
    """The form in which a fitted classifier is kept."""
    return TreesMember.of(fitted) or EstimatorMember(fitted)


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.before.skops")


def _dump(fitted: Any, path: Path) -> None:
    """Write what is fitted.

    Raises
    ------
    ArtifactError
        When it is of a class that a loaded file could not name.
    """
    import skops.io

    home = type(fitted)
    if "<locals>" in home.__qualname__:
        raise ArtifactError(
            f"{home.__name__} cannot be saved without pickle: it is defined within a function, where no "
            "file can find it; define it in a module"
        )
    with written(path) as temporary:
        skops.io.dump(fitted, temporary)


def _load(path: Path, trusted: Sequence[str]) -> Any:
    """What ``_dump`` wrote; of classes other than scikit-learn's, TRUSTED and those ``trusted`` alone.

    Raises
    ------
    ArtifactError
        When the file cannot be read, or is made of others.
    """
    import skops.io

    try:
        check_zip(path)
        needed = skops.io.get_untrusted_types(file=path)
        unknown = sorted(set(needed) - {*TRUSTED, *trusted})
        if unknown:
            raise ArtifactError(
                f"{path} is made of {', '.join(unknown)}, which no installed plugin vouches for, and was "
                "not loaded; install the plugin of its model, whose EstimatorSpec names what it is made of "
                "as trusted"
            )
        return skops.io.load(path, trusted=needed)
    except ArtifactError:
        raise
    except (ArchiveError, NotAFileError) as error:
        raise ArtifactError(f"{path} cannot be loaded: it {error}") from None
    except Exception as error:  # a damaged file may fail in any way
        raise ArtifactError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
