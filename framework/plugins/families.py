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
FEW = 2000  # cases, up to which exact kernels are quick
# Of a kernel that is approximated: the more cases the more, as long as a table of features by them is of
# so many entries.
CENTRES, MOST_CENTRES, CASES_OF_A_CENTRE, ENTRIES = 350, 1000, 15, 2e7
MANY = 5000  # cases, that bear more trees one after another
MOST_LEAVES = 5000  # of a tree: of many cases, leaves of single ones would fill a disk
DIRECTIONS = 20
TREES, TREES_IN_FOLDS = 300, 100
# What an optimizer may take; probabilities do not change in their third digit after that.
ITERATIONS = 300
# What ``--strategy auto`` pools of tables, in the order in which families brought most (docs/strategies.md).
POOLED = (
    *("extra_trees", "boosting", "least_squares", "kernel"),
    *("discriminant", "rotated_trees", "linear", "margin"),
)


def families() -> list[EstimatorSpec]:
    """All of them, each as a plugin would offer it."""
    fewer = {"trees": TREES_IN_FOLDS}
    return [
        EstimatorSpec(
            "extra_trees",
            _extra_trees,
            {"trees": TREES, "leaf": 1, "max_features": "sqrt"},
            _extra_trees_settings,
            in_folds=fewer,
            description="trees with random splits (Geurts, Ernst, Wehenkel 2006); for tables",
        ),
        EstimatorSpec(
            "rotated_trees",
            _rotated_trees,
            {"trees": TREES, "leaf": 1, "max_features": "sqrt"},
            _rotated_trees_settings,
            in_folds=fewer,
            description="the same on the columns and on their principal components; for tables",
        ),
        EstimatorSpec(
            "forest",
            _forest,
            {"trees": TREES, "leaf": 1},
            [{"leaf": leaf} for leaf in (1, 3)],
            in_folds=fewer,
            description="random forest (Breiman 2001); for tables",
        ),
        EstimatorSpec(
            "boosting",
            _boosting,
            {"rounds": 100},
            _boosting_settings,
            staged="rounds",
            description="gradient boosting of small trees on histograms; for tables",
        ),
        EstimatorSpec(
            "linear",
            _linear,
            {"C": 1.0},
            [{"C": C} for C in (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)],
            description="logistic regression on standardised features and their ranks; for tables",
        ),
        EstimatorSpec(
            "least_squares",
            _least_squares,
            {"kernel": "gaussian", "gamma": 1.0, "alpha": 1.0},
            _least_squares_settings,
            description="ridge regression of the classes in a kernel, exact; for tables of few cases",
        ),
        EstimatorSpec(
            "kernel",
            _kernel,
            {"gamma": 1.0, "C": 1.0},
            _kernel_settings,
            description="logistic regression with a Gaussian kernel (Nystroem's approximation); for tables",
        ),
        EstimatorSpec(
            "discriminant",
            _discriminant,
            {"between": 0.3, "shrinkage": 0.1},
            [
                {"between": between, "shrinkage": shrinkage}
                for between, shrinkage in (
                    *((0.1, 0.05), (0.1, 0.2)),
                    *((0.3, 0.02), (0.3, 0.1), (0.3, 0.3)),
                    *((0.6, 0.02), (0.6, 0.1)),
                )
            ],
            description="Gaussian classes, between linear and quadratic (Friedman 1989); for tables",
        ),
        EstimatorSpec(
            "margin",
            _margin,
            {"gamma": 1.0, "C": 1.0},
            _margin_settings,
            most_cases=6000,
            description="support vector machine with a Gaussian kernel; for tables",
        ),
    ]


def _extra_trees_settings(shape: TableShape) -> list[Mapping[str, Any]]:
    tried: list[tuple[int, float | str]] = [(1, "sqrt"), (3, "sqrt")]
    if shape.cases < FEW:
        tried += [(10, "sqrt")]
    if shape.features <= WIDE:
        tried += [(1, 0.8), (3, 0.8)]
    return [{"leaf": leaf, "max_features": share} for leaf, share in tried]


def _extra_trees(shape: TableShape, trees: int, leaf: int, max_features: float | str) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier

    leaf = max(leaf, shape.cases // MOST_LEAVES)
    return ExtraTreesClassifier(trees, min_samples_leaf=leaf, max_features=max_features)


def _rotated_trees_settings(shape: TableShape) -> list[Mapping[str, Any]]:
    second = 0.4 if shape.features <= WIDE else "sqrt"
    return [{"leaf": leaf, "max_features": share} for leaf, share in ((1, "sqrt"), (3, second))]


def _rotated_trees(shape: TableShape, trees: int, leaf: int, max_features: float | str) -> Any:
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline, make_union

    from framework.core.transformers import SmoothClip

    directions = PCA(min(DIRECTIONS, shape.features, shape.cases))
    turned = make_union("passthrough", make_pipeline(SmoothClip(), directions))
    return make_pipeline(turned, _extra_trees(shape, trees, leaf, max_features))


def _forest(shape: TableShape, trees: int, leaf: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    leaf = max(leaf, shape.cases // MOST_LEAVES)
    return RandomForestClassifier(trees, min_samples_leaf=leaf)


def _boosting_settings(shape: TableShape) -> list[Mapping[str, Any]]:
    rounds = [10, 20, 30, 45, 60, 80, 100, 130, 160, 200]
    if shape.cases >= MANY:
        rounds += [250, 300, 400, 500]
    return [{"rounds": number} for number in rounds]


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


def _least_squares_settings(shape: TableShape) -> list[Mapping[str, Any]]:
    if shape.cases >= FEW:
        return []
    kernels = [("gaussian", gamma) for gamma in (0.25, 1.0, 4.0)]
    kernels += [("laplacian", gamma) for gamma in (0.3, 1.0)]
    return [
        {"kernel": kernel, "gamma": gamma, "alpha": alpha}
        for kernel, gamma in kernels
        for alpha in (0.1, 1.0, 10.0)
    ]


def _least_squares(shape: TableShape, kernel: str, gamma: float, alpha: float) -> Any:
    from sklearn.pipeline import make_pipeline

    from framework.core.classifiers import KernelLeastSquares
    from framework.core.transformers import SmoothClip

    return make_pipeline(SmoothClip(), KernelLeastSquares(kernel, gamma, alpha))  # type: ignore[arg-type]


def _kernel_settings(shape: TableShape) -> list[Mapping[str, Any]]:
    """Of many cases alone: of few, least squares are exact, and do better."""
    if shape.cases < FEW:
        return []
    tried = [(0.06, C) for C in (1.0, 10.0, 100.0)]
    tried += [(gamma, C) for gamma in (0.25, 1.0) for C in (0.1, 1.0, 10.0, 100.0)]
    tried += [(4.0, C) for C in (0.1, 1.0, 10.0)]
    return [{"gamma": gamma, "C": C} for gamma, C in tried]


def _kernel(shape: TableShape, gamma: float, C: float) -> Any:
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from framework.core.transformers import SmoothClip

    wanted = min(shape.cases / CASES_OF_A_CENTRE, ENTRIES / shape.cases)
    centres = min(int(np.clip(wanted, CENTRES, MOST_CENTRES)), shape.cases)
    return make_pipeline(
        SmoothClip(),
        Nystroem(gamma=gamma / shape.features, n_components=centres),
        LogisticRegression(C=C, max_iter=ITERATIONS),
    )


def _discriminant(shape: TableShape, between: float, shrinkage: float) -> Any:
    from sklearn.pipeline import make_pipeline

    from framework.core.classifiers import RegularisedDiscriminant
    from framework.core.transformers import SmoothClip

    return make_pipeline(SmoothClip(), RegularisedDiscriminant(between, shrinkage))


def _margin_settings(shape: TableShape) -> list[Mapping[str, Any]]:
    few = shape.cases < FEW
    gammas, weights = (
        ((0.25, 1.0, 4.0), (0.3, 1.0, 10.0, 100.0)) if few else ((0.25, 1.0), (1.0, 10.0))
    )
    return [{"gamma": gamma, "C": C} for gamma in gammas for C in weights]


def _margin(shape: TableShape, gamma: float, C: float) -> Any:
    from sklearn.pipeline import make_pipeline

    from framework.core.classifiers import MarginClassifier
    from framework.core.transformers import SmoothClip

    return make_pipeline(SmoothClip(), MarginClassifier(C, gamma))
