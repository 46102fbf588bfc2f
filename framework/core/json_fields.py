"""Fields of a JSON object that a program wrote and a person may have changed: each checked as it is taken.

What the framework itself writes needs no advice how to mend it; it needs to be told which file is wrong,
in which key, rather than a number that is none being reckoned with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from framework.core.errors import ArtifactError
from framework.core.plain_numbers import finite, is_whole
from framework.core.shown import short

_MISSING = object()


class Fields:
    """The object ``data`` that ``where`` holds, a file and perhaps a key of it.

    Raises
    ------
    ArtifactError
        Here when it is no object; from each method when the key is missing or of another kind. With a
        ``default`` a key may be missing, or null.

    Examples
    --------
    >>> Fields({"temperature": 2, "bias": [0.5, -0.5]}, "decision.json").numbers("bias")
    (0.5, -0.5)
    """

    def __init__(self, data: Any, where: str | Path) -> None:
        self.where = str(where)
        if not isinstance(data, dict):
            raise ArtifactError(f"{where}: expected an object, received {short(data)}")
        self.data = data

    def __contains__(self, key: str) -> bool:
        return self.data.get(key) is not None

    def any(self, key: str, default: Any = _MISSING) -> Any:
        """Whatever it is."""
        found = self.data.get(key)
        if found is not None:
            return found
        if default is _MISSING:
            raise ArtifactError(f'{self.where}: the key "{key}" is missing')
        return default

    def fields(self, key: str) -> Fields:
        """An object within it."""
        return Fields(self.any(key), f'{self.where}, "{key}"')

    def objects(self, key: str) -> list[Fields]:
        """A list of objects."""
        found = self._list(key)
        return [Fields(one, f'{self.where}, "{key}", {k}') for k, one in enumerate(found, start=1)]

    def text(self, key: str, default: Any = _MISSING) -> str:
        found: str = self.any(key, default)
        return found if isinstance(found, str) else self.refuse(key, "text", found)

    def texts(self, key: str, default: Any = _MISSING) -> tuple[str, ...]:
        """A list of texts, each once."""
        found = self._list(key, default)
        if not all(isinstance(one, str) for one in found) or len(set(found)) != len(found):
            self.refuse(key, "texts, each once", found)
        return tuple(found)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of texts, which may repeat."""
        found = self._list(key)
        if not all(isinstance(one, str) for one in found):
            self.refuse(key, "texts", found)
        return tuple(found)

    def yes_or_no(self, key: str, default: Any = _MISSING) -> bool:
        found: bool = self.any(key, default)
        return found if isinstance(found, bool) else self.refuse(key, "true or false", found)

    def number(
        self, key: str, default: Any = _MISSING, above: float | None = None, most: float = 1e300
    ) -> float:
        """A finite number, perhaps one that is larger than ``above``; at most ``most``."""
        found = self.any(key, default)
        number = finite(found)
        if number is None or (above is not None and number <= above) or abs(number) > most:
            bound = "" if above is None else f" above {above:g}"
            return self.refuse(key, f"a finite number{bound}", found)
        return number

    def numbers(self, key: str, n: int | None = None, default: Any = _MISSING) -> tuple[float, ...]:
        """A list of finite numbers, ``n`` of them if that is given."""
        found = self._list(key, default)
        numbers = [finite(one) for one in found]
        if None in numbers or (n is not None and len(numbers) != n):
            self.refuse(key, f"{'finite' if n is None else n} numbers", found)
        return tuple(one for one in numbers if one is not None)

    def whole(self, key: str, least: int = 0, most: int = 2**31) -> int:
        found: int = self.any(key)
        return (
            found
            if is_whole(found, least, most)
            else self.refuse(key, f"a whole number from {least} to {most:,}", found)
        )

    def wholes(self, key: str, least: int = 0, most: int = 2**31) -> tuple[int, ...]:
        """A list of whole numbers."""
        found = self._list(key)
        if not all(is_whole(one, least, most) for one in found):
            self.refuse(key, f"whole numbers from {least} to {most:,}", found)
        return tuple(found)

    def refuse(self, key: str, expected: str, received: Any) -> Any:
        """Raise ArtifactError for what a key holds."""
        raise ArtifactError(
            f'{self.where}, "{key}": expected {expected}, received {short(received)}'
        )

    def _list(self, key: str, default: Any = _MISSING) -> list[Any]:
        found = self.any(key, default)
        if not isinstance(found, (list, tuple)):
            self.refuse(key, "a list", found)
        return list(found)


@contextmanager
def written_by_us(where: str | Path) -> Iterator[None]:
    """Within, a key that is missing or of another kind is an ArtifactError that names ``where``.

    For files of many parts that are taken as they are, because whoever reads them shows them alone.
    """
    try:
        yield
    except KeyError as key:
        raise ArtifactError(f"{where} lacks {short(key.args[0] if key.args else '?')}") from None
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        raise ArtifactError(
            f"{where} is not as the framework writes it ({type(error).__name__}: {short(str(error))})"
        ) from error
