"""A trained model that is to serve: where it is, which image serves it, and SageMaker's name for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framework.core.errors import ConfigError
from framework.sagemaker.aws.calls import Aws, Call, Place, Upload
from framework.sagemaker.aws.ecr import Image
from framework.sagemaker.aws.waiting import TRAINING, ended_badly
from framework.sagemaker.errors import AwsError
from framework.sagemaker.launching.fetching import model_data, pack, unpack
from framework.sagemaker.launching.inputs import addressed
from framework.sagemaker.launching.instances import check_instance
from framework.sagemaker.launching.launch import Launch

if TYPE_CHECKING:
    from framework.inference.artifact import Artifact


@dataclass(frozen=True)
class Source:
    """A model in S3, the image that serves it, what must be uploaded first; the folder if it is here."""

    model: Place
    image: Image
    uploads: tuple[Upload, ...] = ()
    folder: Path | None = None

    def artifact(self, aws: Aws, scratch: Path) -> Artifact:
        """What the model takes and tells apart; of a job's model, downloaded to ``scratch``."""
        from framework.inference.artifact import read_values

        if self.folder is not None:
            return read_values(self.folder)
        unpack(aws, self.model, scratch / "model")
        return read_values(scratch / "model")


def source(what: str, model: str | None, launch: Launch, scratch: Path) -> Source:
    """The model that ``what`` means: a run or model folder here, else the name of a training job.

    ``scratch`` is a folder for the packed model.
    """
    check_instance(launch.instance_type, launch.image_given)
    if Path(what).is_dir():
        from framework.inference.folders import find_model

        folder = find_model(Path(what), model)
        archive = pack(folder, scratch / "model.tar.gz")
        files = [(archive, archive.name)]
        place, uploads = addressed("model", files, launch.place, launch.kms_key)
        return Source(place / archive.name, launch.image, tuple(uploads), folder)
    if model is not None:
        raise ConfigError("--model chooses among the models of a run folder; a job leaves just one")
    if launch.dry_run:  # where fw sagemaker run has put it; nobody is asked
        return Source(launch.place / what / "output" / "model.tar.gz", launch.image)
    job = TRAINING.describe(launch.aws, what)
    reason = ended_badly(TRAINING, what, job)
    if reason is not None:
        raise AwsError(reason)
    trained_by = str(job["AlgorithmSpecification"]["TrainingImage"])
    return Source(model_data(job), launch.pinned(launch.image_given or trained_by))


def create_model(source: Source, launch: Launch, name: str) -> Call:
    return Call(
        "sagemaker",
        "CreateModel",
        {
            "ModelName": name,
            "PrimaryContainer": {
                "Image": source.image.address,
                "ModelDataUrl": str(source.model),
            },
            "ExecutionRoleArn": launch.role,
            **launch.vpc,
            **launch.isolation,
            "Tags": launch.tags_with(model=str(source.model), image=source.image.said),
        },
    )
