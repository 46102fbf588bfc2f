"""framework.score in a real Spark and a real Ray on this machine, in an environment of its own."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import polars
import pytest

from framework import load, train
from framework.data.reading import read_table
from tests.tickets import tickets, write_csv

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow

SPARK = """
from pyspark.sql import SparkSession
from framework import score
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", "70")
    .getOrCreate()
)
frame = spark.read.parquet("tickets.parquet").repartition(3)
decide = score("out", keep=["ticket"])
import shutil; shutil.rmtree("out")   # what is sent needs no folder
for name, engine in (("arrow", frame.mapInArrow), ("pandas", frame.mapInPandas)):
    engine(decide, decide.ddl(frame.dtypes)).toPandas().to_parquet(f"{name}.parquet")
spark.stop()
"""
RAY = """
import ray
from framework import score
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
decide = score("out", keep=["ticket"])
for name in ("pyarrow", "pandas"):
    cases = ray.data.read_parquet("tickets.parquet")
    cases.map_batches(decide, batch_format=name, batch_size=70).to_pandas().to_parquet(f"{name}.parquet")
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Installs ``names`` beside the packages that are there; its Python."""
    folder = tmp_path_factory.mktemp("engines")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    found = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    others = next(path for path in sys.path if path.endswith("site-packages"))
    Path(found.stdout.strip(), "others.pth").write_text(others + "\n")

    def install(name):
        words = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", name]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"{name} cannot be installed here: {done.stderr.splitlines()[-1:]}")
        return python

    return install


@pytest.fixture
def place(tmp_path):
    """The run "out" of tickets, and tickets.parquet."""
    path = write_csv(tmp_path / "tickets.csv", tickets())
    train(
        path,
        target="priority",
        cost=("*->*=10", "urgent->*=500"),
        drop=("customer",),
        epochs=2,
        report=False,
        out=tmp_path / "out",
        progress=None,
    )
    table = read_table(path)
    frame = polars.DataFrame({name: values.tolist() for name, values in table.columns.items()})
    frame.write_parquet(tmp_path / "tickets.parquet")
    return tmp_path


def run(python, script, place):
    plugins = [str(path) for path in (ROOT / "plugins").iterdir() if path.is_dir()]
    path = os.pathsep.join([str(ROOT), *plugins])
    done = subprocess.run(
        [python, "-c", script],
        cwd=place,
        env={**os.environ, "PYTHONPATH": path, "PYSPARK_PYTHON": str(python)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def check(place, expected, names):
    for name in names:
        found = polars.read_parquet(place / f"{name}.parquet").sort("ticket")
        assert found["ticket"].to_list() == [f"T-{number:05d}" for number in range(300)], name
        assert found["predicted"].to_list() == expected["predicted"].tolist(), name
        assert found["p(urgent)"].to_list() == pytest.approx(
            expected["p(urgent)"].tolist(), rel=1e-4
        )


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
def test_spark_decides_as_fw_predict_does(environment, place):
    python = environment("pyspark>=4")
    expected = load(place / "out").answer(polars.read_parquet(place / "tickets.parquet")).columns
    run(python, SPARK, place)
    check(place, expected, ["arrow", "pandas"])


@pytest.mark.skipif("FW_RAY" not in os.environ, reason="set FW_RAY: installing Ray takes a while")
def test_ray_decides_as_fw_predict_does(environment, place):
    python = environment("ray[data]>=2.40")
    expected = load(place / "out").answer(polars.read_parquet(place / "tickets.parquet")).columns
    run(python, RAY, place)
    check(place, expected, ["pyarrow", "pandas"])
