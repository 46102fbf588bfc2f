"""What the models of a run look at, written into its folder.

importance.json   everything found out, with seeds and units
importance.csv    the same figures, a line per model and feature (or picture)

And by framework.report.explanation importance.html, one page for people, and importance/, of pictures
the pixel maps as PNG.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.cases.images import is_picture
from framework.core.errors import ConfigError, DataError
from framework.core.files import write_csv, write_json
from framework.core.words import currency, money_word
from framework.experiment.stored_runs.reloaded_run import ReloadedRun, reload_run
from framework.plugins.registry import Registry
from framework.studies.explanation.columns import ColumnsExplained, explain_columns
from framework.studies.explanation.pictures import PicturesExplained, explain_pictures
from framework.studies.explanation.records import column_records, picture_records

REPEATS, PICTURES = 20, 6


@dataclass(frozen=True, eq=False)
class Explanation:
    """What was found out about the models of ``reloaded``."""

    reloaded: ReloadedRun
    found: ColumnsExplained | PicturesExplained

    def records(self) -> list[dict[str, Any]]:
        """One flat record per model and feature, or per model and picture."""
        if isinstance(self.found, ColumnsExplained):
            return column_records(self.reloaded, self.found)
        return picture_records(self.found)

    def to_json(self) -> dict[str, Any]:
        """The object that importance.json holds."""
        with currency(*self.reloaded.run.matrix.money):
            return self._told()

    def _told(self) -> dict[str, Any]:
        reloaded, found = self.reloaded, self.found
        data: dict[str, Any] = {
            "dataset": reloaded.run.metrics["dataset"],
            "evaluation_matrix": reloaded.run.matrix.name,
            "models": [model.name for model in reloaded.models],
            "baseline": reloaded.baseline,
            "n_test": len(reloaded.y),
        }
        if isinstance(found, ColumnsExplained):
            data |= {
                "method": "permutation importance",
                "unit": f"{money_word()} lost per test case when shuffled (negative = saved)",
                "repeats": found.repeats,
                "seed": found.seed,
                "interval": "95%, over the sampling of test cases and the shuffles",
                "features": self.records(),
            }
        else:
            data |= {
                "method": f"integrated gradients of the expected {money_word()} of the decision",
                "unit": f"{money_word()} (negative = a loss)",
                "baseline_picture": "mean of the training part",
                "steps": found.steps,
                "pictures": self.records(),
            }
        return data


def explain(
    run_dir: Path | str,
    models: Sequence[str] = (),
    *,
    repeats: int = REPEATS,
    seed: int = 0,
    together: Sequence[Sequence[str]] = (),
    pictures: int = PICTURES,
    data: Path | None = None,
    test_data: Path | None = None,
    registry: Registry | None = None,
) -> Explanation:
    """The figures of ``framework.explain``, beside the run, without the page."""
    folder = Path(run_dir)
    reloaded = reload_run(folder, models, data, test_data, registry)
    shape = reloaded.dataset.X.shape[1:]
    if len(shape) == 1:
        if repeats < 2:
            raise ConfigError(f"repeats: expected at least 2, received {repeats}")
        explanation = Explanation(reloaded, explain_columns(reloaded, repeats, seed, together))
    elif is_picture(shape):
        if together:
            raise ConfigError("--together is for tables; this run is about pictures")
        explanation = Explanation(reloaded, explain_pictures(reloaded, pictures))
    else:
        raise DataError(
            f"cases of shape {shape} cannot be explained; expected a table (columns) or pictures "
            "(height, width, channels)"
        )
    _write(explanation, folder)
    return explanation


def _write(explanation: Explanation, folder: Path) -> None:
    write_json(folder / "importance.json", explanation.to_json())
    records = explanation.records()
    rows = [
        ["; ".join(value) if isinstance(value, list) else value for value in record.values()]
        for record in records
    ]
    write_csv(folder / "importance.csv", [list(records[0]) if records else [], *rows])
