"""UCI Wisconsin Diagnostic Breast Cancer: 569 biopsies, 30 features, benign or malignant.

The defaults repeat the recipe of Megler and Gregoire, "Training models with unequal economic
error costs using Amazon SageMaker" (AWS Machine Learning Blog, 2018): one sigmoid unit, SGD,
50 epochs, costs taken as they stand, threshold 0.5, and its split of the rows.
"""

from importlib.util import find_spec
from pathlib import Path

from framework import Dataset, DatasetSpec, hookimpl

_MEASURES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
FEATURES = (
    *(f"mean {name}" for name in _MEASURES),
    *(f"{name} error" for name in _MEASURES),
    *(f"worst {name}" for name in _MEASURES),
)
LABELS = ("benign", "malignant")


def load() -> Dataset:
    """scikit-learn's copy of the data, from its file: importing scikit-learn takes longer."""
    import numpy as np

    found = find_spec("sklearn")
    place = next(iter(found.submodule_search_locations or ()), "") if found else ""
    file = Path(place) / "datasets" / "data" / "breast_cancer.csv"
    if file.is_file():
        table = np.loadtxt(file, delimiter=",", skiprows=1)
        X, target = table[:, :-1], table[:, -1].astype(int)
    else:
        from sklearn.datasets import load_breast_cancer

        X, target = load_breast_cancer(return_X_y=True)
    # There malignant is 0; here the second label is the positive class.
    return Dataset(X, 1 - target, LABELS, feature_names=FEATURES)


@hookimpl
def fw_register_datasets():
    return [
        DatasetSpec(
            name="breast_cancer",
            labels=LABELS,
            load=load,
            cost_matrices="matrices",
            default_cost_matrix="medical.json",
            reference_cost_matrices=("five_to_one.json",),
            default_model="logistic",
            defaults={
                "loss": "expected_cost",
                "optimizer": "sgd",
                "learning_rate": 0.01,
                "decay": "none",
                "epochs": 50,
                "batch_size": 32,
                "scale": "raw",
                "threshold": 0.5,
                "test_fraction": 0.25,
                "split_seed": 1,
                "stratify": False,
            },
            description="UCI breast cancer (diagnostic): 569 biopsies, 30 features",
        )
    ]
