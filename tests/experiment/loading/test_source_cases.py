import numpy as np
import pandas
import pyarrow
import pyarrow.parquet
import pytest

from framework import RunConfig, Source
from framework.core.cases.hash_split import Limits
from framework.core.cases.splitting import split
from framework.core.errors import DataError
from framework.data.schema import Schema
from framework.experiment.loading.checked_dataset import encoded
from framework.experiment.loading.source_cases import in_memory, is_streamed, labels_of, sampled
from framework.experiment.loading.source_rows import SourceCases
from framework.experiment.loading.streaming import feature_dtype, written

N = 4_000
LIMITS = Limits(tested=300, validated=150, sampled=400)


def frame(n=N):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 2))
    return pandas.DataFrame(
        {
            "amount": np.round(np.exp(3 + x[:, 0]), 2),
            "x": np.where(rng.random(n) < 0.1, np.nan, np.round(x[:, 1], 3)),
            "channel": rng.choice(["web", "mail", "shop"], n),
            "customer": [f"C{k}" for k in rng.integers(0, n // 4, n)],
            "late": np.where(x[:, 0] + x[:, 1] > 1.5, "yes", "no"),
            "row": np.arange(n),
        }
    )


def of_frame(cut=700, **source):
    """A source of chunks of ``cut`` cases."""
    cases = frame()

    def chunks():
        for start in range(0, len(cases), cut):
            yield cases.iloc[start : start + cut]

    return Source(chunks, target="late", **source)


def cases_of(source, block=500, limits=LIMITS, seed=0, **settings):
    config = RunConfig(dataset="any", target="late", **settings)
    return SourceCases(source, ("no", "yes"), seed, config, limits, block)


def rows_of(dataset):
    return dataset.table.columns["row"].astype(int)


def streamed(tmp_path, source, name="cases", columns=("amount",), host=(0, 1), **settings):
    """What the run does: sampled, split, a schema learned, encoded, written."""
    dataset = sampled(cases_of(source, **settings), 0.25)
    parts = split(dataset)
    schema = Schema.learn(dataset.table, dataset.y, parts.train, drop=["customer"])
    dataset = encoded(dataset, schema)
    return written(dataset, parts, schema, columns, tmp_path / name, host), parts, schema


def read_all(stream):
    blocks = [stream.read(number) for number in range(len(stream.sizes))]
    assert tuple(map(len, blocks)) == stream.sizes
    columns = {
        name: np.concatenate([b.columns[name] for b in blocks]) for name in blocks[0].columns
    }
    return np.concatenate([b.X for b in blocks]), np.concatenate([b.y for b in blocks]), columns


def test_parts_are_the_same_whatever_the_chunks_are():
    whole = sampled(cases_of(of_frame(N)), 0.25)
    for cut in (1, 37, 700):
        found = sampled(cases_of(of_frame(cut)), 0.25)
        for name in ("y", "test", "validation"):
            np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))
        np.testing.assert_array_equal(rows_of(found), rows_of(whole))
        assert found.stream.class_counts.tolist() == whole.stream.class_counts.tolist()
    other = sampled(cases_of(of_frame(N), seed=1), 0.25)
    assert set(rows_of(other)[other.test]) != set(rows_of(whole)[whole.test])


def shares_of(source, **settings):
    """Which rows of the frame are in which part, by the split that the stream has."""
    cases = cases_of(source, **settings)
    split = sampled(cases, 0.25).stream.split
    places = np.concatenate([found.places for found in cases.rows()])
    return split, places


def test_what_comes_into_memory_is_bounded_and_all_cases_are_counted():
    """Hashes spread cases as draws do: within 4 standard deviations of a binomial."""
    dataset = sampled(cases_of(of_frame()), 0.25)
    of_sample = ~(dataset.test | dataset.validation)
    for mask, expected in ((dataset.test, 300), (dataset.validation, 150), (of_sample, 400)):
        assert abs(mask.sum() - expected) < 4 * expected**0.5
    assert len(set(rows_of(dataset))) == len(dataset)
    y = (frame()["late"] == "yes").to_numpy().astype(int)
    np.testing.assert_array_equal(dataset.y, y[rows_of(dataset)])
    split, places = shares_of(of_frame())
    for counts, mask in (
        (dataset.totals.test, places < split.test),
        (dataset.totals.validation, places >= 1 - split.validation),
        (dataset.stream.class_counts, (places >= split.test) & (places < 1 - split.validation)),
    ):
        assert counts.tolist() == np.bincount(y[mask]).tolist()
    left = int(dataset.stream.class_counts.sum())
    assert dataset.training_counts(np.flatnonzero(of_sample)).sum() == left
    assert sum(dataset.stream.sizes) == left


def test_of_a_rare_class_more_cases_are_kept_than_of_all_alike():
    """One in ten is late: a quarter of these is held out, and half of what is kept is dealt alike."""
    dataset = sampled(cases_of(of_frame()), 0.25)
    for mask, total in ((dataset.test, 300), (dataset.validation, 150)):
        late = int(dataset.y[mask].sum())
        share = (frame()["late"] == "yes").mean()
        assert abs(late - total * (share + 0.5) / 2) < 4 * (total / 4) ** 0.5
        assert late > 2 * share * total
    assert dataset.totals.test[1] > dataset.y[dataset.test].sum()


def test_a_part_that_fits_is_held_whole_and_needs_no_totals():
    dataset = sampled(cases_of(of_frame(), limits=Limits(2_000, 1_000, 400)), 0.25)
    assert dataset.totals is None
    assert abs(dataset.test.sum() - 1_000) < 4 * 750**0.5
    of_all = dataset.stream.class_counts.sum() + dataset.test.sum() + dataset.validation.sum()
    assert of_all == N


def test_a_share_that_is_asked_for_is_not_lowered():
    dataset = sampled(cases_of(of_frame()), 0.4, is_bounded=False)
    assert abs(dataset.totals.test.sum() - 1600) < 4 * (N * 0.24) ** 0.5
    assert abs(dataset.test.sum() - 300) < 4 * 300**0.5


def test_no_group_is_parted():
    dataset = sampled(cases_of(of_frame(groups="customer")), 0.25)
    own, late = frame()["customer"].to_numpy(), (frame()["late"] == "yes").to_numpy()
    rows, tested, validated = rows_of(dataset), dataset.test, dataset.validation
    np.testing.assert_array_equal(dataset.groups, own[rows])
    for mask in (tested, validated):
        held, outside = set(own[rows[mask]]), set(own[rows[~mask]])
        assert not held & outside
        for k in (False, True):  # all cases of a class of a group that is held are held
            of_class = set(own[rows[mask]][late[rows[mask]] == k])
            assert (np.isin(own, [*of_class]) & (late == k)).sum() == (late[rows[mask]] == k).sum()
    assert "customer" not in dataset.table.names


def test_a_case_without_a_group_is_told(tmp_path):
    cases = frame(100).astype({"customer": object})
    cases.loc[41, "customer"] = None
    source = Source(lambda: [cases[:30], cases[30:]], target="late", groups="customer")
    with pytest.raises(
        DataError, match=r'chunk 2 of the source: .* the number 42 of all has no "cust'
    ):
        sampled(cases_of(source), 0.25)


def test_cases_without_a_target_are_left_out_and_told(caplog):
    cases = frame()
    cases.loc[::4, "late"] = None
    dataset = sampled(cases_of(Source(lambda: [cases], target="late")), 0.25)
    assert '1,000 of 4,000 cases have no "late" and were left out' in caplog.text
    assert not (rows_of(dataset) % 4 == 0).any()
    assert dataset.stream.class_counts.sum() + dataset.totals.cases == 3_000
    nothing = cases.assign(late=None)
    with pytest.raises(DataError, match='no case has a "late"'):
        sampled(cases_of(Source(lambda: [nothing], target="late")), 0.25)


def test_an_unknown_label_is_told_with_its_chunk():
    cases = frame(50)
    cases.loc[49, "late"] = "perhaps"
    source = Source(lambda: [cases[:25], cases[25:]], target="late")
    with pytest.raises(DataError, match=r'chunk 2 .*"late" holds perhaps; expected one of no, yes'):
        sampled(cases_of(source), 0.25)


def test_too_few_cases_are_told():
    source = Source(lambda: [frame(4)[:2]], target="late")
    with pytest.raises(DataError, match=r"cases are too few to be streamed: .* --stream no"):
        sampled(cases_of(source), 0.25)


def test_labels_that_only_the_last_file_has_are_found(tmp_path):
    for number, names in enumerate((["low", "high"], ["low", "high"], ["urgent"])):
        table = pyarrow.table({"x": [1.0] * 20, "late": (names * 20)[:20]})
        pyarrow.parquet.write_table(table, tmp_path / f"part-{number}.parquet")
    source = Source(tmp_path, target="late")
    assert labels_of(source, RunConfig(dataset="any", target="late")) == ("high", "low", "urgent")
    one = Source(tmp_path / "part-2.parquet", target="late")
    with pytest.raises(DataError, match="holds urgent; expected two classes or more"):
        labels_of(one, RunConfig(dataset="any", target="late"))


def test_a_target_of_numbers_is_cut_or_refused():
    numbers = np.arange(12_000.0)
    source = Source(lambda: [{"late": numbers[:9_000]}, {"late": numbers[9_000:]}], target="late")
    cut = RunConfig(dataset="any", target="late", cuts="5000,11000")
    assert labels_of(source, cut) == ("up to 5000", "5000 to 11000", "above 11000")
    with pytest.raises(DataError, match=r"more than 10,000 different values; expected classes"):
        labels_of(source, RunConfig(dataset="any", target="late"))


def test_what_is_streamed_goes_by_the_setting_and_the_size(tmp_path):
    small = tmp_path / "t.csv"
    frame(100).to_csv(small, index=False)
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(10**9)  # 125 million cells of 8 bytes, about
    for data, auto in ((small, False), (large, True), (lambda: [frame(10)], True)):
        source = Source(data, target="late")
        assert [is_streamed(source, told) for told in ("auto", "yes", "no")] == [auto, True, False]


def test_a_source_in_memory_has_all_its_cases():
    dataset = in_memory(cases_of(of_frame(groups="customer")))
    assert (dataset.test, dataset.validation, dataset.stream) == (None, None, None)
    np.testing.assert_array_equal(rows_of(dataset), np.arange(N))
    assert dataset.groups[7] == frame()["customer"][7]


def test_every_training_case_is_in_the_stream_once_and_in_order(tmp_path):
    dataset, parts, schema = streamed(tmp_path, of_frame(), columns=("amount", "row"))
    X, y, columns = read_all(dataset.stream)
    split, places = shares_of(of_frame())
    expected = np.flatnonzero((places >= split.test) & (places < 1 - split.validation))
    np.testing.assert_array_equal(columns["row"], expected)
    np.testing.assert_array_equal(columns["amount"], frame()["amount"].to_numpy()[expected])
    np.testing.assert_array_equal(y, (frame()["late"] == "yes").to_numpy()[expected])
    np.testing.assert_array_equal(np.bincount(y), dataset.stream.class_counts)
    assert set(dataset.stream.sizes[:-1]) == {500}
    # The sample is among them, with the same features.
    where = np.searchsorted(expected, rows_of(dataset)[parts.train])
    np.testing.assert_array_equal(X[where], dataset.X[parts.train].astype(np.float32))
    assert X.dtype == np.float32
    assert X.shape[1] == len(schema.features) == len(dataset.feature_names)


def test_csv_parquet_and_a_function_give_the_same_stream(tmp_path):
    cases = frame()
    for name in ("csv", "parquet"):
        (tmp_path / name).mkdir()
    for number, start in enumerate(range(0, N, 1_500)):
        part = cases[start : start + 1_500]
        part.to_csv(tmp_path / "csv" / f"{number}.csv", index=False)
        part.to_parquet(tmp_path / "parquet" / f"{number}.parquet", row_group_size=400)
    found = {
        name: streamed(tmp_path, source, f"cases of {name}")[0]
        for name, source in (
            ("csv", Source(tmp_path / "csv", target="late")),
            ("parquet", Source(tmp_path / "parquet", target="late")),
            ("function", of_frame()),
        )
    }
    (X, y, columns), *others = (read_all(dataset.stream) for dataset in found.values())
    for other_X, other_y, other_columns in others:
        np.testing.assert_array_equal(other_X, X)
        np.testing.assert_array_equal(other_y, y)
        np.testing.assert_array_equal(other_columns["amount"], columns["amount"])
    for dataset in found.values():
        np.testing.assert_array_equal(dataset.X, found["csv"].X)
        np.testing.assert_array_equal(dataset.y, found["csv"].y)


def test_several_hosts_share_the_blocks(tmp_path):
    """Each block is with one host, counts and identity are of all."""
    whole = streamed(tmp_path, of_frame())[0].stream
    hosts = [streamed(tmp_path, of_frame(), f"host {k}", host=(k, 3))[0].stream for k in range(3)]
    for number, host in enumerate(hosts):
        assert host.sizes == whole.sizes[number::3]
        assert host.identity == whole.identity
        np.testing.assert_array_equal(host.class_counts, whole.class_counts)
        for block in range(len(host.sizes)):
            np.testing.assert_array_equal(host.read(block).X, whole.read(number + 3 * block).X)


def test_the_same_cases_are_not_written_again_and_others_are(tmp_path):
    first = streamed(tmp_path, of_frame())[0].stream
    file = tmp_path / "cases" / "cases.bin"
    before = file.stat().st_ino, file.stat().st_mtime_ns
    again = streamed(tmp_path, of_frame())[0].stream
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == before
    assert again.identity == first.identity
    other = streamed(tmp_path, of_frame(), seed=1)[0].stream
    assert other.identity != first.identity
    assert file.stat().st_mtime_ns != before[1]


def test_what_fails_or_is_interrupted_leaves_no_file(tmp_path):
    for error in (KeyboardInterrupt, DataError):
        calls = []

        def chunks(error=error, calls=calls):
            calls.append(1)
            yield frame()[:2_000]
            if len(calls) > 1:
                raise error("as it is written")
            yield frame()[2_000:]

        with pytest.raises(error):
            streamed(tmp_path, Source(chunks, target="late"))
        assert not (tmp_path / "cases").exists()


def test_a_source_that_changes_between_two_passes_is_told(tmp_path):
    sizes = iter([N, N - 100])
    source = Source(lambda: [frame()[: next(sizes)]], target="late")
    with pytest.raises(DataError, match=r"the source's function held .* read first, and .* again"):
        streamed(tmp_path, source)


def test_a_cell_of_another_kind_is_told_with_its_file(tmp_path):
    cases = frame().astype({"amount": str})
    place = tmp_path / "table"
    place.mkdir()
    cases[:3_000].to_csv(place / "part-0.csv", index=False)
    dataset = sampled(cases_of(Source(place, target="late")), 0.25)
    bad = next(row for row in range(3_000) if row not in set(rows_of(dataset)))
    cases.loc[bad, "amount"] = "much"
    cases[:3_000].to_csv(place / "part-0.csv", index=False)
    told = rf'part-0\.csv: case {bad + 1}, "amount": expected a number, received .*much'
    with pytest.raises(DataError, match=told):
        streamed(tmp_path, Source(place, target="late"))


def test_infinity_is_told_with_its_chunk(tmp_path):
    cases = frame()
    dataset = sampled(cases_of(of_frame()), 0.25)
    bad = next(row for row in range(N) if row not in set(rows_of(dataset)))
    cases.loc[bad, "amount"] = np.inf
    source = Source(lambda: [pyarrow.Table.from_pandas(cases)], target="late")
    with pytest.raises(DataError, match=r'chunk 1 of the source: feature "amount" .* is inf'):
        streamed(tmp_path, source, columns=())


def test_single_precision_is_for_features_that_it_tells_apart():
    rng = np.random.default_rng(0)
    usual = np.column_stack(
        [rng.normal(size=500), rng.lognormal(10, 3, 500), rng.random(500) < 0.1]
    )
    assert feature_dtype(usual) == "<f4"
    years = 1.7e9 + 1e8 * rng.random((500, 1))  # seconds since 1970, of three years
    assert feature_dtype(np.column_stack([usual, years])) == "<f4"
    day = 1.7e9 + 86_400 * rng.random((500, 1))
    assert feature_dtype(np.column_stack([usual, day])) == "<f8"


def test_times_of_a_day_in_seconds_since_1970_stay_apart(tmp_path):
    seconds = 1_767_225_600.0 + np.arange(N) * 21
    source = Source(lambda: [frame().assign(time=seconds)], target="late")
    dataset, _, schema = streamed(tmp_path, source, columns=("row",))
    X, _, columns = read_all(dataset.stream)
    times = X[:, schema.features.index("time")]
    np.testing.assert_array_equal(times, seconds[columns["row"].astype(int)])


def test_of_each_class_the_same_share_is_kept_where_no_weights_are_known():
    """Smaller parts of the same hash, whole: what figures without weights are means of."""
    drawn, alike = (sampled(cases_of(of_frame()), 0.25, by_class=told) for told in (True, False))
    assert alike.totals is None
    late = (frame()["late"] == "yes").to_numpy()
    for name, most in (("test", 300), ("validation", 150)):
        mask = getattr(alike, name)
        assert most / 2 < mask.sum() < most
        assert set(rows_of(alike)[mask]) < set(rows_of(drawn)[getattr(drawn, name)])
        spread = (late.mean() * (1 - late.mean()) / mask.sum()) ** 0.5
        assert abs(late[rows_of(alike)[mask]].mean() - late.mean()) < 4 * spread
    parts = int(alike.test.sum() + alike.validation.sum())
    assert alike.stream.class_counts.sum() + parts == N == sum(alike.stream.sizes) + parts
