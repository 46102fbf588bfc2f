"""What CostSensitiveClassifier brings to a classifier, in test dollars per case (docs/any_classifier.md).

python bench/any_classifier.py                      # digits, random cost matrices
python bench/any_classifier.py german.data          # UCI's German credit, its official costs
"""

import sys
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from framework import CostSensitiveClassifier, cost_scorer

CLASSIFIERS = {
    "random forest": RandomForestClassifier(200, random_state=0),
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
}


def digits():
    X, y = load_digits(return_X_y=True)
    for seed in range(5):
        costs = np.exp(np.random.default_rng(seed).normal(1, 1.5, (10, 10)))
        np.fill_diagonal(costs, 0)
        yield X, y, costs, seed


def german_credit(path):
    import pandas as pd

    table = pd.read_csv(path, sep=r"\s+", header=None)
    X = pd.get_dummies(table.iloc[:, :-1]).to_numpy(float)
    y = (table.iloc[:, -1] == 2).to_numpy(int)
    yield from ((X, y, np.array([[0.0, 1.0], [5.0, 0.0]]), seed) for seed in range(10))


def dollars_of(classifier, X, y, costs, train, test):
    """By way to decide; our own network where there is no classifier."""
    own = CostSensitiveClassifier(classifier, cost_matrix=costs).fit(X[train], y[train])
    found = {"CostSensitiveClassifier": own.score(X[test], y[test])}
    if classifier is None:
        return found
    fitted = clone(classifier).fit(X[train], y[train])
    sigmoid = CalibratedClassifierCV(clone(classifier), ensemble=False).fit(X[train], y[train])
    cheapest = cost_scorer(costs, response="predict_proba")
    return {
        "predict": cost_scorer(costs)(fitted, X[test], y[test]),
        "least expected cost": cheapest(fitted, X[test], y[test]),
        "sigmoid calibration, least expected cost": cheapest(sigmoid, X[test], y[test]),
        **found,
    }


def main():
    warnings.simplefilter("ignore")
    found = {}
    for X, y, costs, seed in german_credit(sys.argv[1]) if sys.argv[1:] else digits():
        parts = train_test_split(np.arange(len(y)), test_size=0.3, random_state=seed, stratify=y)
        for name, classifier in {**CLASSIFIERS, "our own network": None}.items():
            for way, dollars in dollars_of(classifier, X, y, costs, *parts).items():
                found.setdefault((name, way), []).append(dollars)
    for (name, way), dollars in found.items():
        error = np.std(dollars, ddof=1) / len(dollars) ** 0.5
        print(f"{name:20} {way:42} {np.mean(dollars):8.3f} ({error:.3f})")


if __name__ == "__main__":
    main()
