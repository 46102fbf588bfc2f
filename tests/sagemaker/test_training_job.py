"""Training jobs: what is uploaded, what is asked of SageMaker, and what a user's mistake says."""

import json
import re

import pytest

from framework import Registry
from framework.experiment.loading.table_dataset import dataset_offer
from framework.sagemaker.contract import from_hyperparameters
from framework.sagemaker.jobs.metric_lines import METRICS

from ..pictures import write_folder
from .conftest import BUCKET, IMAGE, ROLE, client, fw, ok, pinned_image, requests, tag_image

RUN = ("run", "breast_cancer", "--cost-matrix", "medical.json")
MINE = ",benign,malignant\nbenign,0,1000\nmalignant,9000,0\n"


def objects():
    listed = client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {item["Key"]: item["Size"] for item in listed}


def named(key):
    """CHANNEL/FILE: without the digest of the channel's content."""
    return re.sub(r"^cost-matrix-framework/inputs/(\w+)-[0-9a-f]{24}/", r"\1/", key)


def only(steps, operation):
    return [step["parameters"] for step in steps if step["operation"] == operation]


def test_a_job_reads_back_from_sagemaker_as_the_run_that_was_asked_for(account):
    (account / "mine.csv").write_text(MINE)
    tag_image("0.1.0-abc")
    out = ok(
        *("run", "breast_cancer", "--cost-matrix", "mine.csv", "--evaluation-matrix"),
        *("medical.json", "--epochs", "7", "--model", "mlp", "--model-parameter", "units=3"),
        *("--strategy", "auto", "--name", "first", "--no-wait", "--tag", "team=risk"),
    )
    assert out == "Later: fw sagemaker fetch first\n"
    job = client("sagemaker").describe_training_job(TrainingJobName="first")
    assert job["RoleArn"] == ROLE
    assert job["AlgorithmSpecification"]["TrainingImage"] == pinned_image()
    image = pinned_image().replace("@", ":0.1.0-abc@")
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 14400}
    tags = client("sagemaker").list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "fw:dataset": "breast_cancer",
        "fw:matrix": "mine",
        "fw:run": "first",
        "fw:image": image,
        "team": "risk",
    }
    places = {
        channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"]
        for channel in job["InputDataConfig"]
    }
    start = f"s3://{BUCKET}/cost-matrix-framework/inputs"
    assert set(places) == {"matrices", "plugins"}
    for name, place in places.items():
        assert re.fullmatch(rf"{start}/{name}-[0-9a-f]{{24}}/", place)
    for name, place in places.items():
        (account / name).mkdir()
        prefix = place.removeprefix(f"s3://{BUCKET}/")
        for key in objects():
            if key.startswith(prefix):
                file = account / name / key.removeprefix(prefix)
                file.parent.mkdir(parents=True, exist_ok=True)
                client("s3").download_file(BUCKET, key, str(file))
    channels = {name: account / name for name in places}
    config = from_hyperparameters(job["HyperParameters"], channels)
    assert config.cost_matrix == (str(account / "matrices" / "mine.csv"),)
    assert (account / "matrices" / "mine.csv").read_text() == MINE
    assert config.evaluation_matrix == "medical.json"
    assert (config.epochs, config.model, config.strategy) == (7, "mlp", "auto")
    assert config.model_parameters == {"units": 3}
    # The plugin went along as it is developed: the whole source, and nothing but the source.
    sent = account / "plugins" / "breast_cancer"
    assert (sent / "pyproject.toml").is_file()
    assert (sent / "fw_breast_cancer" / "matrices" / "medical.json").is_file()
    assert not list(sent.rglob("*.pyc"))


def test_several_matrices_are_several_jobs_with_one_judge_and_the_references_once(account):
    (account / "mine.csv").write_text(MINE)
    jobs = only(requests(*RUN, "--cost-matrix", "mine.csv"), "CreateTrainingJob")
    assert [job["HyperParameters"] for job in jobs] == [
        {
            "dataset": "breast_cancer",
            "cost_matrix": "medical.json",
            "evaluation_matrix": "medical.json",
        },
        {
            "dataset": "breast_cancer",
            "cost_matrix": "mine.csv",
            "evaluation_matrix": "medical.json",
            "references": "false",
        },
    ]
    medical, mine = (job["TrainingJobName"] for job in jobs)
    assert medical.startswith("breast-cancer-medical-20")
    assert mine == medical.replace("medical", "mine")


def test_everything_aws_may_be_told(account):
    (job,) = only(
        requests(
            *(*RUN, "--spot", "--max-runtime", "600", "--max-wait", "900", "--instance-count", "2"),
            *("--instance-type", "ml.g5.xlarge", "--volume-size", "50", "--kms-key", "alias/k"),
            *("--subnet", "subnet-1", "--subnet", "subnet-2", "--security-group", "sg-1"),
            *("--network-isolation", "--s3", "s3://b/some/where/", "--image", IMAGE + "2"),
            *("--checkpoints", "s3://b/saved", "--data", "s3://b/cases/", "--name", "all"),
            "--plugins-in-image",
        ),
        "CreateTrainingJob",
    )
    assert job["AlgorithmSpecification"]["TrainingImage"] == IMAGE + "2"
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": 900}
    assert job["EnableManagedSpotTraining"] is True
    assert job["EnableNetworkIsolation"] is True
    assert job["ResourceConfig"] == {
        "InstanceType": "ml.g5.xlarge",
        "InstanceCount": 2,
        "VolumeSizeInGB": 50,
        "VolumeKmsKeyId": "alias/k",
    }
    assert job["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
    assert job["OutputDataConfig"] == {"S3OutputPath": "s3://b/some/where", "KmsKeyId": "alias/k"}
    assert job["CheckpointConfig"] == {"S3Uri": "s3://b/saved"}
    (train,) = job["InputDataConfig"]
    assert train["ChannelName"] == "train"
    assert train["DataSource"]["S3DataSource"]["S3Uri"] == "s3://b/cases/"


def test_several_instances_may_share_the_files_of_a_table(account):
    given = ("--data", "s3://b/cases/", "--validation-data", "s3://b/held/", "--plugins-in-image")
    several = (*given, "--instance-count", "2", "--sharded", "--fast-file")
    (job,) = only(requests(*RUN, *several), "CreateTrainingJob")
    dealt = {
        channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3DataDistributionType"]
        for channel in job["InputDataConfig"]
    }
    assert dealt == {"train": "ShardedByS3Key", "validation": "FullyReplicated"}
    assert job["AlgorithmSpecification"]["TrainingInputMode"] == "FastFile"
    (job,) = only(requests(*RUN, *given), "CreateTrainingJob")
    assert job["AlgorithmSpecification"]["TrainingInputMode"] == "File"
    assert "--sharded goes with several" in fw(*RUN, *given, "--sharded").stderr


def test_a_job_tells_its_run_to_sagemakers_mlflow(account):
    server = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/mine"
    given = ("--mlflow", server, "--mlflow-experiment", "cancer", "--plugins-in-image")
    (job,) = only(requests(*RUN, *given), "CreateTrainingJob")
    assert job["MlflowConfig"] == {"MlflowResourceArn": server, "MlflowExperimentName": "cancer"}
    # The plugin in the container goes by the settings, which are those of fw run.
    told = job["HyperParameters"]
    assert (told["mlflow"], told["mlflow_experiment"]) == (server, "cancer")
    wrong = server.replace("mlflow-tracking-server", "model")
    assert "MlflowResourceArn: AWS takes arn:" in fw(*RUN, "--mlflow", wrong, given[-1]).stderr


def test_a_job_tells_its_run_to_any_server_of_mlflow_and_is_given_the_plugin(account):
    pytest.importorskip("fw_mlflow", reason="the plugin is not installed: plugins/mlflow")
    steps = requests(*RUN, "--mlflow", "https://mlflow.example.com")
    (job,) = only(steps, "CreateTrainingJob")
    assert job["HyperParameters"]["mlflow"] == "https://mlflow.example.com"
    assert "MlflowConfig" not in job
    sent = [step["parameters"]["Key"] for step in steps if step["operation"] == "PutObject"]
    assert [key for key in sent if key.endswith("fw_mlflow/__init__.py")]


def test_a_spot_job_is_saved_while_it_runs(account):
    (job,) = only(requests(*RUN, "--spot", "--name", "cheap"), "CreateTrainingJob")
    place = f"s3://{BUCKET}/cost-matrix-framework/cheap/checkpoints"
    assert job["CheckpointConfig"] == {"S3Uri": place}
    assert job["StoppingCondition"]["MaxWaitTimeInSeconds"] == 2 * 14400
    (job,) = only(requests(*RUN), "CreateTrainingJob")
    assert "CheckpointConfig" not in job


def test_a_folder_of_data_is_a_channel_of_the_same_files(account):
    data = account / "data"
    (data / "deep").mkdir(parents=True)
    (data / "german.data").write_text("A11 6")
    (data / "deep" / "x").write_text("y")
    steps = requests("run", "german_credit", "--data", data, "--name", "g", "--test-data", "data")
    keys = {named(item["Key"]): item["Body"] for item in only(steps, "PutObject")}
    assert keys["train/german.data"] == str(data / "german.data")
    assert keys["train/deep/x"] == str(data / "deep" / "x")
    assert "test/deep/x" in keys
    (job,) = only(steps, "CreateTrainingJob")
    assert [c["ChannelName"] for c in job["InputDataConfig"]] == ["plugins", "test", "train"]
    assert job["HyperParameters"] == {"dataset": "german_credit"}


def test_a_table_is_a_channel_and_its_target_a_hyperparameter(account):
    (account / "my loans.csv").write_text("a,status\n1,good\n2,bad\n")
    options = ("--target", "status", "--cost", "*->*=1", "--drop", "id", "--column", "zip=category")
    steps = requests("run", "my loans.csv", *options, "--name", "l", "--cut", "1,2")
    keys = [named(item["Key"]) for item in only(steps, "PutObject")]
    assert keys == ["train/my loans.csv"]
    (job,) = only(steps, "CreateTrainingJob")
    assert [c["ChannelName"] for c in job["InputDataConfig"]] == ["train"]
    config = from_hyperparameters(job["HyperParameters"], {"train": account})
    assert (config.dataset, config.target, config.data) == ("my loans.csv", "status", account)
    assert (config.cost, config.drop, config.cuts) == (("*->*=1",), ("id",), (1.0, 2.0))
    assert config.columns == {"zip": "category"}
    assert (
        "my-loans" in requests("run", "my loans.csv", *options)[-1]["parameters"]["TrainingJobName"]
    )
    missing = fw("run", "none.csv", *options, "--dry-run")
    assert missing.exit_code == 2
    assert "none.csv: no such file" in missing.stderr


@pytest.mark.parametrize("given", ["Night shots", "Night shots/"])
def test_a_folder_of_pictures_is_a_channel_and_known_by_its_name(account, given):
    write_folder(account / "Night shots", {"dark": 1, "light": 2})
    steps = requests("run", given, "--cost", "*->*=1", "--picture-size", "8", "--name", "n")
    keys = [named(item["Key"]) for item in only(steps, "PutObject")]
    assert keys == ["train/dark/000.png", "train/light/000.png", "train/light/001.jpg"]
    (job,) = only(steps, "CreateTrainingJob")
    config = from_hyperparameters(job["HyperParameters"], {"train": account / "Night shots"})
    assert (config.dataset, config.picture_size) == ("Night shots/", "8x8")
    assert dataset_offer(config, Registry()).spec.labels == ("dark", "light")


def test_a_dry_run_sends_nothing_and_needs_no_credentials(account, monkeypatch):
    (account / "mine.csv").write_text(MINE)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    steps = requests("run", "breast_cancer", "--cost-matrix", "mine.csv")
    assert steps[0]["parameters"]["Body"] == "mine.csv"
    assert steps[-1]["operation"] == "CreateTrainingJob"


def test_what_is_printed_is_what_is_sent(account):
    (printed,) = only(requests(*RUN, "--name", "same"), "CreateTrainingJob")
    ok(*RUN, "--name", "same", "--no-wait")
    sent = client("sagemaker").describe_training_job(TrainingJobName="same")
    assert printed["AlgorithmSpecification"].pop("MetricDefinitions") == METRICS
    del sent["AlgorithmSpecification"]["MetricDefinitions"]  # moto has its own for everybody
    del printed["Tags"]
    # A dry run asks nobody what the tag means; what is sent has the digest.
    assert printed["AlgorithmSpecification"]["TrainingImage"] == IMAGE
    printed["AlgorithmSpecification"]["TrainingImage"] = pinned_image()
    assert printed.pop("Environment") == {"FW_IMAGE": IMAGE}  # which moto does not keep
    assert {name: sent[name] for name in printed} == printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "epochs: input should be greater than 0"),
        (["--cost-matrix", "x.json"], "x.json: no such cost matrix file"),
        (["--cost-matrix", "bad.csv"], "unknown to the dataset"),
        (["--data", "nowhere"], "--data nowhere: no such file or folder (nor an s3:// address)"),
        (["--plugin", "nowhere"], "the plugin nowhere: no such file or folder"),
        (["--plugin", "."], "the plugin .: expected a wheel, or a folder with a pyproject.toml"),
        (["--subnet", "s"], "--subnet and --security-group together, received only --subnet"),
        (["--max-wait", "9"], "--max-wait goes with --spot"),
        (["--spot", "--max-wait", "9"], "--max-wait 9 is shorter than --max-runtime 14400"),
        (["--s3", "bucket"], "--s3: expected s3://BUCKET/PREFIX, received 'bucket'"),
        (["--role", ""], "no role: give --role ARN"),
        (["--role", "arn:aws:iam::1:user/x"], "--role: expected arn:aws:iam::ACCOUNT:role/NAME"),
        (["--tag", "x"], "--tag: expected KEY=VALUE, received 'x'"),
        (["--checkpoints", "here"], "--checkpoints: expected s3://BUCKET/PREFIX"),
        (["--image", "mine:latest"], "--image mine:latest: SageMaker takes images from ECR only"),
        (
            ["--cost-matrix", "medical.json"],
            "--cost-matrix: expected files of different names, received medical, medical",
        ),
    ],
)
def test_a_mistake_is_one_sentence_before_anything_is_sent(account, arguments, message):
    (account / "bad.csv").write_text(",a,b\na,0,1\nb,1,0\n")
    done = fw(*RUN, *arguments)
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert objects() == {}
    assert client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []


def test_an_unknown_dataset_is_refused_unless_its_plugin_goes_along(account):
    done = fw("run", "throw_away")
    assert done.exit_code == 2
    assert 'unknown dataset "throw_away"' in done.stderr
    plugin = account / "throw_away"
    plugin.mkdir()
    (plugin / "pyproject.toml").write_text("[project]\n")
    (plugin / "throw_away.py").write_text("")
    matrix = {"name": "m", "labels": ["a", "b"], "costs": [[0, 1], [2, 0]]}
    (account / "m.json").write_text(json.dumps(matrix))
    steps = requests(
        *("run", "throw_away", "--plugin", plugin, "--cost-matrix", "m.json"),
        *("--evaluation-matrix", "its_own.json", "--name", "n"),
    )
    keys = [named(item["Key"]) for item in only(steps, "PutObject")]
    assert keys == [
        "matrices/m.json",
        "plugins/throw_away/pyproject.toml",
        "plugins/throw_away/throw_away.py",
    ]
    (job,) = only(steps, "CreateTrainingJob")
    assert job["HyperParameters"]["cost_matrix"] == "m.json"
    assert job["HyperParameters"]["evaluation_matrix"] == "its_own.json"


def test_what_the_matrices_mean_is_told_before_anything_is_sent(account):
    # Transposed, as the sentence shows; and so far apart that one cell decides everything.
    text = ",benign,malignant\nbenign,0,252000\nmalignant,1,0\n"
    (account / "mine.csv").write_text(text)
    done = fw(*RUN[:2], "--cost-matrix", "mine.csv", "--dry-run")
    assert done.exit_code == 0, done.output
    first, second = done.stderr.splitlines()
    assert first.startswith('cost matrix "mine": calling a "benign" case "malignant" costs 252,000')
    assert second.startswith(
        'WARNING: cost matrix "mine": the dearest mistake weighs 252,000 times'
    )


def test_the_settings_of_a_run_that_was_are_sent_with_its_data(account):
    (account / "photos").mkdir()
    (account / "photos" / "a.txt").write_text("a")
    was = {"dataset": "breast_cancer", "epochs": 7, "data": "photos", "out": "r", "cuts": []}
    (account / "config.json").write_text(json.dumps(was))
    steps = requests("run", "--config", "config.json", "--seed", "2", "--name", "again")
    (job,) = only(steps, "CreateTrainingJob")
    told = job["HyperParameters"]
    assert {name: told.get(name) for name in was} == {
        **dict.fromkeys(was),
        "dataset": "breast_cancer",
        "epochs": "7",
    }
    assert told["seed"] == "2"
    assert "train" in [channel["ChannelName"] for channel in job["InputDataConfig"]]
