import json

import pytest
from rich.console import Console

from framework.core.words import money
from framework.experiment.stored_runs.stored_run import read_run
from framework.report.run.page import write_report
from framework.report.run.regret_chart import regret_chart
from framework.report.run.regret_parts import next_step, regret_table
from framework.report.run.text import run_text
from tests.conftest import changeable_copy


@pytest.mark.parametrize("kind", ["two", "three", "refer", "priced", "many"])
def test_the_table_has_what_metrics_json_has(run_dirs, kind):
    run = read_run(run_dirs[kind])
    table = regret_table(run)
    assert len(table.rows) == len(run.models)
    for row, model in zip(table.rows, run.models, strict=True):
        parts = model.metrics["regret"]
        assert row[0].removesuffix(" *") == model.name
        amounts = [row[1], *row[2::2]]
        assert amounts == [money(parts[name]["mean"]) for name in parts]
    assert [row[:2] for row in table.rows] == [
        row[:2] for row in regret_table(run, with_intervals=False).rows
    ]


def test_page_and_terminal_tell_where_the_dollars_go(run_dirs):
    run_dir = run_dirs["three"]
    run = read_run(run_dir)
    page = (run_dir / "report.html").read_text(encoding="utf-8")
    console = Console(width=220)
    with console.capture() as printed:
        console.print(run_text(run, run_dir))
    text = " ".join(printed.get().split())
    assert "Where the dollars go" in text
    assert "Where the dollars go" in page
    (step,) = next_step(run)
    assert " ".join(step.split()) in text
    assert (run_dir / "plots" / "regret.png").is_file()
    told = regret_chart(run).alt
    assert all(model.name in told for model in run.models)


def test_seeds_are_told(run_dirs):
    assert "Of the first seed." in regret_table(read_run(run_dirs["two"])).caption
    assert "Of the first seed." not in regret_table(read_run(run_dirs["three"])).caption


def test_of_too_few_cases_there_is_neither(run_dirs):
    run = read_run(run_dirs["scarce"])
    assert regret_table(run) is None
    assert regret_chart(run) is None
    assert next_step(run) == []


def test_a_folder_of_an_older_version_does_without(run_dirs, tmp_path):
    run_dir = tmp_path / "run"
    changeable_copy(run_dirs["three"], run_dir)
    metrics = json.loads((run_dir / "metrics.json").read_text())
    del metrics["next_step"]
    for model in metrics["models"]:
        del model["regret"]
    (run_dir / "metrics.json").write_text(json.dumps(metrics))
    assert "Where the dollars go" not in write_report(run_dir).read_text(encoding="utf-8")
