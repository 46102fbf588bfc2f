"""What a curve over the prevalence says, in sentences."""

from __future__ import annotations

from framework.core.words import quoted
from framework.core.words import share as share_of
from framework.experiment.results.verdict import ALWAYS
from framework.experiment.stored_runs.prevalence_curve import PrevalenceCurve


def in_words(curve: PrevalenceCurve) -> list[str]:
    """Sentences: who is the cheapest in the sample and at the shares that are meant, and where that
    turns.
    """
    run, k = curve.run, curve.run.labels.index(curve.label)
    mix = run.mix
    assert mix is not None
    said = []
    sample = float(mix.training[k])
    here = curve.cheapest(sample) if 0 < sample < 1 else None
    if mix.target is not None and here is not None:
        share = float(mix.target[k])
        there = curve.cheapest(share)
        who = "the same one" if here == there else f"another one, {_name(there)},"
        said.append(
            f"In the sample, where {share_of(sample)} are {quoted(curve.label)}, {_name(here)} loses least "
            f"on the test cases; where {share_of(share)} are, {who} does."
        )
    if curve.turns:
        said.append(
            f"Break-even with deciding all cases alike, as {quoted(curve.label)} become more frequent: "
            + "; ".join(
                f"up to {share_of(share)} {_name(below)} loses less, above it {_name(above)}"
                for share, below, above in curve.turns
            )
            + "."
        )
    looks = f"(corrected for {len(curve.values)} looks)"
    ranges = [f"{share_of(low)} to {share_of(high)}" for low, high in curve.worth_it]
    if ranges:
        said.append(
            f"{quoted(run.served.name)} is shown to lose less than every decision made for all cases alike "
            f"where {quoted(curve.label)} are {' and '.join(ranges)} {looks}."
        )
    else:
        said.append(
            f"Nowhere between {share_of(curve.values[0])} and {share_of(curve.values[-1])} is "
            f"{quoted(run.served.name)} shown to lose less than one decision for all cases alike {looks}."
        )
    return said


def _name(of: str) -> str:
    if of.startswith(ALWAYS):
        return f"always deciding {quoted(of.removeprefix(ALWAYS))}"
    return quoted(of)
