"""Pictures in files, from the command line to the same decisions at every door, without a plugin."""

import csv
import io
import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from framework import RunConfig, load, read_run, run
from framework.cli.main import main
from framework.core.cases.images import read_image
from framework.core.errors import ConfigError, DataError
from framework.experiment.loading.table_dataset import dataset_offer
from framework.plugins.guards import loaded
from tests.pictures import SUFFIXES, write_folder, write_picture
from tests.processes import python
from tests.training.test_hosts import free_ports, start

HOST = """
import sys
from pathlib import Path
from framework import RunConfig, run
config = RunConfig(dataset=sys.argv[1], out=Path(sys.argv[2]), cost=("*->*=1",), stream="yes", model="cnn",
                   epochs=1, report=False)
try:
    result = run(config)
    print("SAID", result.n_train, [str(model.dollars_per_case) for model in result.models])
except Exception as error:
    print("SAID", error)
"""
COSTS = ("*->*=1", "dark->light=5")
QUICK = {"model": "cnn", "epochs": 2, "report": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(
        tmp_path_factory.mktemp("pictures") / "Night shots", {"dark": 60, "light": 60}
    )


@pytest.fixture(scope="module")
def ran(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "run"
    words = ["run", str(folder), "--cost", COSTS[0], "--cost", COSTS[1], "--out", str(out)]
    done = CliRunner().invoke(main, [*words, "--model", "cnn", "--epochs", "3"])
    assert done.exit_code == 0, done.output + done.stderr
    return out


def said(hosts):
    outputs = [host.communicate(timeout=240)[0] for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], "\n".join(outputs)
    return outputs


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def answered(*words):
    done = CliRunner().invoke(main, ["predict", *map(str, words)])
    assert done.exit_code == 0, done.output + done.stderr
    return rows_of(done.stdout)


def asked(config, registry):
    return loaded(dataset_offer(config, registry), {"--test-data": ("test_dir", config.test_data)})


def write_manifest(folder, suffix="csv", n=40):
    """Pictures in sub-folders of no meaning; two of each patient."""
    lines = []
    for i in range(n):
        write_picture(folder / "files" / str(i % 3) / f"{i}.png", i % 2, i)
        lines.append((f"files/{i % 3}/{i}.png", ("dark", "light")[i % 2], f"p{i // 2}", i + 0.5))
    names = ("path", "light", "patient", "fee")
    path = folder / f"shots.{suffix}"
    if suffix == "csv":
        path.write_text("\n".join(",".join(map(str, line)) for line in [names, *lines]))
    elif suffix == "jsonl":
        path.write_text(
            "\n".join(json.dumps(dict(zip(names, line, strict=True))) for line in lines)
        )
    else:
        import pyarrow
        from pyarrow import parquet

        columns = dict(zip(names, zip(*lines, strict=True), strict=True))
        parquet.write_table(pyarrow.table({n: list(of) for n, of in columns.items()}), path)
    return path


def test_a_folder_is_a_dataset_of_its_folders_names_and_files(folder, registry):
    config = RunConfig(dataset=str(folder), cost=COSTS)
    dataset = asked(config, registry)
    assert dataset.labels == ("dark", "light")
    assert dataset.X.shape == (120, 16, 16, 3)
    assert dataset.case_names[0] == "dark/000.png"
    assert config.short_name == "night_shots"


def test_a_run_of_a_folder_is_written_with_the_names_of_its_files(ran, folder):
    run_data = read_run(ran)
    assert len(run_data.cases) == 30
    assert all((folder / case).is_file() for case in run_data.cases)


def test_every_door_decides_the_test_files_as_the_run_did(ran, folder):
    """A folder, one file, bytes over HTTP: the same probabilities to the last digit."""
    model = "stated costs"
    predictions = {
        row["case"]: row for row in rows_of((ran / "predictions" / "stated-costs.csv").read_text())
    }
    by_predict = {row["file"]: row for row in answered(ran, folder, "--model", model)}
    assert len(by_predict) == 120
    assert {case.rpartition(".")[2] for case in predictions} == {s[1:] for s in SUFFIXES}
    trained = load(ran, model)
    for case, row in predictions.items():
        told = by_predict[case]
        assert told["predicted"] == row["predicted"]
        assert float(told["p(light)"]) == pytest.approx(float(row["p(light)"]), abs=1e-6)
        pixels = read_image((folder / case).read_bytes(), (16, 16, 3))[None]
        assert trained.predict(pixels).tolist() == [row["predicted"]]
    one = next(iter(predictions))
    (alone,) = answered(ran, folder / one, "--model", model)
    assert (alone["file"], alone["predicted"]) == (one.split("/")[1], predictions[one]["predicted"])


@pytest.mark.slow
def test_the_pixels_that_speak_for_decisions_are_shown_by_file(ran):
    done = CliRunner().invoke(main, ["explain", str(ran)])
    assert done.exit_code == 0, done.output + done.stderr
    named = re.findall(
        r"Test case ([a-z]+/\d+\.[a-z]+): (dark|light)\.", (ran / "importance.html").read_text()
    )
    assert named
    assert all(file.startswith(label) for file, label in named)


def test_costs_are_asked_for_and_written_by_the_names_of_the_folders(folder, registry, tmp_path):
    with pytest.raises(ConfigError, match=r'"light->dark=5".*fw matrix new .*Night shots'):
        run(RunConfig(dataset=str(folder), out=tmp_path / "run"), registry)
    done = CliRunner().invoke(main, ["matrix", "new", str(folder)])
    assert done.stdout.splitlines()[0].endswith("dark,light")


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_table_names_pictures_their_labels_and_groups(tmp_path, registry, suffix):
    path = write_manifest(tmp_path, suffix)
    config = RunConfig(
        dataset=str(path), picture="path", target="light", groups="patient", picture_size="12x10"
    )
    dataset = asked(config, registry)
    assert dataset.X.shape == (40, 10, 12, 3)
    assert dataset.labels == ("dark", "light")
    assert len(set(dataset.groups)) == 20
    assert dataset.cost_columns["fee"][:2].tolist() == [0.5, 1.5]
    np.testing.assert_array_equal(
        dataset.X[3], read_image(tmp_path / "files" / "0" / "3.png", (10, 12, 3))
    )


def test_new_pictures_of_a_table_are_decided_with_what_their_costs_depend_on(tmp_path, registry):
    path = write_manifest(tmp_path)
    (tmp_path / "costs.json").write_text(
        json.dumps(
            {
                "name": "fees",
                "labels": ["dark", "light"],
                "values": [[0, -1], [{"column": "fee", "factor": -1}, 0]],
            }
        )
    )
    config = RunConfig(
        dataset=str(path),
        picture="path",
        target="light",
        groups="patient",
        cost_matrix=str(tmp_path / "costs.json"),
        out=tmp_path / "run",
        **QUICK,
    )
    run(config, registry)
    rows = answered(
        *(tmp_path / "run", path, "--picture", "path", "--keep", "patient", "--model", "fees")
    )
    assert [row["file"] for row in rows[:2]] == ["files/0/0.png", "files/1/1.png"]
    assert [row["patient"] for row in rows[:3]] == ["p0", "p0", "p1"]
    told = {row["file"]: row["predicted"] for row in rows}
    for row in rows_of((tmp_path / "run" / "predictions" / "fees.csv").read_text()):
        assert told[row["case"]] == row["predicted"]


def test_parts_that_come_with_the_data(folder, tmp_path, registry):
    test = write_folder(tmp_path / "test", {"light": 7})
    validation = write_folder(tmp_path / "validation", {"dark": 6, "light": 6}, size=(9, 9))
    config = RunConfig(
        dataset=str(folder),
        cost=COSTS,
        test_data=test,
        validation_data=validation,
        out=tmp_path / "run",
        **QUICK,
    )
    result = run(config, registry)
    assert (result.n_train, len(result.test.y)) == (120, 7)
    assert set(result.test.names) == {f"light/{i:03}{SUFFIXES[i % 5]}" for i in range(7)}


def test_a_job_has_the_pictures_in_the_folder_of_its_channel(folder, registry, tmp_path):
    config = RunConfig(dataset="Night shots/", data=folder)
    assert len(asked(config, registry)) == 120
    path = write_manifest(tmp_path)
    config = RunConfig(dataset="shots.csv", data=path.parent, picture="path", target="light")
    assert len(asked(config, registry)) == 40


def test_a_plugins_dataset_comes_before_a_folder_of_its_name(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "blobs", {"a": 2, "b": 2})
    write_folder(tmp_path / "shots", {"a": 2, "b": 2})
    assert asked(RunConfig(dataset="blobs"), registry).X.ndim == 2
    assert asked(RunConfig(dataset="shots"), registry).X.ndim == 4


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"groups": "patient"}, 'groups: of a folder of pictures expected "subfolder"'),
        (
            {"dataset": "loans.csv", "picture": "path"},
            "target: which column of .* holds the labels",
        ),
        (
            {"dataset": "loans.csv", "picture": "path", "target": "light", "cuts": "1,2"},
            "cut: is for tables",
        ),
        (
            {"dataset": "blobs", "picture_size": 32},
            "picture_size: goes with a folder of",
        ),
        (
            {"dataset": "loans.csv", "target": "light", "picture_size": 32},
            "picture_size: goes with",
        ),
    ],
)
def test_settings_that_do_not_go_together(
    folder, registry, tmp_path, settings, message, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write_manifest(tmp_path).rename(tmp_path / "loans.csv")
    with pytest.raises(ConfigError, match=message):
        asked(RunConfig(**{"dataset": str(folder), **settings}), registry)


def test_one_class_is_too_few(tmp_path, registry):
    write_folder(tmp_path, {"a": 3})
    with pytest.raises(DataError, match="all pictures are of the class a; expected two classes"):
        asked(RunConfig(dataset=str(tmp_path)), registry)


def test_a_file_that_is_no_picture_ends_the_run_by_its_path(tmp_path, registry):
    write_folder(tmp_path, {"a": 3, "b": 3}, (".png",))
    (tmp_path / "b" / "001.png").write_bytes(b"none")
    with pytest.raises(DataError, match=r"b/001\.png: expected a picture"):
        asked(RunConfig(dataset=str(tmp_path), picture_size="8"), registry)


def test_pictures_are_asked_for_as_such(ran, folder, tmp_path):
    path = write_manifest(tmp_path)
    for words, message in (
        (
            [path],
            f"{path}: expected a picture or a folder of them; or, with --picture COLUMN, a table",
        ),
        ([folder, "--keep", "fee"], "--keep fee: pictures have no columns"),
        ([path, "--picture", "photo"], "the table lacks 1 of 1 columns: photo"),
    ):
        done = CliRunner().invoke(main, ["predict", str(ran), *map(str, words)])
        assert done.exit_code == 2
        assert message in done.stderr


def test_pictures_that_are_not_held_train_test_and_are_decided_alike(folder, tmp_path):
    """By a stream of blocks: what tests comes from the same files, and is decided as ``fw predict`` does."""
    words = [
        "run",
        str(folder),
        "--cost",
        COSTS[0],
        "--cost",
        COSTS[1],
        "--out",
        str(tmp_path / "run"),
    ]
    done = CliRunner().invoke(main, [*words, "--model", "cnn", "--epochs", "3", "--stream", "yes"])
    assert done.exit_code == 0, done.output + done.stderr
    printed = " ".join(done.stdout.split())
    assert "training cases were streamed, which networks learn from" in printed
    assert "pictures were brought to 16 x 16 pixels, as the median has" in printed
    told = {row["file"]: row["predicted"] for row in answered(tmp_path / "run", folder)}
    stored = read_run(tmp_path / "run")
    decided = [stored.labels[k] for k in stored.served.decisions]
    assert 15 <= len(decided) <= 45
    assert [told[case] for case in stored.cases] == decided


@pytest.mark.slow
def test_pictures_from_files_teach_what_they_teach_from_memory(folder, tmp_path, registry):
    """The classes are far apart, so that both get all of them right."""
    config = RunConfig(dataset=str(folder), cost=COSTS, model="cnn", epochs=12, report=False)
    wrong = {}
    for stream in ("yes", "no"):
        settings = {"stream": stream, "out": tmp_path / stream}
        result = run(config.model_copy(update=settings), registry)
        wrong[stream] = [int((model.decisions != result.test.y).sum()) for model in result.models]
    assert wrong == {"yes": [0, 0, 0], "no": [0, 0, 0]}


def test_the_shares_of_what_is_not_held_are_the_settings(folder, registry, tmp_path):
    config = RunConfig(dataset=str(folder), stream="yes", test_fraction=0.5, split_seed=4)
    dataset = asked(config, registry)
    assert abs(dataset.test.sum() - 60) < 18
    again = asked(config.model_copy(update={"split_seed": 5}), registry)
    names = np.array(dataset.case_names)[dataset.test]
    assert set(names) != set(np.array(again.case_names)[again.test])
    held_apart = config.model_copy(update={"validation_data": tmp_path})
    assert asked(held_apart, registry).validation.sum() == 0


@pytest.mark.slow
@pytest.mark.parametrize("alike", [True, False])
def test_hosts_decode_a_share_each_of_the_same_pictures(folder, tmp_path, alike):
    other = folder if alike else write_folder(tmp_path / "other", {"dark": 60, "light": 40})
    ports, out = free_ports(2), tmp_path / "run"
    hosts = [start(k, ports, python(HOST, place, out)) for k, place in enumerate((folder, other))]
    first, second = (
        [line for line in text.splitlines() if line.startswith("SAID")] for text in said(hosts)
    )
    assert first == second or not alike
    if alike:
        assert 55 <= int(first[0].split()[1]) <= 90
    else:
        assert "hosts see other pictures than each other" in first[0]
