"""What a job left in S3, as folders here: the run folder, with the trained model in it."""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from framework.core.archives import ArchiveError, check_tar
from framework.core.folder_format import check_format
from framework.sagemaker.aws.calls import Aws, Place
from framework.sagemaker.errors import AwsError

RUNS = Path("runs")
# Beside model.tar.gz: what was in /opt/ml/output/data.
OUTPUT = "output.tar.gz"


def model_data(job: dict[str, Any]) -> Place:
    """Where the job's model is, by what DescribeTrainingJob said."""
    return Place.parse(job["ModelArtifacts"]["S3ModelArtifacts"], "the job's model")


def fetch_run(aws: Aws, job: dict[str, Any], folder: Path) -> Path:
    """The run folder of a finished job, downloaded to ``folder``, which must be new or empty."""
    model = model_data(job)
    parent = str(PurePosixPath(model.prefix).parent)
    unpack(aws, Place(model.bucket, parent) / OUTPUT, folder)
    check_format(folder)
    if not (folder / "metrics.json").is_file():
        raise AwsError(
            f"{folder}: what the job {job['TrainingJobName']} left is no run folder (it has no "
            "metrics.json); was it trained with this framework's image?"
        )
    return folder


def unpack(aws: Aws, archive: Place, folder: Path) -> None:
    """Download a .tar.gz and unpack it into ``folder``, all or nothing."""
    check_new(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        file, into = Path(temporary) / "archive.tar.gz", Path(temporary) / "unpacked"
        aws.download(archive, file)
        try:
            unpacked(file, into)
        except ArchiveError as error:
            raise AwsError(f"{archive} {error}") from error
        if folder.exists():
            folder.rmdir()
        into.rename(folder)


def unpacked(file: Path, into: Path) -> None:
    """Unpack the .tar.gz ``file`` into the folder ``into``: no links out of it, no devices, no bombs.

    Raises
    ------
    ArchiveError
        When it cannot be unpacked, or not so.
    """
    try:
        with tarfile.open(file) as tar:
            check_tar(tar, file.stat().st_size)
            tar.extractall(into, filter="data")
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ArchiveError(f"cannot be unpacked: {reason}") from error


def check_new(folder: Path) -> None:
    """AwsError when there is something at ``folder`` already: nothing is overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AwsError(f"{folder} holds something already; name a new folder with --out")


def pack(folder: Path, archive: Path) -> Path:
    """A model folder as model.tar.gz: its files at the top, as SageMaker unpacks them.

    The same files make the same bytes, whenever and by whomever they are packed.
    """

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
        return entry

    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name, filter=plain)
    return archive
