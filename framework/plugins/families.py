"""Families of classifiers of scikit-learn for tables: how each is built, and what ``auto`` tries.

Trees take features as they are. Linear models and kernels take them standardised and bent, so that what
is far out does not pull (see ``framework.core.transformers``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from framework.plugins.specs import EstimatorSpec, TableShape

WIDE = 60  # columns; with more, trees that look at most columns are slow and no better
CENTRES = 350
TREES, TREES_IN_THE_END = 100, 300
# What an optimizer may take; probabilities do not change in their third digit after that.
ITERATIONS = 300


def families() -> list[EstimatorSpec]:
    """All of them, each as a plugin would offer it."""
    return [
        EstimatorSpec(
            "extra_trees",
            _extra_trees,
            {"trees": TREES_IN_THE_END, "leaf": 1, "max_features": "sqrt"},
            _extra_trees_settings,
            final={"trees": TREES_IN_THE_END},
            description="trees with random splits (Geurts, Ernst, Wehenkel 2006); for tables",
        ),
        EstimatorSpec(
            "forest",
            _forest,
            {"trees": TREES_IN_THE_END, "leaf": 1},
            [{"trees": TREES, "leaf": leaf} for leaf in (1, 3)],
            final={"trees": TREES_IN_THE_END},
            description="random forest (Breiman 2001); for tables",
        ),
        EstimatorSpec(
            "boosting",
            _boosting,
            {"rounds": 100},
            [{"rounds": rounds} for rounds in (15, 30, 45, 60, 80, 100, 120, 150, 180)],
            staged="rounds",
            description="gradient boosting of small trees on histograms; for tables",
        ),
        EstimatorSpec(
            "linear",
            _linear,
            {"C": 1.0},
            [{"C": C} for C in (0.01, 0.03, 0.1, 0.3, 1.0, 10.0)],
            description="logistic regression on standardised features and their ranks; for tables",
        ),
        EstimatorSpec(
            "kernel",
            _kernel,
            {"gamma": 1.0, "C": 1.0},
            [{"gamma": gamma, "C": C} for gamma in (0.25, 1.0, 4.0) for C in (0.1, 1.0, 10.0)],
            description="logistic regression with a Gaussian kernel (Nystroem's approximation); for tables",
        ),
        EstimatorSpec(
            "discriminant",
            _discriminant,
            {"kind": "linear", "shrinkage": 0.1},
            [
                *({"kind": "linear", "shrinkage": share} for share in (0.02, 0.1, 0.3)),
                *({"kind": "quadratic", "shrinkage": share} for share in (0.05, 0.2, 0.5)),
            ],
            description="linear or quadratic discriminant analysis, shrunk; for tables",
        ),
    ]


def _extra_trees_settings(shape: TableShape) -> list[Mapping[str, Any]]:
    tried: list[tuple[int, float | str]] = [(1, "sqrt"), (3, "sqrt")]
    if shape.features <= WIDE:
        tried += [(1, 0.8), (3, 0.8)]
    return [{"trees": TREES, "leaf": leaf, "max_features": share} for leaf, share in tried]


def _extra_trees(shape: TableShape, trees: int, leaf: int, max_features: float | str) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier

    return ExtraTreesClassifier(trees, min_samples_leaf=leaf, max_features=max_features)


def _forest(shape: TableShape, trees: int, leaf: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(trees, min_samples_leaf=leaf)


def _boosting(shape: TableShape, rounds: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=0.06,
        max_leaf_nodes=12,
        min_samples_leaf=int(np.clip(shape.cases / 60, 3, 20)),
        l2_regularization=1.0,
        max_features=0.6,
        early_stopping=False,
    )


def _linear(shape: TableShape, C: float) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from framework.core.transformers import SmoothClip

    return make_pipeline(SmoothClip(ranks=True), LogisticRegression(C=C, max_iter=ITERATIONS))


def _kernel(shape: TableShape, gamma: float, C: float) -> Any:
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from framework.core.transformers import SmoothClip

    centres = min(CENTRES, shape.cases)
    return make_pipeline(
        SmoothClip(),
        Nystroem(gamma=gamma / shape.features, n_components=centres),
        LogisticRegression(C=C, max_iter=ITERATIONS),
    )


def _discriminant(shape: TableShape, kind: str, shrinkage: float) -> Any:
    from sklearn.discriminant_analysis import (
        LinearDiscriminantAnalysis,
        QuadraticDiscriminantAnalysis,
    )
    from sklearn.pipeline import make_pipeline

    from framework.core.transformers import SmoothClip

    if kind == "linear":
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)
    else:
        model = QuadraticDiscriminantAnalysis(reg_param=shrinkage)
    return make_pipeline(SmoothClip(), model)
