"""A pool on disk: every kind of member says the same when it is loaded, and no file runs code."""

import json

import numpy as np
import pytest
import skops.io
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from framework.core.backend import keras
from framework.core.decisions import pooling
from framework.core.errors import ArtifactError
from framework.core.scaling import Scaling
from framework.core.transformers import SmoothClip
from framework.inference.keras_model import KerasModel
from framework.inference.members import EstimatorMember, TreesMember, member_of
from framework.inference.pooled_model import PooledModel
from framework.training.estimators import fit
from tests.conftest import blobs

TREES = [
    ExtraTreesClassifier(20),
    RandomForestClassifier(20, min_samples_leaf=3),
    HistGradientBoostingClassifier(max_iter=20),
    GradientBoostingClassifier(n_estimators=20),
    make_pipeline(SmoothClip(), PCA(2), ExtraTreesClassifier(20)),
]
OTHERS = [
    make_pipeline(SmoothClip(ranks=True), LogisticRegression()),
    make_pipeline(StandardScaler(), LogisticRegression()),
]


def data(n_classes):
    X, y = blobs(200, n_classes)
    return X + 1e-9, y  # no number of float32


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("classifier", TREES, ids=lambda c: type(c).__name__)
def test_trees_say_the_same_as_scikit_learns_and_when_loaded(classifier, n_classes, tmp_path):
    X, y = data(n_classes)
    seen = y != 1 if n_classes == 3 else y >= 0  # of three classes, one that it never saw
    fitted = fit(classifier, X[seen], y[seen], n_classes)
    member = member_of(fitted)
    assert isinstance(member, TreesMember)
    member.save(tmp_path / "m")
    loaded = TreesMember.read(tmp_path / "m", json.loads(json.dumps(member.values)))
    new = np.random.default_rng(0).normal(100, 30, size=(500, 3))
    for told in (member(new), loaded(new)):
        np.testing.assert_allclose(told, fitted(new), atol=1e-6)


@pytest.mark.parametrize("classifier", OTHERS, ids=["ours", "scikit-learn's"])
def test_other_classifiers_say_the_same_when_loaded(classifier, tmp_path):
    X, y = data(3)
    fitted = fit(classifier, X, y, 3)
    member = member_of(fitted)
    assert isinstance(member, EstimatorMember)
    member.save(tmp_path / "m")
    np.testing.assert_array_equal(EstimatorMember.read(tmp_path / "m", member.values)(X), fitted(X))


class Stranger(LogisticRegression):
    """Of a plugin that may be installed where it is loaded, or not."""


def test_what_nobody_vouches_for_is_not_loaded(tmp_path):
    X, y = data(2)
    member = member_of(fit(Stranger(), X, y, 2))
    member.save(tmp_path / "m")
    name = f"{Stranger.__module__}.Stranger"
    with pytest.raises(ArtifactError, match=rf"made of {name}, which no installed plugin"):
        EstimatorMember.read(tmp_path / "m", member.values)
    loaded = EstimatorMember.read(tmp_path / "m", member.values, trusted=(name,))
    np.testing.assert_array_equal(loaded(X), member(X))


def test_a_subclass_of_trees_is_not_taken_for_them():
    class Backwards(RandomForestClassifier):
        def predict_proba(self, X):
            return super().predict_proba(X)[:, ::-1]

    X, y = data(2)
    assert isinstance(member_of(fit(Backwards(3), X, y, 2)), EstimatorMember)


@pytest.fixture
def pooled():
    X, y = data(2)
    scaling = Scaling.fit(X)
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    members = {
        "0-mlp": KerasModel(network, scaling),
        "1-trees": member_of(fit(ExtraTreesClassifier(10), X, y, 2)),
        "2-linear": member_of(fit(OTHERS[0], X, y, 2)),
    }
    pool = pooling.fit([member(X) for member in members.values()], y)
    return PooledModel(members, pool), scaling, X


def read(folder, scaling):
    return PooledModel.read(folder, scaling, lambda name: ())


def test_a_pool_of_all_kinds_says_the_same_when_loaded(pooled, tmp_path):
    model, scaling, X = pooled
    model.save(tmp_path)
    assert sorted(p.name for p in (tmp_path / "members").iterdir()) == [
        "0-mlp.keras",
        "0-mlp.onnx",
        "1-trees.trees.gz",
        "2-linear.skops",
    ]
    np.testing.assert_allclose(read(tmp_path, scaling)(X), model(X), atol=1e-6)


def test_a_single_classifier_needs_no_pool(tmp_path):
    X, y = data(2)
    member = member_of(fit(ExtraTreesClassifier(10), X, y, 2))
    PooledModel({"0-trees": member}, None).save(tmp_path)
    np.testing.assert_array_equal(read(tmp_path, Scaling.fit(X))(X), member(X))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("members/1-trees.trees.gz", None, "it has no members/1-trees.trees.gz"),
        ("members/1-trees.trees.gz", b"no trees", "cannot be loaded"),
        ("members/2-linear.skops", b"no zip", "cannot be loaded"),
        ("pool.json", b"{}", 'the key "members" is missing'),
    ],
)
def test_a_damaged_pool_is_told(pooled, tmp_path, file, content, message):
    model, scaling, _ = pooled
    model.save(tmp_path)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(ArtifactError, match=message):
        read(tmp_path, scaling)


def test_a_file_cannot_be_made_to_lie_elsewhere(pooled, tmp_path):
    model, scaling, _ = pooled
    model.save(tmp_path)
    told = json.loads((tmp_path / "pool.json").read_text())
    told["members"][1]["file"] = "../../elsewhere/1-trees.trees.gz"
    (tmp_path / "pool.json").write_text(json.dumps(told))
    read(tmp_path, scaling)  # of the name, only what is behind the last slash is taken


def test_a_pickled_classifier_is_not_loaded(pooled, tmp_path):
    """skops writes what it cannot write otherwise as a function to be called: not one we know."""
    model, scaling, _ = pooled
    model.save(tmp_path)
    skops.io.dump(make_pipeline(DecisionTreeClassifier(), print), tmp_path / "evil.skops")
    (tmp_path / "evil.skops").rename(tmp_path / "members" / "2-linear.skops")
    with pytest.raises(ArtifactError, match=r"made of builtins\.print"):
        read(tmp_path, scaling)
