"""One setting of a run: what the command line, a job and a report need to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Of the command line's help, in its order.
TABLE_FILE, PICTURE_FILES, COSTS, MODEL, DECISION = (
    "A table",
    "Pictures",
    "Costs",
    "Model and loss",
    "Decision",
)
TRAINING, PARTS, FILES = "Training", "Training and test part", "Files"
GROUPS = (TABLE_FILE, PICTURE_FILES, COSTS, MODEL, DECISION, TRAINING, PARTS, FILES)


@dataclass(frozen=True)
class Setting:
    """One setting of a run.

    Parameters
    ----------
    name, help : str
        As RunConfig has it; what it means, with its default.
    group : str
        What heads it and its like in the command line's help: one of GROUPS.
    metavar : str
        What stands for its value on the command line; "" for yes or no.
    option : str
        Of the command line, where it is not the name: the singular of what may be repeated.
    searched : bool
        ``--strategy auto`` is free in it, unless it is given.
    swept : bool
        ``fw sweep`` takes it as well; otherwise a sweep decides it itself.
    varied : str
        A tuning job may vary it: as a real number, a whole one, or by choice; "" where not.
    channel : str
        It is a folder that is read, which a job is given as the channel of that name.
    written : bool
        It is a folder that is written to: no figure depends on it, and a job has its own.
    """

    name: str
    help: str
    metavar: str = ""
    group: str = ""
    option: str = ""
    repeated: bool = False
    searched: bool = False
    swept: bool = True
    varied: Literal["", "real", "whole", "choice"] = ""
    channel: str = ""
    written: bool = False

    @property
    def flag(self) -> str:
        """The option: ``--cost-matrix``."""
        return f"--{(self.option or self.name).replace('_', '-')}"

    @property
    def is_folder(self) -> bool:
        return bool(self.channel) or self.written

    @property
    def no_flag(self) -> str:
        """Of yes or no, the option that says no."""
        return f"--no-{self.name.replace('_', '-')}"
