"""What AWS, or the way to it, has against a request: one sentence, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from framework.sagemaker.errors import AwsError

CREDENTIALS = (
    "give credentials as for the AWS command line (aws configure, or --profile, or AWS_PROFILE)"
)
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN_KEY = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId")
DENIED = ("AccessDenied", "AccessDeniedException", "403")
NO_KEY = ("NoSuchKey", "404")


@contextmanager
def one_sentence(action: str = "", subject: str = "") -> Iterator[None]:
    """Turn the errors of boto3 inside into AwsError.

    ``action`` is what was asked for, as IAM names it (``sagemaker:CreateTrainingJob``);
    ``subject`` what it was about.
    """
    from boto3.exceptions import S3UploadFailedError
    from botocore import exceptions as aws

    try:
        yield
    except (
        aws.NoCredentialsError,
        aws.PartialCredentialsError,
        aws.CredentialRetrievalError,
    ) as error:
        raise AwsError(f"no usable AWS credentials ({error}); {CREDENTIALS}") from error
    except (aws.SSOError, aws.TokenRetrievalError) as error:
        raise AwsError(f"the AWS sign-in has ended ({error}); run: aws sso login") from error
    except aws.ProfileNotFound as error:
        raise AwsError(f"{error}; see: aws configure list-profiles") from error
    except aws.ParamValidationError as error:
        raise AwsError(f"{action}: {_first_line(error.kwargs['report'])}") from error
    except (aws.EndpointConnectionError, aws.ConnectTimeoutError, aws.InvalidRegionError) as error:
        raise AwsError(f"AWS cannot be reached ({error}); check the region and the network") from (
            error
        )
    except S3UploadFailedError as error:
        cause = error.__context__
        if not isinstance(cause, aws.ClientError):
            raise AwsError(f"{action}: {error}") from error
        raise AwsError(_sentence(cause, action, subject)) from error
    except aws.ClientError as error:
        raise AwsError(_sentence(error, action, subject)) from error
    except aws.BotoCoreError as error:
        raise AwsError(f"{action or 'AWS'}: {error}") from error


def code_of(error: AwsError) -> str:
    """AWS's own code for what went wrong; "" where it was not AWS that refused."""
    answer = getattr(error.__cause__, "response", {})
    return str(answer.get("Error", {}).get("Code", ""))


def is_missing(error: AwsError) -> bool:
    """Whether AWS refused because what the request is about does not exist."""
    answer = getattr(error.__cause__, "response", {})
    return code_of(error) == "ResourceNotFound" or _says_missing(
        str(answer.get("Error", {}).get("Message", ""))
    )


def _sentence(error: Any, action: str, subject: str) -> str:
    code = str(error.response["Error"].get("Code", ""))
    message = _first_line(str(error.response["Error"].get("Message", "")))
    about = f" {subject}" if subject else ""
    if code in EXPIRED:
        return f"the AWS credentials have expired; sign in again (aws sso login), or {CREDENTIALS}"
    if code in UNKNOWN_KEY:
        return f"AWS does not know these credentials; {CREDENTIALS}"
    if "assume" in message.lower() and "role" in message.lower():
        return (
            f"SageMaker cannot use the role: {message} The role must exist and trust "
            "sagemaker.amazonaws.com (docs/sagemaker.md, The role); name it with --role"
        )
    if code in DENIED:
        return f"not allowed: {action}{about} ({message}); the IAM policy needs {action}"
    if code in ("ResourceLimitExceeded", "LimitExceededException"):
        return (
            f"beyond the account's quota: {message} Choose another --instance-type, or ask for "
            "more under Service Quotas, Amazon SageMaker"
        )
    if code == "NoSuchBucket" or (code == "404" and action == "s3:PutObject"):
        return f"the bucket{about} does not exist; create it (aws s3 mb), or name one with --s3"
    if code in NO_KEY:
        return f"{subject} does not exist in S3: the job may have failed, or wrote elsewhere"
    if subject and _says_missing(message):
        return f"{subject} does not exist in this account and region ({message})"
    if code in ("ResourceInUse", "ResourceInUseException") or "already exist" in message:
        return f"the name is taken: {message}; give another with --name"
    if code in ("ThrottlingException", "Throttling"):
        return f"AWS is asked too often just now ({action}); try again in a minute"
    return f"{action}{about}: {message or code} ({code})"


def _says_missing(message: str) -> bool:
    return any(words in message.lower() for words in ("could not find", "not found"))


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0].strip()
