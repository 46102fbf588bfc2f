"""The doors of a server: bodies of requests to models of all kinds."""

import io
import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from matrix_readers import MATRICES
from reader import RUN, Reader

from framework.data.schema import Schema
from framework.inference.artifact import Artifact, read_values
from framework.inference.trained_model import TrainedModel
from framework.plugins.registry import Registry
from framework.serving.bodies import Bodies
from framework.serving.replies import encoded

CHEAPEST = "built-in-decision"  # its rule is the cheapest decision
SCHEMA = {
    "columns": [
        {
            "name": "age",
            "kind": "number",
            "median": 40.0,
            "flag": True,
            "decimal": ",",
            "missing": ["-"],
        },
        {"name": "size", "kind": "category", "levels": ["S", "L"], "rare": ["XL"], "gap": True},
        {
            "name": "kept",
            "kind": "boolean",
            "yes": ["yes"],
            "no": ["no"],
            "mostly": False,
            "flag": False,
        },
        {
            "name": "on",
            "kind": "date",
            "origin": "2020-01-01",
            "median": 3.5,
            "season": True,
            "hour": True,
        },
        {"name": "note", "kind": "text", "width": 16},
    ],
    "left_out": {"id": "all different"},
    "beside": ["target"],
}


class Network:
    """Probabilities of a linear model, in NumPy alone."""

    def __init__(self, width: int, n: int) -> None:
        self.weights = np.random.default_rng(0).normal(size=(width, n))

    def __call__(self, X: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            logits = np.asarray(X, np.float64).reshape(len(X), -1) @ self.weights
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            return p / p.sum(axis=1, keepdims=True)


def requests() -> list[Reader]:
    plain, mixed, signs = (asked_with(kind) for kind in ("numbers", "columns", "pictures"))
    names = model_of("numbers").column_names
    row = [round(0.5 * k, 2) for k in range(len(names))]
    objects = [dict(zip(names, row, strict=True))]
    many = {"instances": [row], "cost_matrix": MATRICES[1], "prevalence": {"malignant": 0.2}}
    case = {
        "age": "1,5",
        "size": "L",
        "kept": "yes",
        "on": "2021-03-04",
        "note": "two words",
        "id": 3,
    }
    array = io.BytesIO()
    np.save(array, np.ones((2, len(names))))
    header, cells = ",".join(names), ",".join(map(str, row))
    by_case = [
        {"instances": [[*row, 5]], "cost_matrix": MATRICES[2]},
        {"instances": [row], "cost_matrix": MATRICES[4]},
        {"instances": [row], "cost_matrix": MATRICES[5]},
    ]
    picture = np.zeros((4, 4, 3), int).tolist()
    as_json = {
        "numbers": [json.dumps([row]), json.dumps(objects)],
        "matrices": [json.dumps(one) for one in (many, *by_case)],
    }

    def reader(
        what: str, share: float, ask: Callable, kind: str, corpus: list, **more: bool
    ) -> Reader:
        texts = tuple(one.encode() if isinstance(one, str) else one for one in corpus)
        return Reader(
            f"a request: {what}", "requests", share, lambda body: ask(kind, body), texts, **more
        )

    json_kind, lines = "application/json", "application/jsonlines"
    strict = {"json": True, "strict": True}
    return [
        reader("numbers", 0.06, plain, json_kind, as_json["numbers"], **strict),
        reader("its own matrix", 0.08, plain, json_kind, as_json["matrices"], **strict),
        reader("lines", 0.03, plain, lines, [f"{json.dumps(row)}\n{json.dumps(row)}\n"]),
        reader("CSV", 0.04, plain, "text/csv", [f"{header}\n{cells}\n", f"{cells}\n{cells}\n"]),
        reader(".npy", 0.04, plain, "application/x-npy", [array.getvalue()]),
        reader("text and dates", 0.004, mixed, json_kind, [json.dumps([case])], json=True),
        reader(
            "text as CSV", 0.02, mixed, "text/csv", ["age,size,kept,on,note\n1,S,no,2020-02-03,x\n"]
        ),
        reader("a picture as numbers", 0.01, signs, json_kind, [json.dumps([picture])], **strict),
    ]


def asked_with(kind: str) -> Callable[[str, bytes], None]:
    """Asks a model of that kind as ``fw serve`` does: with a content type and a body."""
    model = model_of(kind)
    bodies = Bodies(model)

    def ask(content_type: str, body: bytes) -> None:
        cases = bodies.read(content_type, {}, body)
        answers = model.answer(cases.X, cases.columns, cases.matrix, cases.prevalence)
        assert np.isfinite(answers.dollars).all(), "dollars that are not finite"
        assert np.isfinite(answers.probabilities).all(), "probabilities that are not finite"
        encoded(answers, "application/json", "m", cases.header, "v")

    return ask


def model_of(kind: str) -> TrainedModel:
    """One that takes "numbers", "columns" of all kinds, or "pictures"."""
    if kind == "numbers":
        return _model(CHEAPEST)
    if kind == "columns":
        return _model(CHEAPEST, Schema.from_json(SCHEMA))
    return _model(CHEAPEST, shape=(4, 4, 3))


def _model(
    name: str, schema: Schema | None = None, shape: tuple[int, ...] | None = None
) -> TrainedModel:
    artifact: Artifact = read_values(RUN / "models" / name)
    if schema is not None:
        signature = replace(
            artifact.signature, input_shape=(len(schema.features),), feature_names=()
        )
        artifact = replace(artifact, schema=schema, signature=signature)
    if shape is not None:
        signature = replace(artifact.signature, input_shape=shape, feature_names=(), dtype="uint8")
        artifact = replace(artifact, signature=signature)
    width = math.prod(artifact.signature.input_shape)
    rule = Registry().decision_rule("minimum_expected_cost")
    return TrainedModel(artifact, Network(width, len(artifact.signature.labels)), rule)
