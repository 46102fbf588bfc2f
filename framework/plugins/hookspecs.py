"""The hooks a plugin may implement. Each docstring holds a complete plugin that works as it is.

A plugin is a module (or object) named by an entry point in the group ``fw``:

    [project.entry-points.fw]
    my_plugin = "my_plugin"
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from framework.plugins.specs import (
    DatasetSpec,
    DecisionRuleSpec,
    EstimatorSpec,
    LossSpec,
    ModelSpec,
)

PROJECT = "fw"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def fw_register_datasets() -> Sequence[DatasetSpec]:  # type: ignore[empty-body]
    """Datasets, by name.

    ::

        from framework import DatasetSpec, hookimpl

        def load():
            from sklearn.datasets import load_wine
            bunch = load_wine()
            return bunch.data, bunch.target            # features, class indices

        @hookimpl
        def fw_register_datasets():
            return [DatasetSpec(name="wine", labels=("barolo", "grignolino", "barbera"),
                                load=load, default_model="logistic")]
    """


@hookspec
def fw_register_models() -> Sequence[ModelSpec | EstimatorSpec]:  # type: ignore[empty-body]
    """Keras architectures, and classifiers of scikit-learn's kind for tables, by name.

    ``--model`` trains one alone; with ``--strategy auto`` it joins the pool.

    ::

        from framework import EstimatorSpec, ModelSpec, hookimpl

        def build(input_shape, n_classes, units=16):
            import keras
            return keras.Sequential([
                keras.Input(input_shape),
                keras.layers.Dense(units, activation="tanh"),
                keras.layers.Dense(n_classes, activation="softmax"),
            ])

        def stumps(shape, rounds=100):
            from sklearn.ensemble import GradientBoostingClassifier
            return GradientBoostingClassifier(n_estimators=rounds, max_depth=1, random_state=0)

        @hookimpl
        def fw_register_models():
            return [
                ModelSpec(name="tanh_net", build=build, parameters={"units": 16}),
                EstimatorSpec(name="stumps", build=stumps, parameters={"rounds": 100},
                              settings=({"rounds": 50}, {"rounds": 200})),
            ]
    """


@hookspec
def fw_register_losses() -> Sequence[LossSpec]:  # type: ignore[empty-body]
    """Losses, by name.

    ::

        from framework import LossSpec, hookimpl

        def undecided_expected_cost(y_true, y_pred, cost_rows):
            \"\"\"Expected cost less entropy: least at softmax(-cost), so argmax is the decision.\"\"\"
            from keras import ops
            if y_pred.shape[-1] == 1:  # one sigmoid unit s: the probabilities [1 - s, s]
                y_pred = ops.concatenate([1 - y_pred, y_pred], axis=-1)
            likelihood = ops.log(ops.maximum(y_pred, 1e-7))
            return ops.sum((cost_rows + likelihood) * y_pred, axis=-1)

        @hookimpl
        def fw_register_losses():
            return [LossSpec(name="undecided_expected_cost", function=undecided_expected_cost,
                             estimates="decision")]
    """


@hookspec
def fw_register_decision_rules() -> Sequence[DecisionRuleSpec]:  # type: ignore[empty-body]
    """Decision rules, by name.

    ::

        from framework import DecisionRuleSpec, hookimpl

        def least_worst(probabilities, costs, floor=0.01):
            \"\"\"The class whose worst cost among the truths still thinkable is least.\"\"\"
            import numpy as np
            thinkable = probabilities[:, :, None] >= floor
            return np.where(thinkable, costs, -np.inf).max(axis=1).argmin(axis=1)

        @hookimpl
        def fw_register_decision_rules():
            return [DecisionRuleSpec(name="least_worst", function=least_worst,
                                     parameters={"floor": 0.01})]
    """


@hookspec
def fw_run_finished(config: Any, result: Any) -> None:
    """Observe a finished run; an error in here is logged and never fails the run.

    ``config`` is the ``framework.RunConfig``, ``result`` the ``framework.RunResult``; ``result.epochs``
    tell how training went (losses, and with ``config.mlflow`` validation dollars), which no file does.

    ::

        from framework import hookimpl

        @hookimpl
        def fw_run_finished(config, result):
            with open("runs.log", "a") as log:
                log.write(f"{config.dataset} {result.served.model}\\n")
    """
