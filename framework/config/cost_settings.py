"""The settings of what mistakes cost, and of how common the classes are where it counts."""

from __future__ import annotations

from framework.config.setting import COSTS, Setting

COST_SETTINGS = (
    Setting(
        "cost",
        "Instead of a matrix: what a kind of mistake costs; may be repeated, the last that fits "
        "counts. TRUE and PREDICTED may be patterns (*).",
        "TRUE->PREDICTED=COST",
        repeated=True,
        group=COSTS,
    ),
    Setting(
        "cost_matrix",
        "Train a model with this matrix; may be repeated. A bare name means the file in the working "
        "directory, else the one the dataset plugin ships. The first one judges all models (default: the "
        "dataset's own).",
        "FILE",
        repeated=True,
        varied="choice",
        group=COSTS,
    ),
    Setting(
        "evaluation_matrix",
        "Judge all models by this matrix instead (default: the first --cost-matrix).",
        "FILE",
        group=COSTS,
    ),
    Setting(
        "prevalence",
        "Share of a label among the cases that will be decided, where it is not that of the data; may be "
        "repeated. Labels not named share the rest as in the training part (default: the matrix's, the "
        "dataset's own, else as in the data).",
        "LABEL=SHARE",
        repeated=True,
        swept=False,
        group=COSTS,
    ),
    Setting(
        "robust",
        "Where costs are ranges: expected puts the mean of each in place of its likely value; regret "
        "trains with its middle, and decides for the least largest regret (default: the likely values).",
        "expected|regret",
        swept=False,
        group=COSTS,
    ),
    Setting(
        "references",
        "Also train the dataset's reference matrices for comparison (default: yes).",
        swept=False,
        group=COSTS,
    ),
)
