"""Every setting of a run, described once: for Python, the command line, jobs, reports.

RunConfig takes its texts from here; the options of ``fw run``, ``fw sweep`` and ``fw sagemaker run``,
a job's hyperparameters and channels, and the command that repeats a run are made from it. Imports
nothing, so that ``--help`` is quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

# What holds when neither the user nor the dataset says otherwise.
DEFAULTS: dict[str, Any] = {
    "loss": "cross_entropy_plus_cost",
    "decision_rule": "minimum_expected_cost",
    "scale": "normalized",
    "optimizer": "adam",
    "decay": "cosine",
    "batch_size": 32,
    "test_fraction": 0.25,
    "split_seed": 0,
    "stratify": True,
}
# And what suits a table, or pictures, when the data are known. Of a table, updates are counted:
# 30 passes over the 133 cases of wine would be 150 steps.
TABLE: dict[str, Any] = {"learning_rate": 0.005, "updates": 2000}
PICTURES: dict[str, Any] = {"learning_rate": 0.002, "epochs": 30}
FEWEST_EPOCHS = 10  # however many cases there are


@dataclass(frozen=True)
class Setting:
    """One setting of a run.

    Parameters
    ----------
    name, help : str
        As RunConfig has it; what it means, with its default.
    metavar : str
        What stands for its value on the command line; "" for yes or no.
    option : str
        Of the command line, where it is not the name: the singular of what may be repeated.
    searched : bool
        ``--strategy auto`` is free in it, unless it is given.
    swept : bool
        ``fw sweep`` takes it as well; otherwise a sweep decides it itself.
    varied : str
        A tuning job may vary it: as a real number, a whole one, or by choice; "" where not.
    channel : str
        It is a folder that is read, which a job is given as the channel of that name.
    written : bool
        It is a folder that is written to: no figure depends on it, and a job has its own.
    """

    name: str
    help: str
    metavar: str = ""
    option: str = ""
    repeated: bool = False
    searched: bool = False
    swept: bool = True
    varied: Literal["", "real", "whole", "choice"] = ""
    channel: str = ""
    written: bool = False

    @property
    def flag(self) -> str:
        """The option: ``--cost-matrix``."""
        return f"--{(self.option or self.name).replace('_', '-')}"

    @property
    def is_folder(self) -> bool:
        return bool(self.channel) or self.written

    @property
    def no_flag(self) -> str:
        """Of yes or no, the option that says no."""
        return f"--no-{self.name.replace('_', '-')}"


DATASET = Setting(
    "dataset",
    "Name of a dataset (see fw plugins), or a table with a --target: a CSV, Parquet, JSON lines or "
    "Excel file.",
    "DATASET",
)
# In the order of the command line's help; the dataset, which is no option, aside.
OPTIONS = (
    Setting("target", "Column of a table that holds the labels.", "COLUMN"),
    Setting(
        "cuts", "Make classes of a target of numbers: up to the first, ...", "N,N", option="cut"
    ),
    Setting("drop", "Leave this column of a table out; may be repeated.", "COLUMN", repeated=True),
    Setting(
        "groups", "Column of a table whose cases belong together: never on two sides.", "COLUMN"
    ),
    Setting("text", "Take the words of this column; may be repeated.", "COLUMN", repeated=True),
    Setting(
        "columns",
        "What a column of a table is, where it was taken for something else: number, category, boolean, "
        "date, text, leave out.",
        "NAME=KIND",
        option="column",
        repeated=True,
    ),
    Setting(
        "cost",
        "Instead of a matrix: what a kind of mistake costs; may be repeated, the last that fits "
        "counts. TRUE and PREDICTED may be patterns (*).",
        "TRUE->PREDICTED=COST",
        repeated=True,
    ),
    Setting(
        "cost_matrix",
        "Train a model with this matrix; may be repeated. A bare name means the file in the working "
        "directory, else the one the dataset plugin ships. The first one judges all models.",
        "FILE",
        repeated=True,
        varied="choice",
    ),
    Setting("evaluation_matrix", "Judge all models by this matrix instead.", "FILE"),
    Setting(
        "references",
        "Also train the dataset's reference matrices for comparison (default: yes).",
        swept=False,
    ),
    Setting("model", "Architecture; see fw plugins.", "NAME", varied="choice"),
    Setting(
        "model_parameters",
        "Set a parameter of the model.",
        "NAME=VALUE",
        option="model_parameter",
        repeated=True,
    ),
    Setting(
        "loss",
        "Loss of the cost-trained models; see fw plugins.",
        "NAME",
        searched=True,
        varied="choice",
    ),
    Setting(
        "scale",
        "normalized: multiplying all training costs changes nothing; raw: as they stand.",
        "normalized|raw",
        searched=True,
        varied="choice",
    ),
    Setting(
        "cost_weight",
        "Multiplies the training costs (lambda).",
        "FACTOR",
        searched=True,
        varied="real",
    ),
    Setting(
        "warm_up",
        "Share of the epochs on cross-entropy first (default: the loss's own).",
        "SHARE",
        searched=True,
        varied="real",
    ),
    Setting(
        "l2",
        "Weight of the squared kernels in the objective.",
        "WEIGHT",
        searched=True,
        varied="real",
    ),
    Setting(
        "members",
        "Average the probabilities of N networks.",
        "N",
        swept=False,
        varied="whole",
    ),
    Setting(
        "calibration",
        "Of the probabilities, fitted on cases not trained on (default: bias for the rule "
        "minimum_expected_cost, which takes them at their word; none for others).",
        "none|temperature|bias",
        searched=True,
        varied="choice",
    ),
    Setting(
        "decision_rule",
        "From probabilities to decisions.",
        "NAME",
        searched=True,
        varied="choice",
    ),
    Setting(
        "threshold",
        "Two classes: decide for the second from P(second) = P on; or how to find P in validation.",
        "P|tuned|natural_break",
        searched=True,
        varied="real",
    ),
    Setting(
        "strategy",
        "auto: choose loss, l2, calibration and decision rule by validation dollars.",
        "fixed|auto",
        swept=False,
    ),
    Setting(
        "folds",
        "Folds of the validation; 1: one held-out part (default: by size).",
        "N",
    ),
    Setting("optimizer", "A Keras optimizer: sgd, adam, ...", "NAME", varied="choice"),
    Setting(
        "learning_rate",
        f"At the start (default: {TABLE['learning_rate']}; of pictures "
        f"{PICTURES['learning_rate']}).",
        "RATE",
        varied="real",
    ),
    Setting(
        "decay",
        f"Of the learning rate, to nothing (default: {DEFAULTS['decay']}).",
        "none|cosine",
        varied="choice",
    ),
    Setting(
        "updates",
        f"Training steps, of a batch each (default: {TABLE['updates']}; {PICTURES['epochs']} "
        f"epochs of pictures). Each case is seen {FEWEST_EPOCHS} times at least.",
        "N",
        varied="whole",
    ),
    Setting("epochs", "Instead of --updates: passes over the cases.", "N", varied="whole"),
    Setting(
        "early_stopping",
        "End a training when its own loss has stopped falling (default: with updates, not with "
        "--epochs).",
    ),
    Setting(
        "batch_size",
        f"Cases of a training step (default: {DEFAULTS['batch_size']}).",
        "N",
        varied="whole",
    ),
    Setting(
        "test_fraction",
        f"Share of the cases held out for testing (default: {DEFAULTS['test_fraction']}).",
        "SHARE",
    ),
    Setting("split_seed", f"Which cases are held out (default: {DEFAULTS['split_seed']}).", "N"),
    Setting("stratify", "Keep the class shares in both parts (default: yes)."),
    Setting("seed", "Initial weights and batches (default: 0).", "N"),
    Setting("seeds", "Repeat with N seeds; show mean and spread.", "N", swept=False),
    Setting("data", "Folder of files, for datasets that read them.", "DIR", channel="train"),
    Setting(
        "validation_data",
        "Folder of cases to validate on, likewise.",
        "DIR",
        channel="validation",
    ),
    Setting("test_data", "Folder of a separate test part, likewise.", "DIR", channel="test"),
    Setting(
        "checkpoints",
        "Save training there; go on from what is there.",
        "DIR",
        written=True,
    ),
    Setting("out", "Run folder (default: runs/DATASET-TIME).", "DIR", written=True),
    Setting("report", "Write report.html (default: yes)."),
)
SETTINGS = {setting.name: setting for setting in (DATASET, *OPTIONS)}
# What --strategy auto searches, unless it is given.
AUTO_SEARCHES = tuple(setting.name for setting in OPTIONS if setting.searched)
