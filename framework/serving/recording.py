"""What a server writes of its decisions, and how often it tries another than its rule's.

A line of JSON for each case: ``id``, ``time`` (UTC), ``inputs`` (a digest of the case's features),
``model``, ``cost_matrix``, ``probabilities``, ``decision``, ``expected_dollars``; ``columns`` that costs
depend on; of a request with a matrix of its own ``own_costs``; where decisions are tried, the
``rule_decision`` and the ``odds`` of all that could have been taken.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framework.core.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from framework.core.arrays import BoolArray, FloatArray
    from framework.inference.answers import Answers
    from framework.serving.cases import Cases

DIGITS = 16  # of a digest


@dataclass(frozen=True)
class Recording:
    """Where decisions are written, and how they are tried.

    Parameters
    ----------
    decisions : Path
        A file that is appended to; or a folder, where a new file is begun every day and 100 MB.
    explore : float
        Share of the cases for which a decision is drawn from all that are admissible.
    explore_within : float, optional
        Admissible is what is expected to cost at most so many dollars more than the rule's decision
        (default: whatever may be decided).

    Raises
    ------
    ConfigError
    """

    decisions: Path
    explore: float = 0.0
    explore_within: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.explore <= 1:
            raise ConfigError(
                f"explore: expected a share of the cases from 0 to 1, received {self.explore:g}"
            )
        within = self.explore_within
        if within is not None and not (within >= 0 and math.isfinite(within)):
            raise ConfigError(f"explore-within: expected dollars, 0 or more, received {within:g}")
        if within is not None and not self.explore:
            raise ConfigError("explore-within goes with explore, the share of cases to try")

    @classmethod
    def of(
        cls, decisions: str | Path | None, explore: float = 0.0, within: float | None = None
    ) -> Recording | None:
        """What the options mean; None where nothing is written.

        Raises
        ------
        ConfigError
            When something is to be tried, and nowhere written.
        """
        if decisions is not None:
            return cls(Path(decisions), explore, within)
        if explore or within is not None:
            raise ConfigError(
                "explore: what is tried has to be written, or nothing is learned from it; say where with "
                "--decisions (FW_DECISIONS)"
            )
        return None

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> Recording | None:
        """What FW_DECISIONS, FW_EXPLORE and FW_EXPLORE_WITHIN mean."""
        numbers = []
        for name in ("FW_EXPLORE", "FW_EXPLORE_WITHIN"):
            text = variables.get(name, "")
            try:
                numbers.append(float(text) if text else None)
            except ValueError:
                raise ConfigError(f"{name}: expected a number, received {text!r}") from None
        return cls.of(variables.get("FW_DECISIONS") or None, numbers[0] or 0.0, numbers[1])


@dataclass(frozen=True, eq=False)
class Tried:
    """Answers of which some were drawn, with the odds (n, M) that every decision had."""

    answers: Answers
    rule: Answers
    odds: FloatArray


def explored(
    answers: Answers, share: float, within: float | None, rng: np.random.Generator
) -> Tried:
    """A ``share`` of the cases decided at random, each admissible decision alike."""
    import numpy as np

    n, rows = len(answers), np.arange(len(answers))
    admissible: BoolArray = np.ones(answers.expected_dollars.shape, dtype=bool)
    if within is not None:
        admissible = answers.expected_dollars >= answers.dollars[:, None] - within
    admissible[rows, answers.decisions] = True
    odds = share * admissible / admissible.sum(axis=1, keepdims=True)
    odds[rows, answers.decisions] += 1 - share
    drawn = (rng.random(n)[:, None] > np.cumsum(odds, axis=1)[:, :-1]).sum(axis=1)
    other = drawn != answers.decisions
    return Tried(replace(answers, decisions=drawn, tried=other), answers, odds)


def lines(
    cases: Cases,
    tried: Tried,
    about: Mapping[str, Any],
    request: str,
    columns: Collection[str] = (),
) -> bytes:
    """A line for each case; ``about`` is what they have in common, ``columns`` what costs depend on."""
    stamp = f"{time.time():.6f}"
    return b"".join(
        json.dumps({"id": name, "time": _iso(stamp), **about, **told}).encode() + b"\n"
        for name, told in zip(_ids(cases, request), _told(cases, tried, columns), strict=True)
    )


def _ids(cases: Cases, request: str) -> list[str]:
    """Those that the cases have, or places in their request."""
    if cases.ids is not None:
        return list(cases.ids)
    return [request] if len(cases.X) == 1 else [f"{request}/{k}" for k in range(len(cases.X))]


def _told(cases: Cases, tried: Tried, wanted: Collection[str]) -> Iterator[dict[str, Any]]:
    import numpy as np

    answers, rule = tried.answers, tried.rule
    names = answers.decision_labels
    features = np.ascontiguousarray(cases.X)
    certain = not (tried.odds[np.arange(len(answers)), rule.decisions] < 1).any()
    # No other features: the log is no copy of people's data.
    columns = {
        name: np.asarray(values).tolist()
        for name, values in cases.columns.items()
        if name in wanted
    }
    own = {"own_costs": True} if cases.matrix is not None else {}
    for k, (p, dollars) in enumerate(
        zip(answers.probabilities.tolist(), answers.dollars.tolist(), strict=True)
    ):
        told = {
            "inputs": hashlib.sha256(features[k].tobytes()).hexdigest()[:DIGITS],
            "probabilities": dict(zip(answers.labels, p, strict=True)),
            "decision": names[answers.decisions[k]],
            "expected_dollars": dollars,
            **own,
        }
        if columns:
            told["columns"] = {name: values[k] for name, values in columns.items()}
        if not certain:
            told["rule_decision"] = names[rule.decisions[k]]
            told["odds"] = {
                names[j]: float(tried.odds[k, j]) for j in np.flatnonzero(tried.odds[k])
            }
        yield told


def _iso(stamp: str) -> str:
    seconds, _, fraction = stamp.partition(".")
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(int(seconds)))}.{fraction}Z"
