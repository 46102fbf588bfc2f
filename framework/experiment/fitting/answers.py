"""What trained models say of some cases: each is asked once, however many rows of a comparison use it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framework.core.arrays import FloatArray
from framework.core.decisions.pooling import geometric_mean
from framework.core.process import give_back_memory
from framework.experiment.fitting.recipe import TrainedMember
from framework.experiment.fitting.trainer import Trainer


class Answers:
    """Probabilities for the ``rows`` (n,) of a trainer's dataset, kept as long as this is."""

    def __init__(self, trainer: Trainer, rows: np.ndarray) -> None:
        self.trainer, self._rows = trainer, rows
        # With the member, whose id is the key.
        self._told_by: dict[int, tuple[TrainedMember, FloatArray]] = {}

    def together(self, members: Sequence[TrainedMember]) -> FloatArray:
        """The geometric mean (n, N) of what the ``members`` of one recipe say."""
        for member in members:
            if id(member) not in self._told_by:
                told = self.trainer.predict(member, self._rows)
                self._told_by[id(member)] = (member, told)
        give_back_memory()  # of what has been judged before, and of features as members take them
        return geometric_mean([self._told_by[id(member)][1] for member in members])
