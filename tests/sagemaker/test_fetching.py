"""What a job left, from an archive to a run folder."""

import tarfile
from types import SimpleNamespace

import pytest

from framework.core.errors import ArtifactError
from framework.sagemaker.errors import AwsError
from framework.sagemaker.launching.fetching import fetch_run

JOB = {
    "TrainingJobName": "mine",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/jobs/mine/output/model.tar.gz"},
}


def account_with(folder):
    """An account where every archive holds the files of ``folder``."""

    def download(place, file):
        with tarfile.open(file, "w:gz") as tar:
            tar.add(folder, arcname=".")

    return SimpleNamespace(download=download)


def test_what_is_no_run_folder_is_told(tmp_path):
    left = tmp_path / "left"
    left.mkdir()
    with pytest.raises(AwsError, match=r"no run folder \(it has no metrics\.json\)"):
        fetch_run(account_with(left), JOB, tmp_path / "here")


def test_a_run_folder_of_a_newer_image_is_told_as_such(tmp_path):
    left = tmp_path / "left"
    left.mkdir()
    (left / "run.json").write_text('{"format": 2, "kind": "run", "framework": "9.0.0"}')
    with pytest.raises(ArtifactError, match=r"format 2, written by version 9\.0\.0"):
        fetch_run(account_with(left), JOB, tmp_path / "here")


@pytest.mark.parametrize(
    "member",
    [
        {"name": "../a", "size": 0},
        {"name": "a", "type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
        {"name": "a", "type": tarfile.CHRTYPE},
        {"name": "a", "size": 2**41},
    ],
    ids=["a way up", "a link", "a device", "a bomb"],
)
def test_an_archive_that_means_ill_is_not_unpacked(tmp_path, member):
    def download(place, file):
        info = tarfile.TarInfo()
        for key, value in member.items():
            setattr(info, key, value)
        with tarfile.open(file, "w:gz") as tar:
            tar.fileobj.write(info.tobuf())

    with pytest.raises(AwsError, match="cannot be unpacked"):
        fetch_run(SimpleNamespace(download=download), JOB, tmp_path / "here")
    assert not (tmp_path / "here").exists()
    assert not (tmp_path / "a").exists()
