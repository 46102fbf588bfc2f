"""What holds of a setting that nobody names: of every run, of tables, of pictures."""

from __future__ import annotations

from typing import Any

# What holds when neither the user nor the dataset says otherwise; nor, of TRAINED, the model.
DEFAULTS: dict[str, Any] = {
    "loss": "cross_entropy_plus_cost",
    "decision_rule": "minimum_expected_cost",
    "scale": "normalized",
    "strategy": "fixed",
    "frozen": 1.0,
    "optimizer": "adam",
    "learning_rate_warm_up": 0.0,
    "decay": "cosine",
    "batch_size": 32,
    "test_fraction": 0.25,
    "split_seed": 0,
    "stratify": True,
    "time_budget": 120.0,
}
# And what suits a table, or pictures, when the data are known. Of a table, updates are counted:
# 30 passes over the 133 cases of wine would be 150 steps.
TABLE: dict[str, Any] = {"model": "mlp", "learning_rate": 0.005, "updates": 2000}
PICTURES: dict[str, Any] = {"model": "convnet", "learning_rate": 0.002, "epochs": 30}
STREAMED_FROM = 100_000_000  # cells of a table
FEWEST_EPOCHS = 10  # however many cases there are
# How a model is trained: what its author may say of it, where neither the user nor the dataset does.
TRAINED = (
    *(
        "augment",
        "frozen",
        "optimizer",
        "weight_decay",
        "learning_rate",
        "learning_rate_warm_up",
        "decay",
    ),
    *("updates", "epochs", "early_stopping", "batch_size"),
)
