"""What a report says and draws of the population."""

import pytest
from rich.console import Console

from framework import RunConfig, read_run, run
from framework.experiment.stored_runs.prevalence_curve import PrevalenceCurve
from framework.report.run.headline import population
from framework.report.run.mistake_tables import classes_table, dollars_table
from framework.report.run.page import write_report
from framework.report.run.prevalence import curve_table, prevalence_chart, shares_table
from framework.report.run.text import run_text
from tests.conftest import FIVE, offering_blobs


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Of a run as the data are, and of one at another prevalence."""
    out, registry = tmp_path_factory.mktemp("runs"), offering_blobs()
    settings = {"dataset": "blobs", "cost_matrix": FIVE, "epochs": 2, "report": False}
    run(RunConfig(**settings, out=out / "plain"), registry)
    run(RunConfig(**settings, prevalence={"yes": 0.02}, out=out / "rare"), registry)
    return out / "plain", out / "rare"


def test_the_page_says_which_population_it_is_about_and_draws_others(folders):
    _, rare = folders
    page = write_report(rare, plots=True).read_text()
    assert "a population in which 2% are “yes” (50% of the training cases)." in page
    assert "shares that are meant" in page
    assert "In the sample, where 50% are “yes”" in page
    assert (rare / "plots" / "prevalence.png").is_file()


def test_without_a_prevalence_there_is_the_chart_alone(folders):
    plain, _ = folders
    page = write_report(plain).read_text()
    assert "a population in which" not in page
    assert "Dollars against the prevalence of “yes”" in page


def test_shares_are_told_side_by_side(folders):
    plain, rare = map(read_run, folders)
    assert shares_table(plain) is None
    assert shares_table(rare).rows == (("no", "50%", "50%", "98%"), ("yes", "50%", "50%", "2%"))


def test_the_chart_can_be_read_aloud(folders):
    curve = PrevalenceCurve.of(read_run(folders[0]))
    alt = prevalence_chart(curve).alt
    assert alt.startswith("Lines of dollars per case against the share of yes.")
    assert all(model.name in alt for model in curve.run.models)


def test_the_terminal_table_holds_every_way_to_decide(folders):
    curve = PrevalenceCurve.of(read_run(folders[0]), "yes", (0.01, 0.2), 3)
    rows = {name: cells for name, *cells in curve_table(curve).rows}
    assert set(rows) == set(curve.dollars)
    assert rows["always no"][0] == "−$0.05"  # noqa: RUF001 -- the minus of a page


def test_the_terminal_says_it_too(folders):
    console = Console(width=150)
    with console.capture() as captured:
        console.print(run_text(read_run(folders[1]), folders[1]))
    told = captured.get()
    assert "a population in which 2% are “yes”" in told
    assert population(read_run(folders[0])) == []


def test_dollars_in_all_are_weighted_and_those_per_case_of_a_class_are_its_own(folders):
    plain, rare = map(read_run, folders)
    model = rare.baseline
    assert model.cell_dollars.sum() == pytest.approx(model.metrics["dollars_total"])
    assert dollars_table(rare, model).caption.endswith("per cell, weighted to the prevalence")
    assert dollars_table(plain, plain.baseline).caption.endswith("per cell")
    # The baseline decides the same in both: what a case of a class loses is the same there.
    of_rare, of_plain = (
        {truth: per_case for truth, _, _, per_case in classes_table(run, run.baseline).rows}
        for run in (rare, plain)
    )
    assert of_rare == of_plain
