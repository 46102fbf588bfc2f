"""The settings of folders that are read and written, and of who else is told of a run."""

from __future__ import annotations

from framework.config.setting import FILES, Setting

FILE_SETTINGS = (
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
