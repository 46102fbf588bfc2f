"""What a shell completes: names of datasets, models, losses, rules and matrices, besides files.

Called while a person types, so that nothing heavy is imported; what goes wrong completes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from framework.core.cases.augmentation import NAMES as AUGMENTED
from framework.core.stdout import kept_for_results

Completion = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def completes(names: Callable[[click.Context], Iterable[tuple[str, str]]]) -> Completion:
    """A completion from (name, what it is) pairs, and of files where a path is begun."""

    def complete(
        ctx: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        try:
            with kept_for_results():
                found = list(names(ctx))
        except (Exception, SystemExit):  # a traceback would land in the line that is typed
            found = []
        return [
            CompletionItem(name, help=about) for name, about in found if name.startswith(incomplete)
        ]

    return complete


def with_files(complete: Completion, wanted: Callable[[Path], bool]) -> Completion:
    """The same, files that are ``wanted``, and whatever the shell itself makes of a path."""

    def both(
        ctx: click.Context, parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        folder = Path(incomplete if incomplete.endswith("/") else Path(incomplete).parent)
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        files = [str(path) for path in paths if path.is_file() and wanted(path)]
        return [
            CompletionItem(incomplete, type="file"),  # first: bash forgets what came before it
            *complete(ctx, parameter, incomplete),
            *(CompletionItem(file) for file in files if file.startswith(incomplete)),
        ]

    return both


def offered(kind: str = "") -> Completion:
    """Names of what plugins offer: "dataset", "model", "loss", "decision rule"; or of all these."""

    def names(_ctx: click.Context) -> Iterable[tuple[str, str]]:
        from framework.plugins.registry import Registry

        found = Registry().offers
        return [(one.spec.name, one.spec.description) for one in found if kind in ("", one.kind)]

    return completes(names)


def _matrices(ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Those that the dataset in the line ships, or any dataset."""
    from framework.plugins.registry import Registry

    offers = Registry().of_kind("dataset")
    own = [offer for offer in offers if offer.spec.name == _argument(ctx, "dataset")]
    for offer in own or offers:
        for name in offer.spec.shipped_matrices():
            yield name, f"shipped with {offer.spec.name}"


def _models_of_run(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from framework.core.files import read_json

    metrics = read_json(Path(_argument(ctx, "run_dir")) / "metrics.json")
    served = metrics["served"]["model"]
    for model in metrics["models"]:
        yield model["name"], "served" if model["name"] == served else model["loss"]


def _argument(ctx: click.Context, name: str) -> str:
    """A command's first argument; the line ends in an option, so that click may not have read it."""
    return str(ctx.params.get(name) or next(iter(ctx.args), ""))


def choices(metavar: str) -> Completion | None:
    """Of an option whose metavar spells them out, as "none|cosine"."""
    words = [word for word in metavar.split("|") if word.islower()]
    return completes(lambda _ctx: [(word, "") for word in words]) if words else None


def _is_table(path: Path) -> bool:
    from framework.data.reading import is_table

    return is_table(path)


datasets = offered("dataset")
anything_offered = offered()
datasets_and_tables = with_files(datasets, _is_table)
matrices = with_files(completes(_matrices), lambda path: path.suffix in (".json", ".csv"))
models_of_run = completes(_models_of_run)
# By the name of a run's setting.
OF_SETTINGS: dict[str, Completion] = {
    "model": offered("model"),
    "augment": completes(lambda _ctx: [(f"{name}=", "") for name in AUGMENTED]),
    "loss": offered("loss"),
    "decision_rule": offered("decision rule"),
    "cost_matrix": matrices,
    "evaluation_matrix": matrices,
}
