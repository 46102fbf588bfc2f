"""Steps of long work reach whoever listens, and nobody else."""

import pytest

from framework.core.steps import Step, counted, listening


def test_steps_reach_the_innermost_listener_and_end_with_it():
    outer, inner = [], []
    with listening(outer.append):
        with listening(inner.append):
            assert list(counted([7, 8], "adding")) == [7, 8]
        list(counted([], "nothing"))
    assert inner == [Step("adding", 0, 2), Step("adding", 1, 2), Step("adding", 2, 2)]
    assert outer == [Step("nothing", 0, 0)]
    assert list(counted("x", "unheard")) == ["x"]


def test_a_listener_is_gone_after_an_error_too():
    told = []
    with pytest.raises(ValueError, match="broken"), listening(told.append):
        raise ValueError("broken")
    list(counted("x", "unheard"))
    assert told == []
