"""Draws docs/capacity.png: what a limit on biopsies costs, and what one more would save.

python docs/make_capacity_picture.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from framework import CostMatrix, capacity, evaluate

HERE = Path(__file__).resolve()
COSTS = HERE.parents[1] / "plugins/breast_cancer/fw_breast_cancer/matrices/three_actions.json"


def main() -> None:
    X, y = load_breast_cancer(return_X_y=True)
    labels = np.array(["malignant", "benign"])[y]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    p = cross_val_predict(model, X, labels, method="predict_proba")
    costs = CostMatrix.from_file(COSTS)
    most = np.arange(0, 61, 2)
    plans = [capacity(p, f"biopsy<={share}%", cost_matrix=costs) for share in most]
    came = [evaluate(labels, plan.decisions, cost_matrix=costs).dollars_per_case for plan in plans]
    expected = [plan.to_json()["expected_dollars_per_case"] for plan in plans]
    price = [plan.rationed.prices[0] for plan in plans]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    left.plot(most, expected, label="expected")
    left.plot(most, came, "o", markersize=3, label="came")
    left.set(xlabel="biopsies, % of the patients", ylabel="dollars per patient")
    left.legend(frameon=False)
    right.step(most, price, where="post")
    right.set(xlabel="biopsies, % of the patients", ylabel="one more would save, dollars", ylim=0)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.ticklabel_format(style="plain")
    figure.savefig(HERE.with_name("capacity.png"), dpi=130)


if __name__ == "__main__":
    main()
