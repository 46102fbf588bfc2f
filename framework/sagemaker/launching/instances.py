"""Which instances the framework's own image can use: it is built for x86-64, without a GPU."""

from __future__ import annotations

import re

from framework.sagemaker.errors import AwsError

FAMILIES = {
    r"(g|p)\d\w*": "a GPU, which the image's TensorFlow cannot use",
    r"(inf|trn)\d\w*": "AWS's own accelerators, which TensorFlow cannot use",
    r"[a-z]+\d+g[a-z]*": "ARM processors, and the image is built for x86-64",
}
KIND = re.compile(r"ml\.([a-z0-9-]+)\..+")


def check_instance(instance_type: str, image_given: str | None) -> None:
    """AwsError for an instance that the framework's image would waste, or not start on.

    An image that was given may be for any.
    """
    kind = KIND.fullmatch(instance_type)
    if kind is None or image_given is not None:
        return
    for family, what in FAMILIES.items():
        if re.fullmatch(family, kind[1]):
            raise AwsError(
                f"--instance-type {instance_type}: ml.{kind[1]} has {what}; choose ml.m5, ml.c5 "
                "or the like, or give an image made for it with --image"
            )
