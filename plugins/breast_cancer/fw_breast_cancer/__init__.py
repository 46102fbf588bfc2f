"""UCI Wisconsin Diagnostic Breast Cancer: 569 biopsies, 30 features, benign or malignant.

The defaults repeat the recipe of Megler and Gregoire, "Training models with unequal economic
error costs using Amazon SageMaker" (AWS Machine Learning Blog, 2018): one sigmoid unit, SGD,
50 epochs, costs taken as they stand, threshold 0.5, and its split of the rows.
"""

from framework import Dataset, DatasetSpec, hookimpl

LABELS = ("benign", "malignant")


def load():
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    # scikit-learn has malignant as 0; here the second label is the positive class.
    return Dataset(bunch.data, 1 - bunch.target, LABELS, feature_names=bunch.feature_names)


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
                "optimizer": "sgd",
                "learning_rate": 0.01,
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
