"""What the results of run.py say: ratios to the best rivals, where we lose, the ladder, seconds.

    python bench/dollars/report.py [--results DIR] [--into README.md docs/strategies.md]

With --into, pages get their tables anew, between the comments "bench-dollars: ratios" (or "costs") and
"end". A ratio of dollars below 1 is cheaper than the rival; (± ...) are standard errors of it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from comparison import (
    GeometricMean,
    Ratio,
    against,
    against_best_of_each,
    against_best_single,
    geometric_mean,
    losses,
    rivals,
    without_easiest,
)
from store import Result, Store

COMPARED = "framework: auto"
LADDER = (
    "framework: baseline, likeliest class",
    "framework: baseline, cheapest decision",
    COMPARED,
    "framework: auto, trained with costs",
    "framework: what auto serves",
)
PICTURES = ("gtsrb",)
END = "<!-- end -->"
MEASURES = {"bench": "the data set's matrix", "random": "12 random matrices"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=Path("build/bench-dollars"), metavar="DIR")
    parser.add_argument("--method", default=COMPARED, help="who is compared (default: %(default)s)")
    parser.add_argument(
        "--into", type=Path, nargs="*", default=[], metavar="PAGE", help="see above"
    )
    options = parser.parse_args()
    results = list(Store(options.results))
    print(f"{len(results)} results in {options.results}\n")
    of_pages = blocks(results, options.method)
    for page in options.into:
        write_into(page, of_pages)
    told = [*of_pages.values(), ladder(results), seconds_table(results), failures(results)]
    print("\n\n".join(block for block in told if block))


def blocks(results: Sequence[Result], method: str) -> dict[str, str]:
    """What pages have of it, by the name in their comments."""
    compared = [ratios_table(results, method), *means(results, method)]
    return {"ratios": "\n\n".join(compared), "costs": costs_table(results)}


def write_into(page: Path, texts: Mapping[str, str]) -> None:
    """Each block in the place of what stands between its comment and the next "end" on the page."""
    text = page.read_text(encoding="utf-8")
    for name, block in texts.items():
        start = f"<!-- bench-dollars: {name} -->"
        if start in text:
            before, _, rest = text.partition(start)
            _, _, after = rest.partition(END)
            text = f"{before}{start}\n\n{block}\n\n{END}{after}"
    page.write_text(text, encoding="utf-8")


def ratios_table(results: Sequence[Result], method: str) -> str:
    """A row for each data set: the method and the best rival in hindsight, by both measures."""
    datasets = list(dict.fromkeys(result.dataset for result in results))
    lines = [
        "| data set | splits | best rival, bench matrix | ratio | best rival, random matrices | ratio |",
        "|---|---|---|---|---|---|",
    ]
    by_measure = {
        name: {
            one.dataset: one
            for one in against_best_of_each(losses(results, name), method, datasets)
        }
        for name in MEASURES
    }
    for dataset in datasets:
        found = [by_measure[name].get(dataset) for name in MEASURES]
        if any(found):
            # A rival that takes long was run on fewer: then a count for each measure.
            splits = ", ".join(dict.fromkeys(str(one.splits) for one in found if one))
            cells = " | ".join(f"{one.rival} | {_ratio(one)}" if one else " | " for one in found)
            lines.append(f"| {dataset} | {splits} | {cells} |")
    return "\n".join(lines) if len(lines) > 2 else f"nothing to compare {method} with yet"


def means(results: Sequence[Result], method: str) -> list[str]:
    """Geometric means over tables, with and without the easiest; and where the method loses."""
    datasets = [name for name in dict.fromkeys(r.dataset for r in results) if name not in PICTURES]
    lines, lost = [], []
    for measure, words in MEASURES.items():
        found = losses(results, measure)
        each = against_best_of_each(found, method, datasets)
        single = against_best_single(found, method, datasets)
        if not each:
            continue
        lines.append(f"- {words}, best rival of each table: {_geometric(each)}")
        if single:
            lines.append(f"- {words}, best single rival ({single[0].rival}): {_geometric(single)}")
        lost += [f"{one.dataset} ({words}: {_ratio(one)} of {one.rival})" for one in _lost(each)]
    if not lines:
        return []
    said = "; ".join(lost) or "nowhere"
    return [f"Geometric means of {method}:\n" + "\n".join(lines), f"Where it loses: {said}."]


def _lost(ratios: Iterable[Ratio]) -> list[Ratio]:
    return sorted((one for one in ratios if one.value > 1), key=lambda one: -one.value)


def costs_table(results: Sequence[Result]) -> str:
    """Dollars a test case with the bench matrix (positive = a loss), mean (standard error over splits)."""
    cells: dict[tuple[str, str], list[float]] = {}
    for result in results:
        if result.costs:
            cells.setdefault((result.dataset, result.method), []).append(result.costs[0])
    methods = dict.fromkeys(method for _, method in cells)
    methods = sorted(methods, key=lambda name: name not in LADDER)
    lines = [f"| data set | {' | '.join(methods)} |", "|---" * (1 + len(methods)) + "|"]
    for dataset in dict.fromkeys(dataset for dataset, _ in cells):
        row = [_mean(cells.get((dataset, method), [])) for method in methods]
        lines.append(f"| {dataset} | {' | '.join(row)} |")
    return "\n".join(lines)


def ladder(results: Sequence[Result]) -> str:
    """What each step of the framework brings, and each rival: geometric mean ratio to COMPARED."""
    datasets = [name for name in dict.fromkeys(r.dataset for r in results) if name not in PICTURES]
    lines = [f"{COMPARED} loses so much of what each of these loses, over tables:"]
    for measure, words in MEASURES.items():
        found = losses(results, measure)
        for other in (*LADDER, *rivals(found, COMPARED)):
            ratios = against(found, COMPARED, other, datasets)
            if ratios and other != COMPARED:
                lines.append(f"  {words}: {_geometric(ratios)}  {other}")
    return "\n".join(lines) if len(lines) > 1 else ""


def seconds_table(results: Sequence[Result]) -> str:
    """Median seconds of the processor for training and judging, by method and data set."""
    found: dict[str, dict[str, list[float]]] = {}
    for result in results:
        if result.costs:
            of_method = found.setdefault(result.method, {})
            of_method.setdefault(result.dataset, []).append(result.seconds)
    lines = ["Seconds of the processor (median):"]
    for method, of_method in found.items():
        told = ", ".join(f"{name} {np.median(own):.0f}" for name, own in of_method.items())
        lines.append(f"  {method}: {told}")
    return "\n".join(lines)


def failures(results: Sequence[Result]) -> str:
    counts = Counter((r.method, r.dataset, r.failure) for r in results if r.failure)
    lines = [f"  {m} on {d}, {n} times: {why.splitlines()[0]}" for (m, d, why), n in counts.items()]
    return "\n".join(["Without an answer:", *lines]) if lines else ""


def _geometric(ratios: Sequence[Ratio]) -> str:
    whole = geometric_mean(ratios)
    if len(ratios) < 2:
        return _told(whole)
    return (
        f"{_told(whole)}; without the easiest {geometric_mean(without_easiest(ratios)).value:.3f}"
    )


def _told(mean: GeometricMean) -> str:
    over = f"± {mean.value * mean.over_tables:.3f} over tables"
    over += f", {mean.value * mean.over_splits:.3f} over splits"
    return f"{mean.value:.3f} ({over}; {mean.tables} tables)"


def _ratio(one: Ratio) -> str:
    return f"{one.value:.3f} (± {one.value * one.error:.3f})"


def _mean(values: Sequence[float]) -> str:
    if not values:
        return ""
    if len(values) == 1:
        return f"{values[0]:,.4g}"
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{np.mean(values):,.4g} ({error:,.2g})"


if __name__ == "__main__":
    main()
