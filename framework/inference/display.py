"""A trained model as it shows itself at a Python prompt and in a notebook."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from framework.core.costs.cost_matrix_display import matrix_html
from framework.core.decisions.calibration import IDENTITY
from framework.core.notebook import html_table
from framework.core.words import plural
from framework.inference.answers import decided_by
from framework.inference.artifact import Artifact

MOST_NAMES = 6  # of labels and columns, in a line


def model_text(artifact: Artifact) -> str:
    """A line for each of what it takes, tells apart and decides by."""
    width = max(len(name) for name, _ in _facts(artifact))
    lines = [f"  {name.ljust(width)}  {fact}" for name, fact in _facts(artifact)]
    return "\n".join(["TrainedModel", *lines])


def model_html(artifact: Artifact) -> str:
    """The same as a table, with the costs it decides by."""
    facts = html_table(("TrainedModel", ""), _facts(artifact), words=2)
    return str(Markup().join([facts, Markup(matrix_html(artifact.cost_matrix))]))


def _facts(artifact: Artifact) -> list[tuple[str, str]]:
    decision = artifact.decision
    calibrated = "as they come" if decision.calibration == IDENTITY else "calibrated"
    actions = artifact.cost_matrix.actions
    return [
        ("labels", _listed(artifact.signature.labels)),
        *([("actions", _listed(actions))] if actions else []),
        ("takes", _taken(artifact)),
        ("decides by", decided_by(decision)),
        ("probabilities", calibrated),
        ("cost matrix", f'"{artifact.cost_matrix.name}"'),
    ]


def _taken(artifact: Artifact) -> str:
    signature, schema = artifact.signature, artifact.schema
    if signature.takes_pictures:
        return f"pictures of {' x '.join(map(str, signature.input_shape))}"
    names = signature.feature_names if schema is None else schema.names
    if not names:
        return f"arrays of shape {signature.input_shape} per case"
    return f"{plural(len(names), 'column')}: {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
