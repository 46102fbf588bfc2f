"""Bad plugins, one check of one of them at a time."""

import pytest

from framework import Registry
from framework.checking.checks import checks_of
from framework.checking.subject import find_subject
from tests.checking.bad import datasets, decision_rules, estimators, heavy, losses, models


def offering(*modules):
    registry = Registry(entry_points=[])
    for module in modules:
        registry.register(module)
    assert registry.failures == []
    return registry


BAD = offering(datasets, models, estimators, losses, decision_rules, heavy)


@pytest.fixture
def check():
    """Runs the check ``check`` of what is called ``name``."""

    def run(kind, name, check):
        subject = find_subject(name, "model" if kind == "estimator" else kind, None, BAD)
        (found,) = [one for one in checks_of(kind) if one.name == check]
        found.function(subject)

    return run
