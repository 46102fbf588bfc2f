"""One door that inputs come through, with a corpus of right ones.

A reader is given an input and may refuse it, with a FrameworkError. What it accepts is looked at: a
number that is none, a shape that does not fit.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import mutations

ROOT = Path(__file__).parents[2]
RUN = ROOT / "tests" / "fixtures" / "run_0_1"


@dataclass(frozen=True)
class Reader:
    """``read`` takes bytes; ``corpus`` are right ones; ``share`` of all inputs.

    ``json``: they are changed as values, too. ``strict``: each number in them is one.
    """

    name: str
    group: str
    share: float
    read: Callable[[bytes], object]
    corpus: tuple[bytes, ...]
    json: bool = False
    strict: bool = False
    paths: dict[int, list] = field(default_factory=dict)

    def input(self, random: Random) -> tuple[bytes, str | None]:
        """A changed one of the corpus, and why it must be refused, or None."""
        at = random.randrange(len(self.corpus))
        data = self.corpus[at]
        if not self.json or random.random() < 0.35:
            return mutations.of_bytes(data, random), None
        text = data.decode()
        if at not in self.paths:
            self.paths[at] = mutations.places(json.loads(text))
        changed, why = mutations.of_json(text, self.paths[at], random)
        told = why if self.strict or (why and "number" not in why) else None
        return changed.encode("utf-8", "surrogatepass"), told


def model_file(name: str) -> bytes:
    return json.dumps(json.loads((RUN / "models" / "medical" / name).read_bytes())).encode()
