"""Batch transforms: many cases decided at once, by instances that live as long as it takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framework.core.errors import ConfigError
from framework.core.files import write_text
from framework.inference.artifact import Artifact
from framework.sagemaker.aws.calls import Aws, Call, Place, Upload
from framework.sagemaker.aws.sending import Requests
from framework.sagemaker.errors import AwsError
from framework.sagemaker.jobs.case_parts import TABLES, Parts, joined, parts_of, table_files
from framework.sagemaker.launching.inputs import addressed, files_of
from framework.sagemaker.launching.launch import Launch
from framework.sagemaker.launching.model import Source, create_model

CSV, JSON_LINES, PARQUET = "text/csv", "application/jsonlines", "application/x-parquet"
NO_HEADER = f"{CSV}; header=absent"
FORMATS = {
    ".csv": CSV,
    ".jsonl": JSON_LINES,
    ".json": "application/json",
    ".npy": "application/x-npy",
    ".parquet": PARQUET,
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
# What the server in the image takes in one request (docs/serving.md), and what is sent of lines.
LARGEST_PAYLOAD_MB, LINES_MB = 25, 6


@dataclass(frozen=True)
class Cases:
    """What is to be decided: an object or a prefix in S3, and how it is read.

    ``parts`` are those of tables here; ``by_line`` says that a few lines at a time will do.
    """

    place: Place
    content_type: str
    by_line: bool
    uploads: tuple[Upload, ...] = ()
    parts: Parts | None = None
    join: bool = False

    @property
    def uri(self) -> str:
        """With a slash at its end a prefix means a folder, and not all names that begin so."""
        is_object = not self.uploads and Path(self.place.prefix).suffix.lower() in FORMATS
        return f"{self.place}" if is_object else f"{self.place}/"

    @property
    def accept(self) -> str:
        return CSV if self.content_type.startswith((CSV, PARQUET)) else JSON_LINES


@dataclass(frozen=True)
class Given:
    """What a user says of the cases: file, folder or s3:// address, and how to read and join it.

    ``suffix`` is that of a prefix's objects; ``header`` whether a CSV in S3 has one (None: unsaid).
    """

    what: str
    keep: tuple[str, ...] = ()
    suffix: str | None = None
    header: bool | None = None
    join: bool = False


def cases_of(given: Given, launch: Launch, model: Artifact | None, scratch: Path) -> Cases:
    """The cases of ``given``; those that lie here are put below the launch's place.

    ``model`` says how tables are sent (None in a dry run, which asks nobody); ``scratch`` is a folder.

    Raises
    ------
    ConfigError, DataError
        When they are of no format that can be sent, or too large to be sent in one piece.
    """
    if given.what.startswith("s3://"):
        return _in_s3(given)
    path = Path(given.what)
    if not path.exists():
        raise ConfigError(f"{path}: no such file or folder")
    if given.join or given.header is not None or given.suffix is not None:
        raise ConfigError(
            "--join, --header and --format are for cases in S3; here, name columns with --keep"
        )
    tables = table_files(path)
    if tables:
        count = launch.instance_count
        parts = parts_of(tables, model, given.keep, count, scratch / "parts")
        at, uploads = addressed("cases", files_of(scratch / "parts"), launch.place, launch.kms_key)
        return Cases(at, NO_HEADER, by_line=True, uploads=tuple(uploads), parts=parts)
    if given.keep:
        raise ConfigError(f"--keep {given.keep[0]}: {path} is no table; leave it out")
    at, uploads = addressed("cases", files_of(path), launch.place, launch.kms_key)
    kinds = sorted({upload.file.suffix.lower() for upload in uploads})
    if len(kinds) != 1 or kinds[0] not in FORMATS:
        raise ConfigError(
            f"{path}: expected files of one kind, ending in {', '.join((*FORMATS, *TABLES[1:]))}; "
            f"received {', '.join(kinds) or 'none'}"
        )
    by_line = FORMATS[kinds[0]] == JSON_LINES
    for upload in uploads:
        if not by_line and upload.file.stat().st_size > LARGEST_PAYLOAD_MB * 2**20:
            raise ConfigError(
                f"{upload.file}: a {kinds[0]} file is sent in one piece, of at most "
                f"{LARGEST_PAYLOAD_MB} MB; write the cases as .csv or .jsonl, or split the file"
            )
    return Cases(at, FORMATS[kinds[0]], by_line, tuple(uploads))


def needs_model(given: Given) -> bool:
    """Whether tables lie here, whose columns must be put in the model's order."""
    return not given.what.startswith("s3://") and bool(table_files(Path(given.what)))


def brought_here(aws: Aws, given: Given, scratch: Path) -> Given:
    """Parquet in S3 of which columns are kept, as tables here, in ``scratch``.

    A model is sent its own columns alone, so that others have to be taken off, and put back, here.
    """
    place, suffix = Place.parse(given.what, "the cases"), ".parquet"
    lone = Path(place.prefix).suffix.lower() == suffix
    keys = [place.prefix] if lone else [key for key in aws.keys(place) if key.endswith(suffix)]
    if not keys:
        raise AwsError(f"{place} holds no objects that end in {suffix}")
    folder = scratch / "brought"
    folder.mkdir()
    for number, key in enumerate(sorted(keys)):
        aws.download(Place(place.bucket, key), folder / f"{number:05}{suffix}")
    return Given(str(folder), given.keep)


def is_brought(given: Given) -> bool:
    """Whether ``brought_here`` has something to do."""
    kinds = (given.suffix, Path(given.what).suffix.lower())
    return given.what.startswith("s3://") and bool(given.keep) and ".parquet" in kinds


def _in_s3(given: Given) -> Cases:
    place = Place.parse(given.what, "the cases")
    suffix = given.suffix or Path(place.prefix).suffix.lower()
    if suffix not in FORMATS:
        raise ConfigError(
            f"{given.what}: of what kind are its objects? Give --format, one of "
            f"{', '.join(name.removeprefix('.') for name in FORMATS)}"
        )
    content_type = FORMATS[suffix]
    if given.keep:
        raise ConfigError(
            "--keep and --truth are for tables here and for Parquet in S3; --join puts lines in S3 and "
            "their answers together"
        )
    by_line = content_type == JSON_LINES or (content_type == CSV and given.header is False)
    if content_type == CSV and given.header is not None:
        content_type = f"{CSV}; header={'present' if given.header else 'absent'}"
    if given.join and not by_line:
        raise ConfigError(
            "--join puts line beside line: it goes with .jsonl, and with .csv that has --no-header"
        )
    return Cases(place, content_type, by_line, join=given.join)


def transform_requests(source: Source, launch: Launch, name: str, cases: Cases) -> Requests:
    """Model and batch transform, both called ``name``.

    Answers to a few lines end in a line break themselves: putting them together by line would
    leave blank lines. Joined to the cases, SageMaker puts line beside line.
    """
    joining: dict[str, Any] = {}
    if cases.join:
        joining = {"DataProcessing": {"JoinSource": "Input"}}
    transform = {
        "TransformJobName": name,
        "ModelName": name,
        "MaxPayloadInMB": LINES_MB if cases.by_line else LARGEST_PAYLOAD_MB,
        **({} if cases.by_line else {"MaxConcurrentTransforms": 1}),
        "BatchStrategy": "MultiRecord" if cases.by_line else "SingleRecord",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": cases.uri}},
            "ContentType": cases.content_type,
            "SplitType": "Line" if cases.by_line else "None",
        },
        "TransformOutput": {
            "S3OutputPath": str(launch.place / name / "output"),
            "Accept": cases.accept,
            "AssembleWith": "Line" if cases.join else "None",
            **launch.encrypted,
        },
        **joining,
        "TransformResources": {
            "InstanceType": launch.instance_type,
            "InstanceCount": launch.instance_count,
            **launch.volume_encrypted,
        },
        "Tags": launch.tags_with(model=str(source.model), image=source.image.said),
    }
    calls = (
        create_model(source, launch, name),
        Call("sagemaker", "CreateTransformJob", transform),
    )
    return Requests((name,), (*source.uploads, *cases.uploads), calls)


def fetch_answers(
    aws: Aws, job: dict[str, Any], cases: Cases, model: Artifact | None, out: Path
) -> Path:
    """Download what a batch transform wrote.

    Of tables here: one table, as ``fw predict`` prints it. Of one object: its file. Of several: a
    folder, each under its name with ``.out`` behind it.
    """
    place = Place.parse(job["TransformOutput"]["S3OutputPath"], "the output")
    if cases.parts is not None and model is not None:
        texts = []
        for file in cases.parts.files:
            answer = file.with_name(f"{file.name}.out")
            aws.download(place / answer.name, answer)
            texts.append(answer.read_text(encoding="utf-8"))
        write_text(out, joined(cases.parts, texts, model))
        return out
    names = [key.removeprefix(place.prefix).strip("/") for key in aws.keys(place)]
    if not names:
        raise AwsError(f"{place} holds no answers; see the log of {job['TransformJobName']}")
    if len(names) == 1:
        aws.download(place / names[0], out)
        return out
    out.mkdir()
    for name in names:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        aws.download(place / name, out / name)
    return out
