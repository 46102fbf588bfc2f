"""One input that is meant ill.

An attack is well met where it is refused in a sentence, or answered, within SLOWEST and within LARGEST.
"""

from collections.abc import Callable
from dataclasses import dataclass

MEGABYTE = 2**20
BODY = 25 * MEGABYTE - 100  # fw serve's largest


@dataclass(frozen=True)
class Attack:
    """``made`` gives the bytes, ``met`` is given them; ``request``: whether it comes over HTTP.

    ``answered``: it need not be refused.
    """

    name: str
    made: Callable[[], bytes]
    met: Callable[[bytes], object]
    request: bool = True
    answered: bool = False
