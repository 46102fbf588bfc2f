"""The verdict on a run: sentences, decided here, said everywhere.

Amounts are in the currency that ``framework.core.words.currency`` sets.
"""

from __future__ import annotations

from framework.core.uncertainty.intervals import Difference, Interval
from framework.core.words import interval, money, quoted

ALWAYS = "always "


def sentence(served: str, rival: str, saved: Difference) -> str:
    """What is saved (dollars per case, positive: by ``served``), conditional where it may be nothing.

    Examples
    --------
    >>> from framework.core.uncertainty.intervals import Interval
    >>> certain = Difference(Interval(10.0, 5.0, 15.0, 2.5, 500), 0.999)
    >>> print(sentence("medical", "always ill", certain))
    “medical” saves $10.00 per case against always deciding “ill” (95% interval $5.00 to $15.00)
    """
    other = quoted(rival)
    if rival.startswith(ALWAYS):
        other = f"always deciding {quoted(rival.removeprefix(ALWAYS))}"
    mean, low, high = saved.interval.mean, saved.interval.low, saved.interval.high
    amount = f"{money(abs(mean))} per case"
    if low is None or high is None:
        few = (
            f"{saved.interval.n} test cases, or groups of them, are too few to tell by how much it "
            "may vary"
        )
        came = f"lost {amount} {'less' if mean > 0 else 'more'} than"
        return f"{quoted(served)} {came if mean else 'lost as much as'} {other}, but {few}"
    ends = f"95% interval {money(low)} to {money(high)}"
    if low > 0:
        return f"{quoted(served)} saves {amount} against {other} ({ends})"
    if high < 0:
        return (
            f"{quoted(served)} loses {amount} more than {other} ({money(-high)} to {money(-low)} "
            "with 95% confidence)"
        )
    if low == high == 0:
        return f"{quoted(served)} and {other} are one: they decide the same"
    came = f"came out {amount} {'cheaper' if mean >= 0 else 'dearer'}"
    if mean == 0:
        came = "cost the same"
    return (
        f"These test cases cannot tell {quoted(served)} from {other}: it {came} "
        f"(what it saves: {ends})"
    )


def no_model_beats(constant: str, least: str, saved: Interval) -> str | None:
    """A warning where even the model that lost least lost as much as no model at all, else None.

    Parameters
    ----------
    constant : str
        The decision that is best of those made for every case alike.
    least : str
        The model that lost least on the test part.
    saved : Interval
        What it saves against that decision, dollars per case, at a level that knows it was the best
        of several.
    """
    if saved.mean > 0:
        return None
    sure = saved.high is not None and saved.high < 0
    lost = f"lost {money(-saved.mean)} per case more" if saved.mean < 0 else "cost the same"
    return (
        f"no model {'beats' if sure else 'is shown to beat'} always deciding {quoted(constant)}, without "
        f"any model: the one that lost least on these test cases, {quoted(least)}, {lost} "
        f"(what it saves: 95% interval {interval(saved.ends)})"
    )
