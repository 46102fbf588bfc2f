"""Doors that settings come through: from Python, and as hyperparameters of a job."""

import json
from collections.abc import Callable, Mapping
from random import Random

from matrix_readers import MATRIX
from reader import Reader

from framework.config.run_config import RunConfig
from framework.core.errors import ConfigError
from framework.core.json_text import NotJsonError, parse_json
from framework.sagemaker.contract import from_hyperparameters

HYPERPARAMETERS = {
    "dataset": "breast_cancer",
    "cost_matrix": json.dumps(MATRIX),
    "learning_rate": "0.01",
    "epochs": "50",
    "seed": "3",
    "threshold": "0.2",
    "augment.rotation": "0.1",
    "prevalence": '{"malignant": 0.01}',
    "time_budget": "5m",
    "cuts": "1,2,3.5",
    "model_parameters": '{"units": 3, "wide": true}',
}
NUMERIC = (
    "learning_rate",
    "epochs",
    "seed",
    "threshold",
    "test_fraction",
    "l2",
    "batch_size",
    "folds",
)
NO_TEXTS = ("1_0", "nan", "inf", "1e999", "", "9" * 400, "\u0663")


def settings() -> list[Reader]:
    def hyperparameters(data: bytes) -> None:
        try:
            values = parse_json(data)
        except NotJsonError as error:
            raise ConfigError(str(error)) from None
        if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
            raise ConfigError("expected an object of strings")
        _looked_at_settings(from_hyperparameters(values, {}))

    def settings(data: bytes) -> None:
        try:
            values = parse_json(data, constants=True)
        except NotJsonError as error:
            raise ConfigError(str(error)) from None
        if not isinstance(values, dict):
            raise ConfigError("expected an object")
        _looked_at_settings(RunConfig(**values))

    typed = {
        "dataset": "x.csv",
        "learning_rate": 0.1,
        "epochs": 3,
        "l2": 0.0,
        "threshold": 0.5,
        "seed": 1,
    }
    typed |= {"members": 2, "prevalence": {"a": 0.5}, "augment": {"shift": 0.1}, "cuts": [1, 2.5]}
    hyper = tuple(
        json.dumps({**HYPERPARAMETERS, **more}).encode()
        for more in ({}, {"cost_matrix": "medical.json"})
    )
    wrong = [(name, text) for name in NUMERIC for text in NO_TEXTS]
    return [
        Reader("hyperparameters", "settings", 0.06, hyperparameters, hyper, json=True),
        Reader("settings", "settings", 0.04, settings, (json.dumps(typed).encode(),), True, True),
        *(
            _refusing(f"{name} {text[:9]!r}", {"dataset": "x", name: text}, hyperparameters)
            for name, text in wrong
        ),
    ]


def _refusing(name: str, values: Mapping[str, str], read: Callable[[bytes], None]) -> Reader:
    """Of one input, which must be refused as it is."""

    class Same(Reader):
        def input(self, random: Random) -> tuple[bytes, str | None]:
            return self.corpus[0], f"{values} holds no number"

    return Same(name, "settings", 0.0, read, (json.dumps(values).encode(),))


def _looked_at_settings(config: RunConfig) -> None:
    plain = json.dumps(config.to_json(), allow_nan=False)
    plain.encode("utf-8")
