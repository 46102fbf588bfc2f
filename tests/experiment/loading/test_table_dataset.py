import numpy as np
import pandas
import pyarrow
import pyarrow.parquet
import pytest

from framework import DatasetSpec, RunConfig, Source, hookimpl, load, run, train
from framework.core.errors import ConfigError, CostMatrixError, DataError
from framework.experiment.loading.stated_costs import stated_matrix
from framework.experiment.loading.table_dataset import dataset_offer
from tests.conftest import plugin
from tests.tickets import tickets, write_csv


def offer(registry, **settings):
    return dataset_offer(RunConfig(**settings), registry)


@pytest.fixture
def table(tmp_path):
    return write_csv(tmp_path / "my tickets.csv", tickets(60))


def test_a_table_is_a_dataset_with_the_labels_of_its_target(registry, table):
    found = offer(registry, dataset=str(table), target="priority", groups="customer")
    assert found.spec.name == "my_tickets"
    assert found.spec.labels == ("high", "low", "urgent")
    dataset = found.spec.load()
    assert len(dataset) == 60
    assert "priority" not in dataset.table.names
    assert dataset.groups[0].startswith("C")
    assert [dataset.labels[k] for k in dataset.y] == [row["priority"] for row in tickets(60)]


def test_labels_that_are_numbers_come_by_size(registry, tmp_path):
    rows = [{"x": k, "y": [10, 9, 2][k % 3]} for k in range(30)]
    path = write_csv(tmp_path / "t.csv", rows)
    assert offer(registry, dataset=str(path), target="y").spec.labels == ("2", "9", "10")


@pytest.mark.parametrize(("no", "yes"), [("nein", "Ja"), ("N", "Y"), ("false", "true"), ("0", "1")])
def test_yes_is_the_positive_class(registry, tmp_path, no, yes):
    path = write_csv(tmp_path / "t.csv", [{"x": k, "y": [yes, no][k % 2]} for k in range(30)])
    assert offer(registry, dataset=str(path), target="y").spec.labels == (no, yes)


def test_a_target_of_numbers_is_cut_into_classes(registry, tmp_path):
    path = write_csv(tmp_path / "t.csv", [{"x": k, "y": k} for k in range(20)])
    spec = offer(registry, dataset=str(path), target="y", cuts="8,10").spec
    assert spec.labels == ("up to 8", "8 to 10", "above 10")
    assert np.bincount(spec.load().y).tolist() == [9, 2, 9]
    with pytest.raises(DataError, match=r"20 different values in 20 cases; .* --cut 8,10"):
        offer(registry, dataset=str(path), target="y")
    words = write_csv(tmp_path / "w.csv", [{"x": 1, "y": "old"}, {"x": 2, "y": "9"}])
    with pytest.raises(DataError, match='case 1, "y": expected a number to cut into classes'):
        offer(registry, dataset=str(words), target="y", cuts="8")
    with pytest.raises(ConfigError, match="cuts: value error, expected rising numbers"):
        RunConfig(dataset="d", cuts="10,8")


def test_cases_without_a_target_are_left_out_and_told(registry, tmp_path, caplog):
    rows = [{"x": k, "y": ["a", "b", ""][k % 3]} for k in range(30)]
    path = write_csv(tmp_path / "t.csv", rows)
    dataset = offer(registry, dataset=str(path), target="y").spec.load()
    assert len(dataset) == 20
    assert '10 of 30 cases have no "y" and were left out' in caplog.text


def test_a_test_part_may_come_in_a_file_of_its_own(registry, table, tmp_path):
    more = write_csv(tmp_path / "more.csv", tickets(20, seed=5), delimiter=",")
    settings = {"dataset": str(table), "target": "priority", "test_data": more}
    dataset = offer(registry, **settings).spec.load(test_dir=more)
    assert dataset.test.tolist() == [False] * 60 + [True] * 20
    held = offer(registry, dataset=str(table), target="priority").spec.load(data_dir=more)
    assert len(held) == 20


def test_a_table_is_found_in_the_folder_of_the_data(registry, table, tmp_path):
    """As in a training job, whose channels are folders."""
    folder = tmp_path / "channel"
    folder.mkdir()
    settings = {"dataset": "my tickets.csv", "target": "priority", "data": folder}
    with pytest.raises(DataError, match=r"expected a file my tickets\.csv, or one table; found no"):
        offer(registry, **settings)
    table.rename(folder / "other.csv")
    assert len(offer(registry, **settings).spec.load(data_dir=folder)) == 60


def test_parquet_in_parts_is_one_table(registry, table, tmp_path):
    """As Spark writes it, and a job finds it in its channel."""
    whole = pyarrow.Table.from_pylist([{**row, "size": k} for k, row in enumerate(tickets(60))])
    folder = tmp_path / "channel"
    folder.mkdir()
    (folder / "_SUCCESS").touch()
    for k, (start, n) in enumerate(((0, 25), (25, 35))):
        pyarrow.parquet.write_table(whole.slice(start, n), folder / f"part-{k}.parquet")
    settings = {"dataset": "tickets.parquet", "target": "priority", "data": folder}
    dataset = offer(registry, **settings).spec.load(data_dir=folder)
    assert len(dataset) == 60
    alone = offer(registry, dataset=str(table), target="priority").spec.load()
    assert dataset.y.tolist() == alone.y.tolist()
    pyarrow.parquet.write_table(whole.drop_columns(["size"]), folder / "part-2.parquet")
    lacking = r"part-2\.parquet, a part of the same table as part-0\.parquet: .*size"
    with pytest.raises(DataError, match=lacking):
        offer(registry, **settings)


def test_a_folder_or_a_pattern_is_one_table(registry, tmp_path, monkeypatch):
    """Of a few cases they are held, whatever their format; its name need not look like a path."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "orders"
    folder.mkdir()
    for k, (start, end) in enumerate(((0, 25), (25, 60))):
        write_csv(folder / f"part-{k}.csv", tickets(60)[start:end])
    (folder / "notes.md").write_text("no table")
    alone = write_csv(tmp_path / "alone.csv", tickets(60))
    expected = offer(registry, dataset=str(alone), target="priority").spec.load()
    for name in ("orders", "orders/", "orders/*.csv", str(folder)):
        found = offer(registry, dataset=name, target="priority").spec
        dataset = found.load()
        assert dataset.y.tolist() == expected.y.tolist()
        assert dataset.table.names == expected.table.names
        assert found.name == ("orders" if "*" not in name else "table")
    with pytest.raises(DataError, match=r"orders/\*\.parquet: there is no table"):
        offer(registry, dataset="orders/*.parquet", target="priority")


def test_a_table_that_is_streamed_is_not_read_for_its_labels_alone(registry, tmp_path):
    """The labels of all files are found, and the cases stay where they are."""
    for k, (start, end) in enumerate(((0, 25), (25, 60))):
        write_csv(tmp_path / f"part-{k}.csv", tickets(60)[start:end])
    settings = {"dataset": str(tmp_path), "target": "priority", "groups": "customer"}
    spec = offer(registry, stream="yes", **settings).spec
    source = spec.load()
    assert isinstance(source, Source)
    assert (source.target, source.groups) == ("priority", "customer")
    assert spec.labels == offer(registry, **settings).spec.labels == ("high", "low", "urgent")


def test_a_data_frame_is_not_streamed(registry):
    with pytest.raises(ConfigError, match="stream: a data frame is in memory already"):
        train(pandas.DataFrame(tickets(60)), target="priority", stream="yes", registry=registry)


def test_mistakes_name_the_table_and_what_it_has(registry, table):
    with pytest.raises(
        ConfigError, match=r"which column of .*tickets\.csv holds the labels.*\(tick"
    ):
        offer(registry, dataset=str(table))
    with pytest.raises(DataError, match="lacks 1 of 1 columns: prio; instead it has: ticket"):
        offer(registry, dataset=str(table), target="prio")
    with pytest.raises(DataError, match="no such file"):
        offer(registry, dataset="none.csv", target="x")
    with pytest.raises(DataError, match="holds EUR; expected two classes"):
        offer(registry, dataset=str(table), target="currency")
    with pytest.raises(
        ConfigError, match='goes with a table in a file, not with the dataset "blobs"'
    ):
        offer(registry, dataset="blobs", target="x")


def test_costs_are_stated_mistake_by_mistake():
    matrix = stated_matrix(["*->*=1", "urgent->low=500", "urgent->*=50"], ("low", "high", "urgent"))
    assert matrix.costs.tolist() == [[0, 1, 1], [1, 0, 1], [50, 50, 0]]
    for cells, message in (
        (["yes=3"], 'expected TRUE->PREDICTED=COST, as "yes->no=5000", received "yes=3"'),
        (["yes->no=x"], '"yes->no=x": expected a number as 5000 or 0.5, .* received "x"'),
        (["yes->no=5,000"], 'expected a number as 5000 or 0.5, .* received "5,000"'),
        (["yes->no=5.000"], "5.000 may mean 5000 or 5; write it so"),
        (["yes->no=5 EUR", "no->yes=1"], "expected one currency for all, received EUR, USD"),
        (["yes->maybe=3"], '--cost: cost 1, "predicted": "maybe" matches no label'),
        (["yes->no=3"], 'no rule gives a cost to "no" .*state it with --cost, or all others first'),
    ):
        with pytest.raises(CostMatrixError, match=message):
            stated_matrix(cells, ("no", "yes"))
    euros = stated_matrix(["yes->no=5e3 EUR", "no->yes=0.125EUR"], ("no", "yes"))
    assert (euros.currency, euros.costs.tolist()) == ("EUR", [[0, 0.125], [5000, 0]])
    with pytest.raises(ConfigError, match="cost and cost_matrix both say"):
        RunConfig(dataset="d", cost="a->b=1", cost_matrix="m.json")


def test_a_plugin_may_give_a_frame_with_text_and_gaps(registry, tmp_path):
    rows = pandas.DataFrame(tickets(90))

    @hookimpl
    def fw_register_datasets():
        load = lambda: (rows.drop(columns="priority"), rows["priority"])  # noqa: E731
        return [DatasetSpec("frames", ("low", "high", "urgent"), load)]

    registry.register(plugin(fw_register_datasets=fw_register_datasets))
    costs = {"cost": "*->*=1", "epochs": 2, "folds": 1, "report": False}
    result = run(RunConfig(dataset="frames", out=tmp_path / "out", **costs), registry)
    assert result.test.schema.left_out["ticket"] == "all different"
    assert len(load(tmp_path / "out").predict(rows)) == 90
    with pytest.raises(ConfigError, match='drop: the dataset "blobs" holds numbers alone'):
        run(RunConfig(dataset="blobs", out=tmp_path / "b", drop="x0", **costs), registry)
