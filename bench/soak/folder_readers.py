"""Doors that folders come through: of runs, and of models."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from reader import RUN, Reader, model_file
from request_readers import SCHEMA

from framework.core.errors import ArtifactError
from framework.core.evaluation.promise import Certificate, Promise, Step, read_certificate
from framework.core.json_text import NotJsonError, parse_json
from framework.data.schema import Schema
from framework.experiment.results.predictions_file import read_predictions
from framework.experiment.stored_runs.stored_run import read_run
from framework.inference.artifact import read_values

FEW = 12  # rows of a file of predictions


def folders(folder: Path) -> list[Reader]:
    import shutil

    model, run = folder / "model", folder / "run"
    shutil.copytree(RUN / "models" / "medical", model)
    shutil.copytree(RUN, run)
    _shorten(run)

    def of(home: Path, name: str, read: Callable[[], object]) -> Callable[[bytes], None]:
        path = home / name
        right = path.read_bytes() if path.exists() else None

        def with_it(data: bytes) -> None:
            path.write_bytes(data)
            try:
                read()
            finally:
                if right is None:
                    path.unlink()
                else:
                    path.write_bytes(right)

        return with_it

    def values() -> None:
        found = read_values(model)
        n = len(found.signature.labels)
        p = found.decision.calibration(np.full((1, n), 1 / n))
        assert p.shape == (1, n), "a calibration that does not fit"
        assert np.isfinite(p).all(), "probabilities that are not finite"

    def whole_run() -> None:
        found = read_run(run)
        assert np.isfinite(found.served.case_dollars).all()

    def schema(data: bytes) -> None:
        try:
            found = Schema.from_json(parse_json(data))
        except NotJsonError as error:
            raise ArtifactError(str(error)) from None
        assert all(isinstance(name, str) for name in found.features)

    def predictions(data: bytes) -> None:
        path = folder / "p.csv"
        path.write_bytes(data)
        found = read_predictions(path, ("benign", "malignant"))
        assert np.isfinite(found.dollars).all(), "dollars that are not finite"
        assert np.isfinite(found.probabilities).all(), "probabilities that are not finite"

    def certificate(data: bytes) -> None:
        path = folder / "certificate.json"
        path.write_bytes(data)
        read_certificate(path, ("benign", "refer"))

    step = Step(3.5, 0.2, 10.0, 12.5)
    kept = Certificate(
        Promise(20.0), 90, True, 3.5, False, (step, replace(step, lost=30.0)), 12.5, "gaffke"
    )
    promised = json.dumps({"decisions": ["benign", "refer"], **kept.to_json()}).encode()
    told = (run / "predictions" / "medical.csv").read_bytes()
    mix = {
        "training": {"benign": 0.6, "malignant": 0.4},
        "target": {"benign": 0.9, "malignant": 0.1},
    }
    parts = [
        Reader("predictions", "run folders", 0.04, predictions, (told,)),
        Reader("a certificate", "run folders", 0.01, certificate, (promised,), True),
    ]
    for name, share in (
        ("signature.json", 0.02),
        ("decision.json", 0.03),
        ("cost_matrix.json", 0.01),
    ):
        read = of(model, name, values)
        parts.append(
            Reader(
                f"a model's {name}", "model folders", share, read, (model_file(name),), True, True
            )
        )
    read = of(model, "prevalence.json", values)
    parts.append(
        Reader(
            "prevalence.json", "model folders", 0.01, read, (json.dumps(mix).encode(),), True, True
        )
    )
    text = (json.dumps(SCHEMA).encode(),)
    parts.append(Reader("schema.json", "model folders", 0.03, schema, text, True, True))
    for name in ("metrics.json", "config.json", "cost_matrix.json", "predictions/medical.csv"):
        data, as_json = (run / name).read_bytes(), name.endswith("json")
        read = of(run, name, whole_run)
        parts.append(Reader(f"a run's {name}", "run folders", 0.001, read, (data,), as_json))
    return parts


def _shorten(run: Path) -> None:
    """A run of few test cases, whose counts are right: read in a millisecond."""
    metrics = json.loads((run / "metrics.json").read_bytes())
    for model in metrics["models"]:
        name = model["name"].replace(" + ", "-").replace(":", "-")
        path = run / "predictions" / f"{name}.csv"
        lines = path.read_text().splitlines()[: FEW + 1]
        path.write_text("\n".join(lines) + "\n")
        counts = [[0, 0], [0, 0]]
        for line in lines[1:]:
            _, true, decided, *_ = line.split(",")
            counts[true == "malignant"][decided == "malignant"] += 1
        model["confusion_matrix"] = counts
    (run / "metrics.json").write_text(json.dumps(metrics))
