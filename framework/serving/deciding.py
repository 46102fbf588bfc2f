"""From questions to answers: bodies read, cases decided, small requests together."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import numpy as np

from framework.core.decisions.price_list import BY_PRICES, PriceList
from framework.core.errors import CostMatrixError, DataError
from framework.inference.answers import Answers
from framework.inference.trained_model import TrainedModel
from framework.serving.bodies import Bodies
from framework.serving.cases import Cases
from framework.serving.framing import Answer, Question
from framework.serving.recording import Recording, explored, lines
from framework.serving.replies import encoded, part_of


class Deciding:
    """Answers for one model; ``version`` is told with each.

    ``recording`` says what is to be written; ``prices`` are those of scarce decisions, in dollars of the
    model's matrix.
    """

    def __init__(
        self,
        model: TrainedModel,
        version: str,
        recording: Recording | None = None,
        prices: PriceList | None = None,
    ) -> None:
        self.model, self.version, self.recording, self.prices = model, version, recording, prices
        self._rng = np.random.default_rng()
        self.bodies = Bodies(model)

    def answers(self, questions: Sequence[Question]) -> list[Answer]:
        """One for each question, in its place; whatever is wrong with one is told to it alone."""
        read = [self._read(question) for question in questions]
        alike = [cases for cases in read if isinstance(cases, Cases) and _by_the_model(cases)]
        together = self._together(alike) if len(alike) > 1 else {}
        return [
            cases if isinstance(cases, Answer) else self._answer(cases, question, together)
            for cases, question in zip(read, questions, strict=True)
        ]

    def _read(self, question: Question) -> Cases | Answer:
        if question.content_type not in self.bodies.content_types:
            return Answer(415, error=f"the model takes no {question.content_type}")
        try:
            body = bytes(question.body)  # as it is, here
            return self.bodies.read(question.content_type, question.parameters, body)
        except Exception as error:
            return _failed(error)

    def _answer(self, cases: Cases, question: Question, known: dict[int, Answers]) -> Answer:
        try:
            found = known.get(id(cases))
            answers = self._decided(cases) if found is None else found
            matrix = cases.matrix or self.model.artifact.cost_matrix
            record = b""
            if self.recording is not None:
                share, within = self.recording.explore, self.recording.explore_within
                tried = explored(answers, share, within, self._rng)
                answers = tried.answers
                about = {"model": self.version, "cost_matrix": matrix.name}
                record = lines(cases, tried, about, question.id, matrix.columns)
            body = encoded(answers, question.media, matrix.name, cases.header, self.version)
        except Exception as error:
            return _failed(error)
        counts = np.bincount(answers.decisions, minlength=len(answers.decision_labels)).tolist()
        return Answer(
            200,
            body,
            rows=len(answers),
            counts=dict(zip(answers.decision_labels, counts, strict=True)),
            used=self._used(cases, counts),
            dollars=float(answers.dollars.sum()),
            record=record,
        )

    def _decided(self, cases: Cases) -> Answers:
        answers = self.model.answer(cases.X, cases.columns, cases.matrix, cases.prevalence)
        if self.prices is None or cases.matrix is not None:
            return answers
        decided = self.prices.policy.decide(-answers.expected_dollars, self._rng)
        return answers.redecided(decided, BY_PRICES)

    def _used(self, cases: Cases, counts: list[int]) -> dict[str, list[float]] | None:
        """Of each limit how much these cases use, and how much there was for them."""
        if self.prices is None or cases.matrix is not None:
            return None
        used, there = self.prices.use(counts)
        return {
            name: [one, of]
            for name, one, of in zip(self.prices.limits, used.tolist(), there.tolist(), strict=True)
        }

    def _together(self, alike: Sequence[Cases]) -> dict[int, Answers]:
        """Answers by the identity of their cases; none where one of them spoils it for all."""
        try:
            columns = {
                name: np.concatenate([cases.columns[name] for cases in alike])
                for name in alike[0].columns
            }
            X = np.concatenate([cases.X for cases in alike])
            answers = self._decided(Cases(X, columns))
        except Exception:
            return {}  # each is asked alone, and told its own mistake
        ends = np.cumsum([len(cases.X) for cases in alike]).tolist()
        starts = [0, *ends[:-1]]
        return {
            id(cases): part_of(answers, slice(start, end))
            for cases, start, end in zip(alike, starts, ends, strict=True)
        }


def _by_the_model(cases: Cases) -> bool:
    return cases.matrix is None and not cases.prevalence


def _failed(error: Exception) -> Answer:
    if isinstance(error, CostMatrixError | DataError):
        return Answer(400, error=str(error))
    if isinstance(error, MemoryError):
        return Answer(413, error="the cases take more memory than there is; send fewer at a time")
    return Answer(
        500,
        error="the server failed; its log says why",
        traceback="".join(traceback.format_exception(error)),
    )
