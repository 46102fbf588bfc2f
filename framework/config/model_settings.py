"""The settings of the model and of the loss that it is trained by."""

from __future__ import annotations

from framework.config.defaults import DEFAULTS, PICTURES, TABLE
from framework.config.setting import MODEL, Setting
from framework.core.cases.augmentation import NAMES as AUGMENTED

MODEL_SETTINGS = (
    Setting(
        "model",
        f"Architecture; see fw plugins (default: the dataset's own; of a table {TABLE['model']}, of "
        f"pictures {PICTURES['model']}).",
        "NAME",
        varied="choice",
        group=MODEL,
    ),
    Setting(
        "model_parameters",
        "Set a parameter of the model; may be repeated (default: the model's own).",
        "NAME=VALUE",
        option="model_parameter",
        repeated=True,
        group=MODEL,
    ),
    Setting(
        "augment",
        f"Change pictures at random while training on them, by up to NUMBER: {', '.join(AUGMENTED)}; may "
        "be repeated, 0 leaves one out (default: the model's and the dataset's own).",
        "NAME=NUMBER",
        repeated=True,
        group=MODEL,
    ),
    Setting(
        "frozen",
        "Share of the training in which layers that a model brings trained stay as they are; after it "
        f"they learn too, slowly (default: the model's own, else {DEFAULTS['frozen']:g}).",
        "SHARE",
        varied="real",
        group=MODEL,
    ),
    Setting(
        "loss",
        f"Loss of the cost-trained models; see fw plugins (default: {DEFAULTS['loss']}).",
        "NAME",
        searched=True,
        varied="choice",
        group=MODEL,
    ),
    Setting(
        "scale",
        "normalized: multiplying all training costs changes nothing; raw: as they stand (default: "
        f"{DEFAULTS['scale']}).",
        "normalized|raw",
        searched=True,
        varied="choice",
        group=MODEL,
    ),
    Setting(
        "cost_weight",
        "Multiplies the training costs, lambda (default: 1).",
        "FACTOR",
        searched=True,
        varied="real",
        group=MODEL,
    ),
    Setting(
        "warm_up",
        "Share of the epochs on cross-entropy first (default: the loss's own).",
        "SHARE",
        searched=True,
        varied="real",
        group=MODEL,
    ),
    Setting(
        "l2",
        "Weight of the squared kernels in the objective (default: 0).",
        "WEIGHT",
        searched=True,
        varied="real",
        group=MODEL,
    ),
    Setting(
        "members",
        "Average the probabilities of N networks (default: 1).",
        "N",
        swept=False,
        varied="whole",
        group=MODEL,
    ),
)
