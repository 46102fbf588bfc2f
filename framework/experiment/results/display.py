"""A run as it shows itself at a Python prompt and in a notebook, from what metrics.json holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from framework.core.notebook import (
    clipped,
    html_table,
    interval_drawing,
    paragraph,
    report_link,
    text_table,
)
from framework.core.words import currency, interval, money, money_sign, money_word, percent
from framework.experiment.results.verdict import ALWAYS

MOST_ROWS = 5  # of models in a text


def run_text(
    name: str, metrics: Mapping[str, Any], told_in: tuple[str, float], run_dir: Path | None = None
) -> str:
    """At most ten lines.

    ``name`` is the object's, ``told_in`` the ``money`` of the matrix that judged, ``run_dir`` the folder
    where it is known.
    """
    with currency(*told_in):
        models = _served_first(metrics)
        rows = [
            ("model", f"{money_sign()} per case", "95% interval"),
            *(
                (
                    _marked(clipped(model["name"], 24), metrics, model),
                    money(model["dollars_per_case"]),
                    interval(model["dollars_per_case_interval"]),
                )
                for model in models[:MOST_ROWS]
            ),
        ]
        left_out = len(models) - MOST_ROWS
        return "\n".join(
            [
                f"{name}: {_about(metrics)}",
                *text_table(rows),
                *([f"  and {left_out} more"] if left_out > 0 else []),
                f"* served. {metrics['verdict']}",
                *([f"Run folder: {run_dir}"] if run_dir is not None else []),
            ]
        )


def run_html(
    metrics: Mapping[str, Any], told_in: tuple[str, float], run_dir: Path | None = None
) -> str:
    """The verdict, the models with their intervals drawn, and a link to the report if there is one."""
    with currency(*told_in):
        parts = [
            Markup("<p><b>{}</b><br>{}</p>").format(metrics["verdict"], _about(metrics)),
            _models_table(metrics),
            paragraph(
                f"* served. {money_word(True)} per test case; a minus is a loss. Dot and line: the mean "
                "and its 95% interval, all on one scale."
            ),
        ]
        if run_dir is not None:
            parts.append(report_link(run_dir))
        return str(Markup().join(parts))


def _about(metrics: Mapping[str, Any]) -> str:
    return (
        f"{metrics['dataset']}, {metrics['n_train']:,} training and {metrics['n_test']:,} test cases, "
        f'judged by "{metrics["evaluation_matrix"]}"'
    )


def _models_table(metrics: Mapping[str, Any]) -> Markup:
    bounds = metrics["bounds"]
    figures = [
        (
            _marked(model["name"], metrics, model),
            model["dollars_per_case"],
            model["dollars_per_case_interval"],
            percent(model["accuracy"]),
        )
        for model in _served_first(metrics)
    ]
    free = [
        (f"{ALWAYS}{bounds['constant_decision']}", bounds["constant_dollars_per_case"], None, ""),
        ("a perfect oracle", bounds["oracle_dollars_per_case"], None, ""),
    ]
    ends = [end for _, mean, both, _ in (*figures, *free) for end in (mean, *(both or ()))]
    reach = (min(ends), max(ends))
    rows = [
        (
            name,
            money(mean),
            interval_drawing(mean, both, reach, f"{name}: {money(mean)} per case"),
            "" if (name, mean, both, accuracy) in free else interval(both),
            accuracy,
        )
        for name, mean, both, accuracy in (*figures, *free)
    ]
    return html_table(("model", f"{money_sign()} per case", "", "95% interval", "accuracy"), rows)


def _served_first(metrics: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    served = metrics["served"]["model"]
    return sorted(metrics["models"], key=lambda model: bool(model["name"] != served))


def _marked(name: str, metrics: Mapping[str, Any], model: Mapping[str, Any]) -> str:
    return f"{name} *" if model["name"] == metrics["served"]["model"] else name
