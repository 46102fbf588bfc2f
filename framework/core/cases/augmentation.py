"""How much pictures may be changed while a network is trained on them; no arithmetic, see training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite, pi

# The most that makes sense of each; beyond, pictures would be empty, upside down or negative.
MOST = {
    "rotation": pi,
    "scale": 0.9,
    "aspect": 0.9,
    "shear": 1.0,
    "shift": 0.5,
    "contrast": 1.0,
    "brightness": 1.0,
    "flip": 1.0,
    "strength": 10.0,
}


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a picture, drawn anew whenever it is trained on; 0 leaves each of them out.

    Parameters
    ----------
    rotation : float
        Turned by up to so many radians, either way.
    scale : float
        Larger or smaller by up to this share.
    aspect : float
        Wider than high, or higher than wide, by up to this share.
    shear : float
        Slanted by up to this share of its height, either way.
    shift : float
        Moved by up to this share of its width and height, either way.
    contrast : float
        Differences from the picture's mean, more or less by up to this share. Of bytes alone.
    brightness : float
        Brighter or darker by up to this share. Of bytes alone.
    flip : float
        The probability of its mirror image, left and right exchanged: only where neither means
        anything.
    strength : float
        Multiplies all of them but ``flip``; 0 turns augmentation off, flips as well.

    Raises
    ------
    ValueError
        For a number below 0 or above what makes sense.
    """

    rotation: float = 0.0
    scale: float = 0.0
    aspect: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    flip: float = 0.0
    strength: float = 1.0

    @classmethod
    def of(cls, options: Mapping[str, float]) -> Augmentation:
        """From ``options`` by name.

        Raises
        ------
        ValueError
            For a name that there is not, and as above.
        """
        unknown = [name for name in options if name not in NAMES]
        if unknown:
            raise ValueError(f'unknown option "{unknown[0]}"; expected one of {", ".join(NAMES)}')
        return cls(**options)

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not isfinite(value) or not 0 <= value <= MOST[name]:
                raise ValueError(
                    f"{name}: expected a number from 0 to {MOST[name]:.3g}, received {value}"
                )

    @property
    def changes_anything(self) -> bool:
        return self.strength > 0 and any(
            value for name, value in asdict(self).items() if name != "strength"
        )


NO_AUGMENTATION = Augmentation()
NAMES = tuple(field.name for field in fields(Augmentation))
