"""Images in ECR, by what they hold: a tag may mean another one tomorrow, a digest may not."""

from __future__ import annotations

from dataclasses import dataclass

from framework.core.errors import ConfigError
from framework.sagemaker.aws.aws_errors import code_of
from framework.sagemaker.aws.calls import Aws, Call
from framework.sagemaker.errors import AwsError

REPOSITORY = "cost-matrix-framework"
# What is said where nothing else is; it moves with every push.
MOVING_TAG = "latest"


@dataclass(frozen=True)
class Image:
    """``address`` is what jobs and models name; ``said`` has the tag as well as the digest."""

    address: str
    said: str


def registry_of(account: str, region: str) -> str:
    """The host of an account's image registry."""
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"{account}.dkr.ecr.{region}.{suffix}"


def unpinned(address: str) -> Image:
    """``address`` as it was given, where nobody may be asked."""
    return Image(address, address)


def pinned(aws: Aws, address: str) -> Image:
    """The image that ``address`` means now, by its digest.

    Raises
    ------
    ConfigError
        When it is not in ECR, where alone SageMaker takes images from.
    AwsError
        When it is not there (SageMaker would find out minutes later, and say less), or when it
        cannot be looked up and has no tag that stays.
    """
    host, _, rest = address.partition("/")
    if ".dkr.ecr." not in host:
        raise ConfigError(
            f"--image {address}: SageMaker takes images from ECR only "
            "(ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG); run: fw sagemaker push"
        )
    name, _, version = rest.partition("@") if "@" in rest else rest.partition(":")
    name = name.partition(":")[0]
    which = {"imageDigest": version} if "@" in rest else {"imageTag": version or MOVING_TAG}
    question = {
        "registryId": host.partition(".")[0],
        "repositoryName": name,
        "imageIds": [which],
    }
    try:
        answer = aws.send(Call("ecr", "DescribeImages", question))
    except AwsError as error:
        if code_of(error) in ("RepositoryNotFoundException", "ImageNotFoundException"):
            raise AwsError(
                f"the image {address} is not in ECR; run: fw sagemaker build, then fw sagemaker push"
            ) from error
        if code_of(error) != "AccessDeniedException" or which.get("imageTag") == MOVING_TAG:
            raise
        return unpinned(address)
    found = answer["imageDetails"][0]
    tags = sorted(set(found.get("imageTags", ())) - {MOVING_TAG})
    tag = f":{tags[-1]}" if tags else ""
    digest = found["imageDigest"]
    return Image(f"{host}/{name}@{digest}", f"{host}/{name}{tag}@{digest}")
