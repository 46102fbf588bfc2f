"""Every setting of a run, described once: for Python, the command line, jobs, reports.

RunConfig takes its texts from here; the options of ``fw run``, ``fw sweep`` and ``fw sagemaker run``,
a job's hyperparameters and channels, and the command that repeats a run are made from it. Imports
nothing heavy, so that ``--help`` is quick.
"""

from __future__ import annotations

from typing import Any

from framework.config.setting import (
    COSTS,
    DECISION,
    FILES,
    MODEL,
    PARTS,
    PICTURE_FILES,
    TABLE_FILE,
    TRAINING,
    Setting,
)
from framework.core.augmentation import NAMES as AUGMENTED

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

DATASET = Setting(
    "dataset",
    "Name of a dataset (see fw plugins), or a table with a --target: a CSV, Parquet, JSON lines or "
    "Excel file, a folder of such files, or a pattern. Or a folder that has a folder a class with its "
    "pictures.",
    "DATASET",
)
# In the order of the command line's help; the dataset, which is no option, aside.
OPTIONS = (
    Setting("target", "Column of a table that holds the labels.", "COLUMN", group=TABLE_FILE),
    Setting(
        "cuts",
        "Make classes of a target of numbers: up to the first, ... (default: its values "
        "are the classes).",
        "N,N",
        option="cut",
        group=TABLE_FILE,
    ),
    Setting(
        "drop",
        "Leave this column of a table out; may be repeated.",
        "COLUMN",
        repeated=True,
        group=TABLE_FILE,
    ),
    Setting(
        "groups",
        "Column of a table whose cases belong together: never on two sides; of a folder of pictures "
        "subfolder: those of one folder within the classes'.",
        "COLUMN",
        group=TABLE_FILE,
    ),
    Setting(
        "text",
        "Take the words of this column; may be repeated.",
        "COLUMN",
        repeated=True,
        group=TABLE_FILE,
    ),
    Setting(
        "columns",
        "What a column of a table is, where it was taken for something else: number, category, boolean, "
        "date, text, leave out; may be repeated (default: as it looks).",
        "NAME=KIND",
        option="column",
        repeated=True,
        group=TABLE_FILE,
    ),
    Setting(
        "stream",
        "yes: training cases are read block by block, as where a table is larger than memory; no: all "
        f"are held (default: auto, from {STREAMED_FROM:,} cells on, which are rows times columns; of "
        "pictures from 1 GB on).",
        "auto|yes|no",
        group=TABLE_FILE,
    ),
    Setting(
        "picture",
        "Column of a table that holds the paths of pictures, from where the table is.",
        "COLUMN",
        group=PICTURE_FILES,
    ),
    Setting(
        "picture_size",
        "Pixels that the pictures of a folder or a table are brought to (default: as the median, at most 64 "
        "a side).",
        "N|WIDTHxHEIGHT",
        group=PICTURE_FILES,
    ),
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
    Setting(
        "calibration",
        "Of the probabilities, fitted on cases not trained on (default: bias for the rule "
        "minimum_expected_cost, which takes them at their word; none for others).",
        "none|temperature|bias",
        searched=True,
        varied="choice",
        group=DECISION,
    ),
    Setting(
        "decision_rule",
        f"From probabilities to decisions; see fw plugins (default: {DEFAULTS['decision_rule']}).",
        "NAME",
        searched=True,
        varied="choice",
        group=DECISION,
    ),
    Setting(
        "threshold",
        "Two classes: decide for the second from P(second) = P on; or how to find P in validation "
        "(default: no threshold).",
        "P|tuned|natural_break",
        searched=True,
        varied="real",
        group=DECISION,
    ),
    Setting(
        "promise",
        "At most so many dollars lost a case, and how sure (12000@0.95): the served model refers as few "
        "cases as that takes, found in validation (default: no promise). The matrix must price a referral.",
        "DOLLARS@CONFIDENCE",
        swept=False,
        group=DECISION,
    ),
    Setting(
        "strategy",
        "auto: pool models of several families, weighted by likelihood in validation; fixed: one network, as "
        f"the settings say (default: the dataset's own, else {DEFAULTS['strategy']}).",
        "fixed|auto",
        group=DECISION,
    ),
    Setting(
        "time_budget",
        "With --strategy auto, on a table: how long the search may take; families of models that there is "
        f"no time for are left out and named (default: {DEFAULTS['time_budget']:g}s).",
        "SECONDS|Ns|Nm|Nh",
        group=DECISION,
    ),
    Setting(
        "compact",
        "With --strategy auto: as few models as come within 1% of the log loss of all in validation, with "
        "fewer trees (default: no).",
        group=DECISION,
    ),
    Setting(
        "folds",
        "Folds of the validation; 1: one held-out part (default: by size).",
        "N",
        group=DECISION,
    ),
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
        "test_fraction",
        f"Share of the cases held out for testing (default: {DEFAULTS['test_fraction']}; of cases that are "
        "streamed, up to that, as many as the rarest class needs).",
        "SHARE",
        group=PARTS,
    ),
    Setting(
        "whole_test",
        "Of cases that are streamed, also sum what the served model and the baselines bring on all test "
        "cases, of which 200,000 are held (default: auto, where networks decide).",
        "auto|yes|no",
        swept=False,
        group=PARTS,
    ),
    Setting(
        "split_seed",
        f"Which cases are held out (default: {DEFAULTS['split_seed']}).",
        "N",
        group=PARTS,
    ),
    Setting("stratify", "Keep the class shares in both parts (default: yes).", group=PARTS),
    Setting(
        "slices",
        "Also judge the test cases by this column: a feature, any column of a table, what costs depend "
        'on, the groups; may be repeated. Numbers are cut at their quarters, or where told ("age:30,50"); '
        '"sex x age" crosses two; auto: every column by itself (default: none).',
        "COLUMN|auto",
        option="slice",
        repeated=True,
        swept=False,
        group=PARTS,
    ),
    Setting("seed", "Initial weights and batches (default: 0).", "N", group=TRAINING),
    Setting(
        "seeds",
        "Repeat with N seeds; show mean and spread (default: 1).",
        "N",
        swept=False,
        group=TRAINING,
    ),
    Setting(
        "data", "Folder of files, for datasets that read them.", "DIR", channel="train", group=FILES
    ),
    Setting(
        "validation_data",
        "Folder of cases to validate on, likewise.",
        "DIR",
        channel="validation",
        group=FILES,
    ),
    Setting(
        "test_data", "Folder of a separate test part, likewise.", "DIR", channel="test", group=FILES
    ),
    Setting(
        "checkpoints",
        "Save training there; go on from what is there.",
        "DIR",
        written=True,
        group=FILES,
    ),
    Setting("out", "Run folder (default: runs/DATASET-TIME).", "DIR", written=True, group=FILES),
    Setting("report", "Write report.html (default: yes).", group=FILES),
    Setting(
        "mlflow",
        "Tell the run to the MLflow server at this address, by the plugin fw-mlflow (default: "
        "MLFLOW_TRACKING_URI, else none).",
        "URI",
        swept=False,
        group=FILES,
    ),
    Setting(
        "mlflow_experiment",
        "The experiment there (default: MLFLOW_EXPERIMENT_NAME, else the dataset's name).",
        "NAME",
        swept=False,
        group=FILES,
    ),
)
SETTINGS = {setting.name: setting for setting in (DATASET, *OPTIONS)}
# What --strategy auto searches, unless it is given.
AUTO_SEARCHES = tuple(setting.name for setting in OPTIONS if setting.searched)
