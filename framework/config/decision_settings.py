"""The settings of how cases are decided, and of how that is found in validation."""

from __future__ import annotations

from framework.config.defaults import DEFAULTS
from framework.config.setting import DECISION, Setting

DECISION_SETTINGS = (
    Setting(
        "calibration",
        "Of the probabilities, fitted on cases not trained on (default: bias for the rule "
        "minimum_expected_cost, which takes them at their word; none for others).",
        "none|temperature|bias",
        searched=True,
        varied="choice",
        group=DECISION,
    ),
    Setting(
        "decision_rule",
        f"From probabilities to decisions; see fw plugins (default: {DEFAULTS['decision_rule']}).",
        "NAME",
        searched=True,
        varied="choice",
        group=DECISION,
    ),
    Setting(
        "threshold",
        "Two classes: decide for the second from P(second) = P on; or how to find P in validation "
        "(default: no threshold).",
        "P|tuned|natural_break",
        searched=True,
        varied="real",
        group=DECISION,
    ),
    Setting(
        "promise",
        "At most so many dollars lost a case, and how sure (12000@0.95): the served model refers as few "
        "cases as that takes, found in validation (default: no promise). The matrix must price a referral.",
        "DOLLARS@CONFIDENCE",
        swept=False,
        group=DECISION,
    ),
    Setting(
        "strategy",
        "auto: pool models of several families, weighted by likelihood in validation; fixed: one network, as "
        f"the settings say (default: the dataset's own, else {DEFAULTS['strategy']}).",
        "fixed|auto",
        group=DECISION,
    ),
    Setting(
        "time_budget",
        "With --strategy auto, on a table: how long the search may take; families of models that there is "
        f"no time for are left out and named (default: {DEFAULTS['time_budget']:g}s).",
        "SECONDS|Ns|Nm|Nh",
        group=DECISION,
    ),
    Setting(
        "compact",
        "With --strategy auto: as few models as come within 1% of the log loss of all in validation, with "
        "fewer trees (default: no).",
        group=DECISION,
    ),
    Setting(
        "folds",
        "Folds of the validation; 1: one held-out part (default: by size).",
        "N",
        group=DECISION,
    ),
)
