"""Every setting of a run, described once: for Python, the command line, jobs, reports.

RunConfig takes its texts from here; the options of ``fw run``, ``fw sweep`` and ``fw sagemaker run``,
a job's hyperparameters and channels, and the command that repeats a run are made from it. Each is
described in the file of its group; what holds where nobody names it is in ``defaults``. Imports
nothing heavy, so that ``--help`` is quick.
"""

from __future__ import annotations

from framework.config.cost_settings import COST_SETTINGS
from framework.config.data_settings import DATASET, TABLES_AND_PICTURES, TEST_PART
from framework.config.decision_settings import DECISION_SETTINGS
from framework.config.file_settings import FILE_SETTINGS
from framework.config.model_settings import MODEL_SETTINGS
from framework.config.training_settings import SEEDS, TRAINING_SETTINGS

# In the order of the command line's help; the dataset, which is no option, aside.
OPTIONS = (
    *TABLES_AND_PICTURES,
    *COST_SETTINGS,
    *MODEL_SETTINGS,
    *DECISION_SETTINGS,
    *TRAINING_SETTINGS,
    *TEST_PART,
    *SEEDS,
    *FILE_SETTINGS,
)
SETTINGS = {setting.name: setting for setting in (DATASET, *OPTIONS)}
# What --strategy auto searches, unless it is given.
AUTO_SEARCHES = tuple(setting.name for setting in OPTIONS if setting.searched)
