"""A plugin whose decision rule misbehaves for certain numbers of cases; for the soak and the tests.

It is installed as far as Python needs it: this folder on PYTHONPATH.
"""

import os
import signal
import time

import numpy as np

from framework import DecisionRuleSpec, hookimpl

ENDLESS, ASLEEP, KILLED = 397, 398, 399  # cases, more than are decided together by chance


def erratic(probabilities, costs):
    """The cheapest decision, mostly."""
    while len(probabilities) == ENDLESS:
        pass
    if len(probabilities) == ASLEEP:
        time.sleep(3600)
    if len(probabilities) == KILLED:
        os.kill(os.getpid(), signal.SIGKILL)
    return np.argmin(probabilities @ costs, axis=1)


@hookimpl
def fw_register_decision_rules():
    return [DecisionRuleSpec("erratic", erratic)]
