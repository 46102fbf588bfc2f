"""Hosts that each read cases of their own come to one run, as if one had read all of them."""

import json

import numpy as np
import pytest

from framework.data.reading import read_table
from tests.processes import python
from tests.training.test_hosts import free_ports, start

pytestmark = pytest.mark.slow

SAYS = """
import numpy as np
from framework.training.hosts import join
hosts = join()
from framework.experiment.loading.gathering import gathered, gathered_columns
print("SAID", gathered(["é", hosts.index]), hosts.gather(b"" if hosts.index else b"abc"))
n = 2 + hosts.index
column = np.array([None, "x", "y"][:n], object) if hosts.index else np.arange(n) * 1.5
dates = np.array(["2020-01-01", "NaT", "2020-01-02"][:n], "datetime64[us]")
for columns in gathered_columns({"mixed": column, "dates": dates}):
    print("SAID", [(values.dtype.str, values.tolist()) for values in columns.values()])
"""
RUN = """
import json, sys
import numpy as np
from pathlib import Path
from framework import RunConfig, run
from framework.core.cases.hash_split import Limits
from framework.plugins.registry import Registry
folder, out = map(Path, sys.argv[1:])
settings = {"target": "late", "stream": "yes", "model": "logistic", "epochs": 40, "batch_size": 64}
settings |= {"learning_rate": 0.05, "report": False, "cost_matrix": {"name": "m", "labels": ["no", "yes"],
             "costs": [[0, 1], [5, 0]]}}
result = run(RunConfig(dataset=str(folder), out=out, **settings), Registry())
told = {"n_train": result.n_train, "test": sorted(result.test.y.tolist()), "labels": result.labels}
told["dollars"] = [float(np.mean(model.dollars_per_case)) for model in result.models]
print("SAID", json.dumps(told))
"""


def said(hosts):
    outputs = [host.communicate(timeout=240)[0] for host in hosts]
    assert [host.returncode for host in hosts] == [0] * len(hosts), "\n".join(outputs)
    return [
        [line[5:] for line in text.splitlines() if line.startswith("SAID ")] for text in outputs
    ]


def test_each_host_hears_what_all_say():
    ports = free_ports(2)
    first, second = said([start(k, ports, python(SAYS)) for k in range(2)])
    assert first == second
    assert first[0] == "[['é', 0], ['é', 1]] [b'abc', b'']"
    assert first[1].startswith("[('<f8', [0.0, 1.5]), ('<M8[us]'")
    assert first[2].startswith("[('|O', [None, 'x', 'y'])")


@pytest.fixture
def parts(tmp_path):
    """Four files of a table; a folder of all, and two folders of two. One host alone sees the label "no"."""
    rng = np.random.default_rng(0)
    for number in range(4):
        n = 500 + 100 * number
        x = rng.normal(size=(n, 2))
        late = (
            np.where(x[:, 0] + rng.normal(size=n) > 0.5, "yes", "no")
            if number == 0
            else ["yes"] * n
        )
        rows = [f"{a:.4f},{b:.4f},{y}" for (a, b), y in zip(x - (number > 0), late, strict=True)]
        for folder in ("all", f"host{number % 2}"):
            (tmp_path / folder).mkdir(exist_ok=True)
            text = "\n".join(["a,b,late", *rows, ""])
            (tmp_path / folder / f"part{number}.csv").write_text(text)
    return tmp_path


@pytest.mark.parametrize("shared", [False, True], ids=["files of their own", "the same files"])
def test_a_streamed_run_on_two_hosts(parts, shared):
    ports = free_ports(2)
    places = [(parts / ("all" if shared else f"host{k}"), parts / f"run{k}") for k in range(2)]
    hosts = [start(k, ports, python(RUN, *places[k])) for k in range(2)]
    (first,), (second,) = said(hosts)
    assert first == second
    told = json.loads(first)
    n = sum(len(read_table(file)) for file in (parts / "all").iterdir())
    # A tenth or so is validated on, a quarter tested.
    assert told["n_train"] + len(told["test"]) < n
    assert told["n_train"] > n / 2
    assert told["labels"] == ["no", "yes"]
    assert {0, 1} == set(told["test"])
    # Cheaper than always the same.
    share = np.mean(told["test"])
    assert max(told["dollars"]) > -min(5 * share, 1 - share)
    assert not (parts / "run1").exists()
    assert (parts / "run0" / "run.json").exists()


DRAWN = """
import json, sys
from functools import partial
from pathlib import Path
import framework.experiment.loading.checked_dataset as loading
from framework import RunConfig, run
from framework.core.cases.hash_split import Limits
from framework.experiment.loading.source_rows import SourceCases
from framework.plugins.registry import Registry
loading.SourceCases = partial(SourceCases, limits=Limits(tested=120, validated=80, sampled=300))
folder, out = map(Path, sys.argv[1:])
settings = {"target": "late", "stream": "yes", "model": "logistic", "epochs": 2, "batch_size": 4096}
settings |= {"report": False, "cost": ("no->yes=1", "yes->no=5")}
result = run(RunConfig(dataset=str(folder), out=out, **settings), Registry())
test, whole = result.test, result.whole
always, best = whole.constant.tolist(), whole.oracle.tolist()
print("SAID", json.dumps([test.raw().columns["a"].tolist(), test.y.tolist(), test.mix.tested.tolist()]))
print("SAID", json.dumps([whole.counts.tolist(), always, best, result.to_json()["test_part"]["sampled"]]))
print("SAID", json.dumps({name: sums.counts.tolist() for name, sums in whole.models.items()}))
"""


def test_hosts_draw_and_sum_the_same_test_part_as_one(parts):
    """With files of their own they number cases otherwise, and so draw others; but of all of them."""
    ports, lone = free_ports(2), free_ports(1)

    def told(folders, ports):
        commands = [
            python(DRAWN, parts / folder, parts / f"{folder}-{k}-{len(ports)}")
            for k, folder in enumerate(folders)
        ]
        return said([start(k, ports, command) for k, command in enumerate(commands)])

    (alone,) = told(["all"], lone)
    first, second = told(["all", "all"], ports)
    assert first == second
    assert first[:2] == alone[:2]
    counts, always, best, sampled = json.loads(alone[1])
    assert sum(counts) > sampled > 60
    assert always in ([-0.0, -5.0 * counts[1]], [-1.0 * counts[0], 0.0])
    assert best == [0, 0]
    own, other = told(["host0", "host1"], free_ports(2))
    assert own == other
    (tested, _, _, _), sums = json.loads(own[1]), json.loads(own[2])
    assert [sum(row) for row in sums["built-in"]] == tested == json.loads(own[0])[2]
