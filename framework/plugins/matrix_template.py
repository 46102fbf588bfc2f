"""A first cost matrix for a dataset, to be edited by the person who knows the costs."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import Any

from framework.plugins.specs import DatasetSpec

# Up to this many classes every cell is written out; beyond, rules over groups.
MAX_CLASSES_IN_FULL = 4


def matrix_csv(labels: Sequence[str], ordinal: bool = False) -> str:
    """A matrix file as CSV, a row for each truth; mistakes cost as ``template_costs`` says."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["truth\\decision", *labels])
    for label, row in zip(labels, template_costs(len(labels), ordinal), strict=True):
        writer.writerow([label, *row])
    return text.getvalue()


def template_costs(n: int, ordinal: bool = False) -> list[list[int]]:
    """Every mistake costs 1; or, of classes in an order, how many of them it is away: ``|i - j|``."""
    return [[abs(i - j) if ordinal else int(i != j) for j in range(n)] for i in range(n)]


def matrix_template(spec: DatasetSpec, ordinal: bool = False) -> dict[str, Any]:
    """The JSON object of a matrix file in which every mistake costs 1 USD, with advice."""
    labels = list(spec.labels)
    head: dict[str, Any] = {
        "name": f"my {spec.name}",
        "description": "Say here whose costs these are and how they were estimated. Costs are per "
        "case, positive = bad; rows the truth, columns the decision.",
        "source": "",
        "labels": labels,
        "unit": "USD",
        "dollars_per_unit": 1,
    }
    if ordinal or len(labels) <= MAX_CLASSES_IN_FULL:
        return {**head, "costs": template_costs(len(labels), ordinal)}
    groups = _groups(labels)
    rules: list[dict[str, Any]] = [
        {
            "true": name,
            "predicted": name,
            "cost": 1,
            "reason": f"two of {name} confused with each other",
        }
        for name in groups
    ]
    rules.append(
        {
            "true": labels[0],
            "predicted": "*",
            "cost": 1,
            "reason": f"{labels[0]} taken for anything else; later rules win",
        }
    )
    return {**head, "default": 1, "groups": groups, "rules": rules}


def _groups(labels: list[str]) -> dict[str, list[str]]:
    """Labels that share what stands before their last underscore."""
    prefixes = Counter(label.rpartition("_")[0] for label in labels)
    shared = [prefix for prefix, count in prefixes.items() if prefix and count > 1]
    return {f"{prefix}_group": [f"{prefix}_*"] for prefix in shared}
