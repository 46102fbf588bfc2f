"""Requests to AWS as values: printed by ``--dry-run``, sent otherwise. Imports boto3 when used."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from framework.sagemaker.aws.aws_errors import one_sentence
from framework.sagemaker.errors import AwsError

UPLOADS_AT_ONCE = 16


@dataclass(frozen=True)
class Call:
    """One request: a service, one of its operations, and the operation's parameters."""

    service: str
    operation: str
    parameters: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {
            "service": self.service,
            "operation": self.operation,
            "parameters": dict(self.parameters),
        }


@dataclass(frozen=True)
class Upload:
    """A file that goes to S3."""

    file: Path
    bucket: str
    key: str
    kms_key: str | None = None

    @property
    def encryption(self) -> dict[str, str]:
        if self.kms_key is None:
            return {}
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key}

    def to_json(self) -> dict[str, Any]:
        parameters = {"Bucket": self.bucket, "Key": self.key, "Body": str(self.file)}
        return Call("s3", "PutObject", {**parameters, **self.encryption}).to_json()


@dataclass(frozen=True)
class Place:
    """A bucket and a prefix without slashes at its ends."""

    bucket: str
    prefix: str = ""

    @classmethod
    def parse(cls, uri: str, option: str) -> Place:
        scheme, _, rest = uri.partition("://")
        bucket, _, prefix = rest.partition("/")
        if scheme != "s3" or not bucket:
            raise AwsError(f"{option}: expected s3://BUCKET/PREFIX, received {uri!r}")
        return cls(bucket, prefix.strip("/"))

    def __truediv__(self, name: str) -> Place:
        return Place(self.bucket, f"{self.prefix}/{name}".strip("/"))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


@dataclass(frozen=True)
class Aws:
    """An account and a region, as the AWS command line finds them (profile, environment, files)."""

    region_name: str | None = None
    profile: str | None = None
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def session(self) -> Any:
        try:
            import boto3
        except ModuleNotFoundError:
            raise AwsError(
                "fw sagemaker needs boto3; install it with: "
                "pip install 'cost-matrix-framework[sagemaker]'"
            ) from None
        # Which AWS's other libraries know, and boto3 does not.
        region = self.region_name or os.environ.get("AWS_REGION")
        with one_sentence():
            return boto3.Session(region_name=region, profile_name=self.profile)

    @property
    def region(self) -> str:
        """The region; AwsError where none is configured."""
        name = self.session.region_name
        if not name:
            raise AwsError("no AWS region: give --region (for example eu-west-1), or AWS_REGION")
        return str(name)

    @cached_property
    def account(self) -> str:
        """The account's number, asked of AWS."""
        return str(self.send(Call("sts", "GetCallerIdentity", {}))["Account"])

    def client(self, service: str) -> Any:
        if service not in self._clients:
            with one_sentence():
                self._clients[service] = self.session.client(service, region_name=self.region)
        return self._clients[service]

    def send(self, call: Call, subject: str = "") -> Any:
        """The answer to ``call``; AwsError for whatever AWS, or the way to it, has against it.

        ``subject`` is what the call is about, where AWS's own words may not say it.
        """
        from botocore import xform_name

        with one_sentence(f"{call.service}:{call.operation}", subject):
            return getattr(self.client(call.service), xform_name(call.operation))(**call.parameters)

    def upload(self, uploads: Sequence[Upload]) -> None:
        """Send files to S3, many at once."""
        client = self.client("s3")

        def send(upload: Upload) -> None:
            with one_sentence("s3:PutObject", upload.bucket):
                client.upload_file(
                    str(upload.file), upload.bucket, upload.key, ExtraArgs=upload.encryption
                )

        with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            list(pool.map(send, uploads))

    def keys(self, place: Place) -> list[str]:
        """The keys of all objects below ``place``."""
        found: list[str] = []
        question = {"Bucket": place.bucket, "Prefix": f"{place.prefix}/"}
        while True:
            answer = self.send(Call("s3", "ListObjectsV2", question), place.bucket)
            found += [item["Key"] for item in answer.get("Contents", ())]
            if not answer.get("IsTruncated"):
                return found
            question["ContinuationToken"] = answer["NextContinuationToken"]

    def download(self, place: Place, file: Path) -> None:
        """Receive an object of S3 as a file."""
        client = self.client("s3")
        with one_sentence("s3:GetObject", str(place)):
            client.download_file(place.bucket, place.prefix, str(file))
