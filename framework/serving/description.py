"""What is served, in plain values: GET /."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framework.core.costs.cost_matrix_words import mistakes_in_words
from framework.core.files import read_json
from framework.core.matrix_checks.cost_matrix_checks import warnings_of
from framework.inference.answers import decided_by
from framework.inference.trained_model import TrainedModel
from framework.serving.media import ANSWERS


def describe(folder: Path, model: TrainedModel, content_types: Sequence[str]) -> dict[str, Any]:
    """What the model of ``folder`` takes and gives, and what it was made with."""
    made = read_json(folder / "versions.json") if (folder / "versions.json").is_file() else {}
    signature, decision = model.artifact.signature, model.artifact.decision
    matrix, mix = model.artifact.cost_matrix, model.artifact.mix
    return {
        "model": made.pop("model", folder.name),
        "dataset": made.pop("dataset", None),
        "labels": list(model.labels),
        "decisions": list(model.decisions),
        "actions": list(matrix.actions),
        "decision_rule": {
            "name": decision.rule,
            "parameters": dict(decision.parameters),
            "in_words": decided_by(decision),
        },
        "input": {
            "shape": list(signature.input_shape),
            "dtype": signature.dtype,
            "columns": list(model.column_names),
            "cost_columns": [name for name in matrix.columns if name not in model.column_names],
        },
        "schema": None if model.artifact.schema is None else model.artifact.schema.to_json(),
        "content_types": list(content_types),
        "answers": list(ANSWERS),
        "cost_matrix": matrix.to_dict(),
        "prevalence": None if mix is None else mix.to_json(model.labels),
        "cost_sentences": list(mistakes_in_words(matrix)),
        "warnings": list(warnings_of(matrix)),
        "versions": made,
    }
