"""Decisions of the peers on one case; run in an environment of its own (peers-requirements.txt).

    python peers.py case.npz decisions.json

Every peer gets standardised features; those that fit one linear model per pair of classes get the
first 100 principal components when there are more features than that.
"""

import json
import sys
import time
import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

MAX_FEATURES = 100


def prepared(case):
    steps = [StandardScaler()]
    if case["X_train"].shape[1] > MAX_FEATURES:
        steps.append(PCA(MAX_FEATURES, random_state=0))
    pipeline = make_pipeline(*steps).fit(case["X_train"])
    return pipeline.transform(case["X_train"]), pipeline.transform(case["X_test"])


def class_weighted(X, y, X_test, costs):
    """scikit-learn's logistic regression, classes weighted by the mean regret of their mistakes."""
    regret = costs - costs.min(axis=1, keepdims=True)
    weights = regret.sum(axis=1) / (len(costs) - 1)
    weights = dict(enumerate(weights / weights[y].mean()))
    return LogisticRegression(class_weight=weights, max_iter=2000).fit(X, y).predict(X_test)


def tuned_threshold(X, y, X_test, costs):
    """scikit-learn's TunedThresholdClassifierCV around logistic regression, scored by the costs."""

    def gain(y_true, y_pred):
        return -costs[np.asarray(y_true), np.asarray(y_pred)].sum()

    model = TunedThresholdClassifierCV(
        LogisticRegression(max_iter=2000), scoring=make_scorer(gain), thresholds=400
    )
    return model.fit(X, y).predict(X_test)


def weighted_all_pairs(X, y, X_test, costs):
    """costsensitive's WeightedAllPairs around logistic regression."""
    from costsensitive import WeightedAllPairs

    model = WeightedAllPairs(LogisticRegression(max_iter=300, solver="liblinear"))
    model.fit(X, costs[y])
    return model.predict(X_test)


def regression_one_vs_rest(X, y, X_test, costs):
    """costsensitive's RegressionOneVsRest around ridge regression."""
    from costsensitive import RegressionOneVsRest

    model = RegressionOneVsRest(Ridge(1.0))
    model.fit(X, costs[y])
    return model.predict(X_test)


def empulse_costs(costs):
    (tn, fp), (fn, tp) = costs
    return {"tn_cost": tn, "fp_cost": fp, "fn_cost": fn, "tp_cost": tp}


def cslogit(X, y, X_test, costs):
    """empulse's CSLogitClassifier; its costs name the second class positive."""
    from empulse.models import CSLogitClassifier

    scale = costs.max()
    model = CSLogitClassifier(**empulse_costs(costs / scale))
    return np.asarray(model.fit(X, y).predict(X_test)).astype(int)


def csboost(X, y, X_test, costs):
    """empulse's CSBoostClassifier around LightGBM."""
    from empulse.models import CSBoostClassifier
    from lightgbm import LGBMClassifier

    scale = costs.max()
    model = CSBoostClassifier(
        LGBMClassifier(n_estimators=100, verbose=-1), **empulse_costs(costs / scale)
    )
    return np.asarray(model.fit(X, y).predict(X_test)).astype(int)


ANY = {"scikit-learn: class-weighted logistic regression": class_weighted}
MULTICLASS = {  # costsensitive asserts that there are more than two classes
    "costsensitive: WeightedAllPairs": weighted_all_pairs,
    "costsensitive: RegressionOneVsRest": regression_one_vs_rest,
}
BINARY = {
    "scikit-learn: TunedThresholdClassifierCV": tuned_threshold,
    "empulse: CSLogitClassifier": cslogit,
    "empulse: CSBoostClassifier": csboost,
}


def main():
    case = np.load(sys.argv[1])
    X, X_test = prepared(case)
    y, costs = case["y_train"], case["costs"]
    decisions = {}
    for name, peer in (ANY | (BINARY if len(costs) == 2 else MULTICLASS)).items():
        started = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                decided = np.asarray(peer(X, y, X_test, costs)).astype(int).tolist()
            except Exception as error:  # a peer's failure is a result, told in the table
                decided = f"{type(error).__name__}: {error}"
        decisions[name] = {"decisions": decided, "seconds": time.perf_counter() - started}
    with open(sys.argv[2], "w") as file:
        json.dump(decisions, file)


main()
