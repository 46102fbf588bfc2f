"""What a run found out, and the one JSON form it is told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from framework.config.run_config import RunConfig
from framework.core.costs.cost_matrix import CostMatrix
from framework.core.evaluation.references import Bounds, constant_dollars, oracle_dollars
from framework.core.evaluation.regret import Regret
from framework.core.slicing.levels import Levels
from framework.core.slicing.slices import Sliced
from framework.core.steps import counted
from framework.core.uncertainty.intervals import Difference
from framework.core.uncertainty.multiple_comparisons import level_of_best
from framework.core.words import currency, quoted
from framework.experiment.choosing.candidates import Role
from framework.experiment.choosing.promised import PromisedModel
from framework.experiment.choosing.selection import Served
from framework.experiment.fitting.progress import Epoch
from framework.experiment.results import display
from framework.experiment.results.held_out import HeldOut
from framework.experiment.results.model_result import ModelResult
from framework.experiment.results.regrets import next_step, regret_of
from framework.experiment.results.slicing import slices_of
from framework.experiment.results.verdict import ALWAYS, no_model_beats, sentence
from framework.experiment.results.whole_test_part import WholeTestPart

# What each row adds to the one before it.
STEPS = {
    Role.DECISION: "the decision",
    Role.EQUAL_AUTO: "a pool of models",
    Role.TRAINED: "training with the costs",
}


@dataclass(frozen=True, eq=False, repr=False)
class RunResult:
    """Everything a run found out.

    ``config`` is resolved (nothing left open); ``matrix`` is the one that judged all models on the
    cases of ``test``. ``served`` is the model that is loaded and served, chosen on validation;
    ``lost_least`` names the one that lost least on the test part, which nothing is chosen by.
    ``epochs`` tell how training went, in its order, for observers of the run: no file has them.
    ``remarks`` are all ``warnings`` but for that on models at large, ``training_part`` is what
    ``fw compare`` finds constant decisions by, ``slicing`` says which slices each test case is in, ``whole``
    what came of all test cases of a stream of which ``test`` holds some.
    """

    config: RunConfig
    labels: tuple[str, ...]
    matrix: CostMatrix
    origins: dict[str, str]
    models: tuple[ModelResult, ...]
    served: Served
    bounds: Bounds
    remarks: tuple[str, ...]
    n_train: int
    training_part: Mapping[str, Any]
    cost_sentences: tuple[str, ...]
    test: HeldOut
    versions: dict[str, Any]
    run_dir: Path
    promised: PromisedModel | None = None
    slicing: tuple[Levels, ...] = ()
    epochs: tuple[Epoch, ...] = ()
    whole: WholeTestPart | None = None

    @cached_property
    def verdict(self) -> str:
        """The served model against the strongest rival that is free, in one sentence."""
        served, rival = self.served.model, self.strongest_rival
        with currency(*self.matrix.money):
            return sentence(served, rival, self.saved[served][rival])

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must not miss."""
        constant = self.matrix.decision_labels[self.bounds.constant_decision]
        saved = self.test.cases.difference(
            self.model(self.lost_least).seed_dollars,
            self.free[f"{ALWAYS}{constant}"],
            level_of_best(len(self.models)),
        ).interval
        with currency(*self.matrix.money):
            told = no_model_beats(constant, self.lost_least, saved)
            broken = self._broken_promise()
        return (*broken, *([told] if told else []), *self.remarks)

    def _broken_promise(self) -> list[str]:
        promised = self.promised
        if promised is None or promised.certificate.kept:
            return []
        return [f"{quoted(promised.model)}: {told}" for told in promised.certificate.sentences()]

    @cached_property
    def lost_least(self) -> str:
        return max(self.models, key=lambda model: model.mean_dollars).name

    @property
    def baseline(self) -> ModelResult:
        return next(model for model in self.models if model.role is Role.BASELINE)

    @property
    def first_trained(self) -> ModelResult:
        """The model that the first cost matrix trains: the one a tuning job is about."""
        return next(model for model in self.models if model.role is Role.TRAINED)

    def model(self, name: str) -> ModelResult:
        return next(model for model in self.models if model.name == name)

    @cached_property
    def free(self) -> dict[str, np.ndarray]:
        """Dollars (S, n) or (1, n) of what anyone has without training with costs, by name."""
        constant = self.bounds.constant_decision
        always = constant_dollars(self.test.y, self.test.costs, constant)
        free = {model.name: model.seed_dollars for model in self.models if model.role.is_free}
        return free | {f"{ALWAYS}{self.matrix.decision_labels[constant]}": always[None]}

    @cached_property
    def saved(self) -> dict[str, dict[str, Difference]]:
        """By model and by rival: what it saves, paired on the test cases."""
        return {
            model.name: {
                rival: self.test.cases.difference(model.seed_dollars, dollars)
                for rival, dollars in self.free.items()
                if rival != model.name
            }
            for model in self.models
        }

    @cached_property
    def regrets(self) -> dict[str, Regret | None]:
        """By model: what it lost above a perfect oracle, and what would save it (first seed)."""
        return {model.name: regret_of(model, self.test) for model in self.models}

    @cached_property
    def slices(self) -> dict[str, Sliced]:
        """By model: what each slice costs (first seed); {} where none were asked for."""
        if not self.slicing:
            return {}
        constant = self.bounds.constant_decision
        return {
            model.name: slices_of(self.slicing, model, self.test, constant)
            for model in counted(self.models, "slicing")
        }

    @cached_property
    def next_step(self) -> str | None:
        """What would save most of what the served model lost, in a sentence or two."""
        with currency(*self.matrix.money):
            return next_step(self.model(self.served.model), self.regrets[self.served.model])

    @cached_property
    def half_of_the_loss(self) -> dict[str, Any] | None:
        """What a perfect oracle would have spared of the served model's dollars, and the fewest test
        cases that make up half of it (first seed); None where nothing was to be spared.
        """
        model = self.model(self.served.model)
        best = oracle_dollars(self.test.y, self.test.costs)
        weights = self.test.cases.weights[self.test.y]
        spared = np.sort(weights * (best - model.case_dollars))[::-1]
        total = float(spared.sum())
        if total <= 0:
            return None
        cases = int(np.searchsorted(np.cumsum(spared), total / 2)) + 1
        return {"cases": cases, "spared": total}

    @cached_property
    def strongest_rival(self) -> str:
        """Of what is free, other than the served model, the cheapest on the test part.

        Chosen on the test part, and so against us: the saving over it is no better than the truth.
        """
        mean = self.test.cases.mean
        rivals = {name: mean(d) for name, d in self.free.items() if name != self.served.model}
        return max(rivals, key=lambda name: rivals[name])

    @cached_property
    def steps(self) -> list[tuple[str, str, str, Difference]]:
        """Where the dollars of the user's models come from: (what, from, to, saved).

        A pool that no model of was trained with costs has no such step.
        """
        last = self.baseline
        chain = []
        for role, what in STEPS.items():
            for model in self.models:
                if model.role is role and (role.is_free or model.choice.strategy.knows_costs):
                    chain.append((what, last.name, model.name, self.saved[model.name][last.name]))
                    last = model if role.is_free else last
        return chain

    def to_json(self) -> dict[str, Any]:
        """The object that ``fw run --json`` prints and ``metrics.json`` holds."""
        least = self.model(self.lost_least)
        interval = self.test.cases.interval(least.seed_dollars, level_of_best(len(self.models)))
        models = []
        for model in self.models:
            rivals = {name: saved.to_json() for name, saved in self.saved[model.name].items()}
            regret = self.regrets[model.name]
            told = model.to_json()
            told |= {"saved_against": rivals, "regret": regret and regret.to_json()}
            if self.slicing:
                sliced = self.slices[model.name]
                told["slices"] = sliced.to_json(self.labels, self.matrix.decision_labels)
            models.append(told)
        return {
            "dataset": self.config.dataset,
            "labels": list(self.labels),
            "decisions": list(self.matrix.decision_labels),
            "actions": list(self.matrix.actions),
            "columns": None if self.test.schema is None else self.test.schema.told(),
            "column_kinds": None if self.test.schema is None else self.test.schema.kinds(),
            "n_train": self.n_train,
            "n_test": len(self.test.y),
            "training_part": dict(self.training_part),
            **self._test_part(),
            "prevalence": self.test.mix.to_json(self.labels),
            "evaluation_matrix": self.matrix.name,
            "label_groups": {name: list(of) for name, of in self.matrix.groups.items()},
            "cost_matrices": self.origins,
            "cost_sentences": list(self.cost_sentences),
            "verdict": self.verdict,
            "served": self.served.to_json(),
            "strongest_rival": self.strongest_rival,
            "lost_least": {"model": self.lost_least, "interval": interval.to_json()},
            "promise": self.promised and self.promised.to_json(),
            "half_of_the_loss": self.half_of_the_loss,
            "next_step": self.next_step,
            "models": models,
            "steps": [
                {"what": what, "from": before, "to": after, **saved.to_json()}
                for what, before, after, saved in self.steps
            ],
            "bounds": {
                "constant_decision": self.matrix.decision_labels[self.bounds.constant_decision],
                "constant_dollars_per_case": self.bounds.constant,
                "oracle_dollars_per_case": self.bounds.oracle,
            },
            "warnings": list(self.warnings),
            "run_dir": str(self.run_dir),
            "versions": self.versions,
        }

    def _test_part(self) -> dict[str, Any]:
        """Of a stream, the cases of each class that the test cases at hand stand for."""
        totals = self.test.mix.tested
        if totals is None:
            return {}
        told = {"class_counts": totals.tolist(), "sampled": len(self.test.y)}
        summed = {} if self.whole is None else {"summed": self.whole.to_json()}
        return {"test_part": told | summed}

    @cached_property
    def _told(self) -> dict[str, Any]:
        return self.to_json()

    def __repr__(self) -> str:
        return display.run_text("RunResult", self._told, self.matrix.money, self.run_dir)

    def _repr_html_(self) -> str:
        return display.run_html(self._told, self.matrix.money, self.run_dir)
