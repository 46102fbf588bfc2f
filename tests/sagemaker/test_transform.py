"""Batch transforms: the SDK's own batch code asks the real server what a job's request says.

moto keeps the jobs but runs none: here the objects that a request names are cut, sent and put
together by the SDK's local mode, and what comes out is stored where SageMaker would put it.
"""

import csv
import json
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner
from sklearn.datasets import load_breast_cancer

from framework.cli.main import main
from framework.inference.folders import find_model

from .conftest import BUCKET, client, fw, needs_sdk, ok, requests
from .serving import served

SCRIPT = Path(__file__).with_name("sdk_batch.py")
CASES = load_breast_cancer()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A run folder, and the port of the image's server with its model."""
    run = tmp_path_factory.mktemp("trained") / "run"
    arguments = ["run", "breast_cancer", "--epochs", "3", "--no-report", "--out", str(run)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    with served(str(find_model(run))) as address:
        yield run, int(address.rpartition(":")[2])


@pytest.fixture
def plays(account, server, monkeypatch, tmp_path):
    """Every transform job is played before it is waited for; the requests of those that were."""
    from framework.sagemaker.aws import waiting

    played = []
    real = waiting.wait

    def wait(aws, kind, names, tell):
        for name in names:
            asked = client("sagemaker").describe_transform_job(TransformJobName=name)
            played.append(asked)
            play(asked, server[1], tmp_path / f"played-{len(played)}")
        return real(aws, kind, names, tell)

    monkeypatch.setattr(waiting, "wait", wait)
    return played


def play(asked, port, folder, payload=2000):
    uri = asked["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    prefix = uri.removeprefix(f"s3://{BUCKET}/")
    for item in client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]:
        name = item["Key"].removeprefix(prefix) or Path(item["Key"]).name
        file = folder / "cases" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        client("s3").download_file(BUCKET, item["Key"], str(file))
    request = {
        key: asked[key]
        for key in ("TransformInput", "TransformOutput", "BatchStrategy", "MaxPayloadInMB")
    }
    job = {"request": request, "port": port, "payload": payload}
    job |= {"cases": str(folder / "cases"), "out": str(folder / "out")}
    done = subprocess.run([sys.executable, SCRIPT, json.dumps(job)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    place = asked["TransformOutput"]["S3OutputPath"].removeprefix(f"s3://{BUCKET}/")
    for file in (folder / "out").iterdir():
        client("s3").upload_file(str(file), BUCKET, f"{place}/{file.name}")


def write_table(path, rows, order=None):
    """Cases with an id and the truth, their columns in no model's order."""
    names = list(CASES.feature_names)
    table = {"id": [f"case {row}" for row in rows]}
    for j in order or range(len(names) - 1, -1, -1):
        table[str(names[j])] = CASES.data[rows, j]
    table["truth"] = [("malignant", "benign")[CASES.target[row]] for row in rows]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    return path


def predicted(run, path, *keep):
    options = [word for name in keep for word in ("--keep", name)]
    done = CliRunner().invoke(main, ["predict", str(run), str(path), *options])
    assert done.exit_code == 0, done.output
    return done.stdout


@needs_sdk
def test_three_files_over_three_instances_come_back_as_fw_predict_decides(plays, server, account):
    run, _ = server
    folder = account / "many"
    folder.mkdir()
    for k, count in enumerate((20, 7, 1)):
        write_table(folder / f"{k}.csv", list(range(k * 30, k * 30 + count)))
    options = ("--keep", "id", "--truth", "truth", "--instance-count", "3", "--out", "all.csv")
    out = ok("transform", run, folder, *options)
    (asked,) = plays
    assert asked["TransformResources"]["InstanceCount"] == 3
    listed = client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    sent = [item["Key"] for item in listed if "/cases-" in item["Key"]]
    assert [key.rpartition("/")[2] for key in sent] == [f"part-{k:05}.csv" for k in range(3)]
    header, *rows = Path("all.csv").read_text().splitlines()
    expected = [predicted(run, folder / f"{k}.csv", "id", "truth").splitlines() for k in range(3)]
    assert header == expected[0][0]
    assert rows == [row for one in expected for row in one[1:]]
    assert len(rows) == 28
    # In dollars, as fw evaluate judges the same file.
    assert "28 cases" in out


@needs_sdk
def test_one_file_is_cut_for_all_instances(plays, server, account):
    run, _ = server
    table = write_table(account / "new.csv", list(range(30)))
    ok("transform", run, table, "--instance-count", "4", "--out", "answers.csv")
    assert Path("answers.csv").read_text() == predicted(run, table)
    with pytest.raises(ClientError):  # nothing is left of the model it was done with
        client("sagemaker").describe_model(ModelName=plays[0]["TransformJobName"])
    done = fw("transform", run, table, "--out", "answers.csv")
    assert "answers.csv exists already; name another file with --out" in done.stderr


@needs_sdk
def test_parquet_and_a_jobs_model(plays, server, account):
    run, _ = server
    table = write_table(account / "new.csv", list(range(12)))
    read = pyarrow.csv.read_csv(table)
    pyarrow.parquet.write_table(read, account / "new.parquet")
    ok("run", "breast_cancer", "--plugins-in-image", "--no-wait", "--name", "job")
    with tarfile.open("model.tar.gz", "w:gz") as tar:
        tar.add(find_model(run), arcname=".")
    key = "cost-matrix-framework/job/output/model.tar.gz"
    client("s3").upload_file("model.tar.gz", BUCKET, key)
    ok("transform", "job", "new.parquet", "--keep", "id", "--out", "answers.csv")
    assert Path("answers.csv").read_text() == predicted(run, table, "id")


@needs_sdk
def test_lines_of_json_come_back_without_a_blank_line(plays, server, account):
    lines = "\n".join(json.dumps(row) for row in CASES.data[:20].tolist())
    (account / "new.jsonl").write_text(lines)
    ok("transform", server[0], "new.jsonl")
    answers = Path("new.jsonl.out").read_text().splitlines()
    assert len(answers) == 20
    assert [json.loads(line)["decision"] for line in answers]


@needs_sdk
def test_a_prefix_of_csv_without_a_header_is_sent_by_line_and_comes_back_as_a_folder(
    plays, server, account
):
    for k in range(3):
        rows = "".join(f"{','.join(map(repr, row))}\n" for row in CASES.data[k : k + 20].tolist())
        client("s3").put_object(Bucket=BUCKET, Key=f"mine/{k}.csv", Body=rows.encode())
    place = f"s3://{BUCKET}/mine"
    ok("transform", server[0], place, "--format", "csv", "--no-header", "--out", "answers")
    for k in range(3):
        assert len(Path("answers", f"{k}.csv.out").read_text().splitlines()) == 20


def parquet_in_s3(account):
    """Two objects, 15 and 25 cases with ids and truths; the same cases as one file here."""
    for k, rows in enumerate((list(range(15)), list(range(15, 40)))):
        table = pyarrow.csv.read_csv(write_table(account / f"{k}.csv", rows))
        pyarrow.parquet.write_table(table, account / f"{k}.parquet")
        client("s3").upload_file(f"{k}.parquet", BUCKET, f"new/{k}.parquet")
    return f"s3://{BUCKET}/new/", write_table(account / "whole.csv", list(range(40)))


@needs_sdk
def test_parquet_in_s3_comes_back_with_its_ids_and_is_judged_by_its_truths(plays, server, account):
    place, whole = parquet_in_s3(account)
    given = ("transform", server[0], place, "--format", "parquet", "--instance-count", "2")
    judged = ok(*given, "--keep", "id", "--truth", "truth", "--out", "kept.csv")
    assert Path("kept.csv").read_text() == predicted(server[0], whole, "id", "truth")
    assert "Dollars on 40 cases" in judged
    ok("transform", server[0], f"{place}0.parquet", "--keep", "id", "--out", "one.csv")
    assert Path("one.csv").read_text() == predicted(server[0], account / "0.csv", "id")
    assert "which a dry run does not" in fw(*given, "--keep", "id", "--dry-run").stderr
    empty = fw("transform", server[0], f"s3://{BUCKET}/x", "--format", "parquet", "--keep", "id")
    assert "holds no objects that end in .parquet" in empty.stderr


@needs_sdk
@pytest.mark.skipif(
    find_spec("framework.serving.columnar") is None, reason="the server reads no Parquet"
)
def test_parquet_in_s3_is_decided_file_by_file(plays, server, account):
    for k, n in ((0, 15), (1, 25)):
        table = pyarrow.table(
            dict(zip(map(str, CASES.feature_names), CASES.data[:n].T, strict=True))
        )
        pyarrow.parquet.write_table(table, account / "new.parquet")
        client("s3").upload_file("new.parquet", BUCKET, f"files/{k}.parquet")
    place = f"s3://{BUCKET}/files/"
    ok("transform", server[0], place, "--format", "parquet", "--out", "answers")
    whole = write_table(account / "whole.csv", list(range(25)))
    alone = predicted(server[0], whole).splitlines()
    for k, n in ((0, 15), (1, 25)):
        answers = Path("answers", f"{k}.parquet.out").read_text().splitlines()
        assert answers == alone[: 1 + n]


def test_what_is_asked_of_sagemaker(account, server):
    *_, step = requests("transform", "job", f"s3://{BUCKET}/new/", "--format", "parquet")
    asked = step["parameters"]
    assert asked["TransformInput"]["ContentType"] == "application/x-parquet"
    assert (asked["TransformInput"]["SplitType"], asked["MaxPayloadInMB"]) == ("None", 25)
    cases = f"s3://{BUCKET}/cases.jsonl"
    *_, step = requests("transform", "job", cases, "--kms-key", "k", "--join")
    asked = step["parameters"]
    assert asked["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] == cases
    assert (asked["TransformInput"]["SplitType"], asked["BatchStrategy"]) == ("Line", "MultiRecord")
    assert asked["DataProcessing"] == {"JoinSource": "Input"}
    assert asked["TransformOutput"]["AssembleWith"] == "Line"
    assert asked["TransformOutput"]["KmsKeyId"] == "k"
    *_, step = requests("transform", "job", f"s3://{BUCKET}/signs/", "--format", "png")
    asked = step["parameters"]
    assert asked["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] == f"s3://{BUCKET}/signs/"
    assert (asked["TransformInput"]["SplitType"], asked["BatchStrategy"]) == (
        "None",
        "SingleRecord",
    )
    whole = ("transform", "job", f"s3://{BUCKET}/x.csv", "--header")
    assert requests(*whole)[-1]["parameters"]["TransformInput"]["ContentType"] == (
        "text/csv; header=present"
    )


def test_cases_that_cannot_be_sent_are_refused(account, server):
    run, _ = server

    def refused(*arguments):
        done = fw("transform", run, *arguments)
        assert done.exit_code == 2, done.output
        return done.stderr

    (account / "x.txt").write_text("")
    assert "x.txt: expected files of one kind, ending in .csv, " in refused("x.txt")
    assert "y.csv: no such file" in refused("y.csv")
    np.save(account / "big.npy", np.zeros(26 * 2**17))
    assert "is sent in one piece, of at most 25 MB" in refused("big.npy")
    assert "give --format" in refused(f"s3://{BUCKET}/mine").lower()
    assert "--join puts line beside line" in refused(f"s3://{BUCKET}/x.csv", "--join")
    assert "--keep and --truth are for tables here" in refused(
        f"s3://{BUCKET}/x.csv", "--keep", "id"
    )
    (account / "z.csv").write_text("a,b\n1,2\n")
    assert "z.csv: the table lacks" in refused("z.csv")
    assert "--keep id: " in refused("big.npy", "--keep", "id")
    assert "--join, --header and --format are for cases in S3" in refused("z.csv", "--header")
