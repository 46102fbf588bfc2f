"""A run, and decisions of its model as a server writes them."""

import datetime as dt
import json

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from framework import RunConfig, load, run

START = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
DATA = load_breast_cancer()
TRUTHS = np.array(["malignant", "benign"])[DATA.target]


@pytest.fixture(scope="session")
def cancer_run(tmp_path_factory):
    out = tmp_path_factory.mktemp("cancer") / "run"
    settings = {"cost_matrix": "medical.json", "references": False, "report": False}
    return run(RunConfig(dataset="breast_cancer", epochs=30, out=out, **settings)).run_dir


@pytest.fixture(scope="session")
def lines(cancer_run):
    """Decisions on all 569 patients, as fw serve writes them: ids "p0", ..., 40 a day from a Monday on."""
    found = []
    for k, record in enumerate(load(cancer_run).answer(DATA.data).records()):
        time = START + dt.timedelta(days=k / 40)
        found.append(
            {
                "id": f"p{k}",
                "time": time.isoformat().replace("+00:00", "Z"),
                "model": "m@1",
                "probabilities": record["probabilities"],
                "decision": record["decision"],
            }
        )
    return found


@pytest.fixture
def written(tmp_path):
    """Writes decisions into a file, outcomes into another; their paths."""

    def written(lines, outcomes=None):
        path = tmp_path / "decisions.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        if outcomes is None:
            return path, None
        table = tmp_path / "outcomes.csv"
        table.write_text("\n".join(["id,outcome,time", *outcomes]) + "\n")
        return path, table

    return written


@pytest.fixture(scope="session")
def truths():
    return [f"p{k},{truth},2026-01-{5 + k // 40 + 2:02d}" for k, truth in enumerate(TRUTHS)]
