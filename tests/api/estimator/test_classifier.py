import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from lightgbm import LGBMClassifier
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    ShuffleSplit,
    cross_val_score,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from framework import (
    CostMatrix,
    CostMatrixError,
    CostSensitiveClassifier,
    DataError,
    EstimatorError,
    cost_scorer,
)

IRIS = load_iris(return_X_y=True)
KINDS = np.array(["setosa", "versicolor", "virginica"])
# To take a versicolor for a virginica is cheap, the reverse is dear.
DEAR = {
    "virginica": {"versicolor": 50, "setosa": 50},
    "versicolor": {"virginica": 1, "setosa": 1},
    "setosa": {"virginica": 1, "versicolor": 1},
}
TREES = 20


def forest(**parameters):
    return RandomForestClassifier(TREES, random_state=0, **parameters)


def columns_apart(n=120):
    """Overlapping classes "no" and "yes", and what each case is worth."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % 2
    X = rng.normal(size=(n, 1)) + y[:, None]
    return X, np.array(["no", "yes"])[y], rng.uniform(1, 100, n)


def test_decides_at_least_expected_cost_by_its_own_probabilities():
    X, y = IRIS
    costs = [[0, 1, 1], [1, 0, 1], [50, 50, 0]]
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=costs).fit(X, y)
    p = clf.predict_proba(X)
    expected = p @ np.array(costs)
    assert (clf.predict(X) == expected.argmin(axis=1)).all()
    np.testing.assert_allclose(clf.expected_costs(X), expected)
    assert not (clf.predict(X) == p.argmax(axis=1)).all()


def test_the_matrix_goes_by_labels_whatever_their_order():
    X, y = IRIS
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=DEAR).fit(X, KINDS[y])
    assert clf.classes_.tolist() == KINDS.tolist()
    assert clf.cost_matrix_.labels == tuple(KINDS)
    same = [[0, 1, 1], [1, 0, 1], [50, 50, 0]]
    other = CostSensitiveClassifier(GaussianNB(), cost_matrix=same).fit(X, KINDS[y])
    assert (clf.predict(X) == other.predict(X)).all()


@pytest.mark.parametrize(
    "estimator",
    [
        LGBMClassifier(n_estimators=10, verbose=-1),
        forest(),
        HistGradientBoostingClassifier(max_iter=10),
        make_pipeline(StandardScaler(), LogisticRegression()),
        DecisionTreeClassifier(random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_takes_any_classifier_with_probabilities(estimator, n_classes):
    X, y = IRIS
    X, y = pd.DataFrame(X[y < n_classes]), KINDS[y[y < n_classes]]
    X.columns = [f"x{k}" for k in range(4)]
    clf = CostSensitiveClassifier(estimator, cv=3).fit(X, y)
    p = clf.predict_proba(X)
    assert p.shape == (len(y), n_classes)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (clf.predict(X) == y).mean() > 0.9
    assert clf.n_features_in_ == 4


def test_forests_are_cheaper_than_as_they_are():
    X, y = load_breast_cancer(return_X_y=True)
    costs, train = [[0, 50], [1, 0]], np.arange(len(y)) % 2 == 0
    clf = CostSensitiveClassifier(forest(), cost_matrix=costs).fit(X[train], y[train])
    plain = cost_scorer(costs)(forest().fit(X[train], y[train]), X[~train], y[~train])
    assert clf.score(X[~train], y[~train]) > plain


def test_zeros_of_a_forest_are_no_certainty():
    X, y = IRIS
    clf = CostSensitiveClassifier(DecisionTreeClassifier(random_state=0)).fit(X, y)
    assert clf.estimator_.predict_proba(X).min() == 0
    assert clf.predict_proba(X).min() > 1e-6


def test_score_is_dollars_per_case():
    X, y = IRIS
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=DEAR).fit(X, KINDS[y])
    wrong = np.array([DEAR[t].get(d, 0) for t, d in zip(KINDS[y], clf.predict(X), strict=True)])
    assert clf.score(X, KINDS[y]) == -wrong.mean()
    weights = np.arange(len(y))
    weighted = clf.score(X, KINDS[y], sample_weight=weights)
    np.testing.assert_allclose(weighted, -np.average(wrong, weights=weights))


def test_without_costs_all_mistakes_are_equal():
    X, y = IRIS
    clf = CostSensitiveClassifier(GaussianNB()).fit(X, y)
    assert (clf.predict(X) == clf.predict_proba(X).argmax(axis=1)).all()
    np.testing.assert_allclose(clf.score(X, y), (clf.predict(X) == y).mean() - 1)


def test_a_referral_may_be_the_cheapest():
    X, y, _ = columns_apart()
    costs = {"no": {"yes": 10, "refer": 1}, "yes": {"no": 10, "refer": 1}}
    clf = CostSensitiveClassifier(LogisticRegression(), cost_matrix=costs).fit(X, y)
    decided = clf.predict(X)
    assert set(decided) == {"no", "yes", "refer"}
    assert ((decided == "refer") == (clf.predict_proba(X).max(axis=1) < 0.9)).all()
    numbers = CostSensitiveClassifier(
        LogisticRegression(), cost_matrix={0: {1: 10, "refer": 1}, 1: {0: 10, "refer": 1}}
    ).fit(X, (y == "yes").astype(int))
    assert set(numbers.predict(X)) == {0, 1, "refer"}


CASE = {"no": {"yes": 10}, "yes": {"no": {"column": "amount", "factor": 1}}}


@pytest.mark.parametrize("own", [False, True])
def test_costs_of_the_case_come_in_the_frame_or_apart(own):
    X, y, amount = columns_apart()
    estimator = None if own else LogisticRegression()
    clf = CostSensitiveClassifier(estimator, cost_matrix=CASE, updates=100)
    clf.fit(X, y, columns={"amount": amount})
    decided = clf.predict(X, columns=pd.DataFrame({"amount": amount}))
    p = clf.predict_proba(X)[:, 1]
    assert (decided == np.where(p * amount > (1 - p) * 10, "yes", "no")).all()
    with pytest.raises(CostMatrixError, match='depend on the column "amount"'):
        clf.predict(X)
    frame = pd.DataFrame({"x": X[:, 0], "amount": amount})
    inside = CostSensitiveClassifier(estimator, cost_matrix=CASE, updates=100).fit(frame, y)
    assert set(inside.predict(frame)) == {"no", "yes"}


def test_what_is_known_only_afterwards_decides_by_its_mean():
    X, y, amount = columns_apart()
    cell = {"column": "amount", "factor": 1, "known": "afterwards"}
    costs = {"no": {"yes": 10}, "yes": {"no": cell}}
    clf = CostSensitiveClassifier(LogisticRegression(), cost_matrix=costs)
    clf.fit(X, y, columns={"amount": amount})
    p, mean = clf.predict_proba(X)[:, 1], amount[y == "yes"].mean()
    assert (clf.predict(X) == np.where(p * mean > (1 - p) * 10, "yes", "no")).all()
    wrong = np.where(y == "yes", amount, 10)[clf.predict(X) != y].sum() / len(y)
    np.testing.assert_allclose(clf.score(X, y, columns={"amount": amount}), -wrong)


def test_a_column_of_another_length_is_refused():
    X, y, amount = columns_apart()
    with pytest.raises(DataError, match=r'"amount": expected 120 values, received \(119,\)'):
        CostSensitiveClassifier(GaussianNB(), cost_matrix=CASE).fit(
            X, y, columns={"amount": amount[1:]}
        )


@pytest.mark.parametrize("way", ["frozen", "prefit"])
def test_a_fitted_model_is_calibrated_as_it_is(way):
    X, y = IRIS
    half = np.arange(len(y)) % 2 == 0
    fitted = GaussianNB().fit(X[half], y[half])
    frozen = way == "frozen"
    clf = CostSensitiveClassifier(
        FrozenEstimator(fitted) if frozen else fitted, cv=5 if frozen else "prefit"
    ).fit(X[~half], y[~half])
    assert fitted.class_count_.tolist() == [25, 25, 25]  # it was not fitted again
    assert clf.estimator_ is (clf.estimator if frozen else fitted)
    assert (clf.predict_proba(X) != fitted.predict_proba(X)).any()
    two = y[~half] < 2  # a class that these cases lack is known to it
    fewer = clone(clf).set_params(estimator=clf.estimator)
    assert fewer.fit(X[~half][two], y[~half][two]).classes_.tolist() == [0, 1, 2]


@pytest.mark.parametrize("estimator", [GaussianNB(), None])
def test_no_calibration_leaves_probabilities_as_they_are(estimator):
    X, y = IRIS
    clf = CostSensitiveClassifier(estimator, calibration="none", updates=50).fit(X, y)
    assert (clf.predict_proba(X) == clf.estimator_.predict_proba(X)).all()


def test_weights_count_in_the_estimator_and_in_the_calibration():
    X, y = IRIS
    weights = np.where(y == 2, 20.0, 1.0)
    clf = CostSensitiveClassifier(GaussianNB()).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(clf.estimator_.class_prior_, [1 / 22, 1 / 22, 20 / 22])
    assert (clf.predict(X) == 2).sum() > (
        CostSensitiveClassifier(GaussianNB()).fit(X, y).predict(X) == 2
    ).sum()


def test_our_own_network_knows_weights():
    X, y, _ = columns_apart()
    clf = CostSensitiveClassifier(network="logistic", updates=300)
    plain = (clf.fit(X, y).predict(X) == "yes").mean()
    heavy = (clf.fit(X, y, sample_weight=np.where(y == "yes", 9, 1)).predict(X) == "yes").mean()
    assert heavy > plain + 0.2


@pytest.mark.slow
def test_our_own_network_is_the_same_every_time_and_knows_costs():
    X, y = IRIS
    clf = CostSensitiveClassifier(cost_matrix=DEAR, updates=300).fit(X, KINDS[y])
    again = clone(clf).fit(X, KINDS[y])
    assert (clf.predict_proba(X) == again.predict_proba(X)).all()
    other = clone(clf).set_params(random_state=1).fit(X, KINDS[y])
    assert (clf.predict_proba(X) != other.predict_proba(X)).any()
    assert clf.score(X, KINDS[y]) > -0.5
    assert clf.predict(X[:1]) == clf.predict(X)[:1]


@pytest.mark.parametrize("estimator", [GaussianNB(), None])
def test_pickles(estimator):
    X, y = IRIS
    clf = CostSensitiveClassifier(estimator, cost_matrix=DEAR, updates=50).fit(X, KINDS[y])
    again = pickle.loads(pickle.dumps(clf))
    assert (again.predict_proba(X) == clf.predict_proba(X)).all()
    assert (again.predict(X) == clf.predict(X)).all()


def test_groups_stay_whole():
    X, y = IRIS
    groups = np.arange(len(y)) // 2
    seen = []

    class Watching(GaussianNB):
        def fit(self, X, y, sample_weight=None):
            seen.append(X[:, 0])
            return super().fit(X, y, sample_weight)

    numbered = np.column_stack([groups, X])
    CostSensitiveClassifier(Watching(), cv=3).fit(numbered, y, groups=groups)
    assert len(seen) == 4
    for part in seen[:3]:
        assert (np.unique(part, return_counts=True)[1] == 2).all()
    same = CostSensitiveClassifier(GaussianNB(), cv=GroupKFold(3)).fit(X, y, groups=groups)
    assert same.classes_.tolist() == [0, 1, 2]


def test_metadata_is_routed():
    X, y, amount = columns_apart()
    frame = pd.DataFrame({"amount": amount})
    with config_context(enable_metadata_routing=True):
        inner = LogisticRegression().set_fit_request(sample_weight=True)
        clf = CostSensitiveClassifier(inner, cost_matrix=CASE)
        clf.set_fit_request(columns=True, sample_weight=True).set_predict_request(columns=True)
        clf.set_score_request(columns=True, sample_weight=False)
        weights = np.ones(len(y))
        params = {"columns": frame, "sample_weight": weights}
        own = cross_validate(clf, X, y, params=params, cv=3)["test_score"]
        scorer = cost_scorer(CASE).set_score_request(columns=True, sample_weight=False)
        told = cross_validate(clf, X, y, params=params, cv=3, scoring=scorer)["test_score"]
    np.testing.assert_allclose(own, told)
    assert (own < 0).all()


def test_works_in_searches_pipelines_and_cross_validation():
    X, y = IRIS
    clf = CostSensitiveClassifier(forest(), cost_matrix=DEAR, cv=3)
    scores = cross_val_score(clf, X, KINDS[y], scoring=cost_scorer(DEAR), cv=3)
    assert scores.shape == (3,)
    assert (scores <= 0).all()
    grid = {"estimator__max_depth": [1, None], "calibration": ["none", "bias"]}
    search = GridSearchCV(clf, grid, cv=3).fit(X, KINDS[y])
    assert search.best_score_ <= 0
    assert set(search.best_params_) == set(grid)
    piped = make_pipeline(StandardScaler(), clf).fit(X, KINDS[y])
    assert set(piped.predict(X)) <= set(KINDS)
    assert piped.score(X, KINDS[y]) <= 0


def test_frames_come_in_and_out():
    X, y = IRIS
    frame = pd.DataFrame(X, columns=list("abcd"), index=np.arange(len(y)) + 7)
    costs = {
        0: {1: 1, 2: 1, "refer": 0.2},
        1: {0: 1, 2: 1, "refer": 1},
        2: {0: 1, 1: 1, "refer": 1},
    }
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=costs).fit(frame, pd.Series(y))
    assert clf.feature_names_in_.tolist() == list("abcd")
    assert isinstance(clf.expected_costs(frame), np.ndarray)
    told = clf.set_output(transform="pandas").expected_costs(frame)
    assert told.columns.tolist() == [0, 1, 2, "refer"]
    assert (told.index == frame.index).all()
    assert (told.idxmin(axis=1) == clf.predict(frame)).all()
    polars = pl.DataFrame(frame)
    own = CostSensitiveClassifier(cost_matrix=costs, updates=50).fit(polars, pl.Series(y))
    found = own.set_output(transform="polars").expected_costs(polars)
    assert found.columns == ["0", "1", "2", "refer"]
    assert clf.set_output(transform="default").expected_costs(frame).shape == (150, 4)
    with pytest.raises(EstimatorError, match="received 'table'"):
        clf.set_output(transform="table").expected_costs(frame)


def test_scikit_learns_configuration_of_outputs_counts():
    X, y = IRIS
    clf = CostSensitiveClassifier(GaussianNB()).fit(X, y)
    with config_context(transform_output="pandas"):
        assert clf.expected_costs(X).columns.tolist() == [0, 1, 2]


def test_is_drawn_in_a_notebook_and_told_in_short():
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=[[0, 1], [5, 0]])
    assert "GaussianNB" in clf._repr_html_()
    assert repr(clf).startswith("CostSensitiveClassifier(cost_matrix=[[0, 1], [5, 0]]")


def test_rare_classes_are_left_out_of_the_calibration_alone():
    X, y = IRIS
    rare = np.r_[np.arange(100), 100]
    clf = CostSensitiveClassifier(GaussianNB(var_smoothing=1e-2)).fit(X[rare], y[rare])
    assert clf.classes_.tolist() == [0, 1, 2]
    assert (clf.predict(X[:100]) == y[:100]).mean() > 0.9


def test_a_decision_that_no_case_has_may_be_allowed():
    X, y, _ = columns_apart()
    labels = ("wait", "no", "yes")
    costs = CostMatrix("m", labels, [[0, 9, 9], [1, 0, 10], [1, 10, 0]], allow=("unseen_classes",))
    for estimator in (LogisticRegression(), None):
        clf = CostSensitiveClassifier(estimator, cost_matrix=costs, updates=100).fit(X, y)
        assert clf.classes_.tolist() == ["no", "yes"]
        assert clf.decisions_.tolist() == ["no", "yes", "wait"]
        assert set(clf.predict(X)) == {"no", "yes", "wait"}
        assert clf.predict_proba(X).shape == (120, 2)


@pytest.mark.parametrize(
    ("estimator", "parameters", "told"),
    [
        (SVC(), {}, r"SVC has no predict_proba.*CalibratedClassifierCV\(SVC"),
        (GaussianNB(), {"cv": 200}, "cv=.*150 cases .*cannot be split"),
        (GaussianNB(), {"cv": 1}, "cv=1"),
        (GaussianNB(), {"cv": ShuffleSplit(5, test_size=0.5)}, "is held out . times"),
        (None, {"network": "cnn"}, "expected one of logistic, mlp"),
    ],
)
def test_what_cannot_be_used_is_told(estimator, parameters, told):
    with pytest.raises(EstimatorError, match=told):
        CostSensitiveClassifier(estimator, **parameters).fit(*IRIS)


def test_labels_that_do_not_fit_are_told():
    X, y = IRIS
    clf = CostSensitiveClassifier(GaussianNB(), cost_matrix=DEAR)
    with pytest.raises(CostMatrixError, match=r"missing in the matrix: .*maybe"):
        clf.fit(X, np.array(["maybe", "setosa", "virginica"])[y])
    two = y < 2
    with pytest.raises(CostMatrixError, match='no case of y has the class "virginica"'):
        clf.fit(X[two], KINDS[y[two]])
    with pytest.raises(CostMatrixError, match=r"2 rows .* 3 classes"):
        CostSensitiveClassifier(GaussianNB(), cost_matrix=[[0, 1], [5, 0]]).fit(X, y)
    clf.fit(X, KINDS[y])
    with pytest.raises(EstimatorError, match='label "iris" is none of the classes'):
        clf.score(X[:1], ["iris"])


def test_one_class_and_weights_of_nothing_are_told():
    X, y = IRIS
    with pytest.raises(EstimatorError, match="one class alone"):
        CostSensitiveClassifier(GaussianNB()).fit(X, np.zeros(len(y), int))
    with pytest.raises(ValueError, match="at least one non-zero"):
        CostSensitiveClassifier(GaussianNB()).fit(X, y, sample_weight=np.zeros(len(y)))
    with pytest.raises(ValueError, match=r"[Nn]egative"):
        CostSensitiveClassifier(GaussianNB()).fit(X, y, sample_weight=np.arange(-1, 149))
    piped = make_pipeline(StandardScaler(), GaussianNB())
    with pytest.raises(EstimatorError, match=r"Pipeline\.fit takes no sample_weight"):
        CostSensitiveClassifier(piped).fit(X, y, sample_weight=np.ones(len(y)))
    weighted = CostSensitiveClassifier(piped).fit(X, y, gaussiannb__sample_weight=np.ones(len(y)))
    assert (weighted.predict(X) == y).mean() > 0.9
