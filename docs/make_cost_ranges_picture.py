"""Draws docs/cost_ranges.png: which model over the plausible costs, and what each number is worth to know.

python docs/make_cost_ranges_picture.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from framework import CostMatrix, cost_ranges

HERE = Path(__file__).resolve()
COSTS = HERE.parents[1] / "plugins/breast_cancer/fw_breast_cancer/matrices/medical_ranges.json"
MODELS = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(C=0.1)),
    "forest": RandomForestClassifier(300, min_samples_leaf=3, random_state=0),
}


def main() -> None:
    X, y = load_breast_cancer(return_X_y=True)
    labels = np.array(["malignant", "benign"])[y]
    answers = {
        name: cross_val_predict(model, X, labels, method="predict_proba")
        for name, model in MODELS.items()
    }
    found = cost_ranges(labels, answers, cost_matrix=CostMatrix.from_file(COSTS)).found
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.6), layout="constrained")
    for k, one in enumerate(found.models):
        left.plot([one.low, one.high], [k, k], color="C0", linewidth=2)
        left.plot(one.mean, k, "o", color="C0")
        left.annotate(
            f"cheapest in {one.cheapest:.0%}", (one.mean, k), (0, 7), textcoords="offset points"
        )
    names = [one.name.replace(" (best constant decision)", "") for one in found.models]
    left.set(xlabel="dollars lost per patient, 95 of 100 costs", ylim=(-0.5, len(names) - 0.3))
    left.set_yticks(range(len(names)), names)
    left.invert_yaxis()
    right.barh([one.name for one in found.numbers], [one.worth for one in found.numbers])
    right.set(xlabel="worth knowing, dollars per patient")
    right.invert_yaxis()
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE.with_name("cost_ranges.png"), dpi=130)
    print(*(f"{one.name}: {one.cheapest:.3f}" for one in found.models), sep="\n")


if __name__ == "__main__":
    main()
