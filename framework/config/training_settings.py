"""The settings of the training: its optimizer, its length, its seeds."""

from __future__ import annotations

from framework.config.defaults import DEFAULTS, FEWEST_EPOCHS, PICTURES, TABLE
from framework.config.setting import TRAINING, Setting

TRAINING_SETTINGS = (
    Setting(
        "optimizer",
        f"A Keras optimizer: sgd, adam, ... (default: the model's own, else {DEFAULTS['optimizer']}).",
        "NAME",
        varied="choice",
        group=TRAINING,
    ),
    Setting(
        "weight_decay",
        "Share of the learning rate by which every step shrinks all weights (default: the model's own, "
        "else the optimizer's).",
        "SHARE",
        varied="real",
        group=TRAINING,
    ),
    Setting(
        "learning_rate",
        "At its highest (default: the model's own, else "
        f"{TABLE['learning_rate']}; of pictures {PICTURES['learning_rate']}).",
        "RATE",
        varied="real",
        group=TRAINING,
    ),
    Setting(
        "learning_rate_warm_up",
        "Share of the training in which the learning rate rises from nothing (default: the model's own, "
        f"else {DEFAULTS['learning_rate_warm_up']:g}).",
        "SHARE",
        varied="real",
        group=TRAINING,
    ),
    Setting(
        "decay",
        f"Of the learning rate, to nothing (default: {DEFAULTS['decay']}).",
        "none|cosine",
        varied="choice",
        group=TRAINING,
    ),
    Setting(
        "updates",
        f"Training steps, of a batch each (default: the model's own, else {TABLE['updates']}; "
        f"{PICTURES['epochs']} epochs of pictures). Each case is seen {FEWEST_EPOCHS} times at least.",
        "N",
        varied="whole",
        group=TRAINING,
    ),
    Setting(
        "epochs",
        "Instead of --updates: passes over the cases (default: as many as these updates take).",
        "N",
        varied="whole",
        group=TRAINING,
    ),
    Setting(
        "early_stopping",
        "End a training when its own loss has stopped falling (default: with updates, not with "
        "--epochs).",
        group=TRAINING,
    ),
    Setting(
        "batch_size",
        f"Cases of a training step (default: the model's own, else {DEFAULTS['batch_size']}).",
        "N",
        varied="whole",
        group=TRAINING,
    ),
    Setting(
        "precision",
        "Of products while networks are trained; weights and answers are of float32 (default: float32).",
        "float32|bfloat16",
        varied="choice",
        group=TRAINING,
    ),
)
SEEDS = (
    Setting("seed", "Initial weights and batches (default: 0).", "N", group=TRAINING),
    Setting(
        "seeds",
        "Repeat with N seeds; show mean and spread (default: 1).",
        "N",
        swept=False,
        group=TRAINING,
    ),
)
