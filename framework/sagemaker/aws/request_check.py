"""What AWS would refuse a request for, found before anything is sent.

botocore checks names and types of parameters alone, and leaves lengths, patterns and choices, which
its description of the service has, for the service to refuse: after the upload.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from framework.sagemaker.aws.calls import Call
from framework.sagemaker.errors import AwsError


def check(calls: Iterable[Call]) -> None:
    """AwsError for the first parameter that its service would not take: which, and what it takes."""
    for call in calls:
        shape = _service(call.service).operation_model(call.operation).input_shape
        report = _validator().validate(dict(call.parameters), shape)
        if report.has_errors():
            reason = report.generate_report().splitlines()[0]
            raise AwsError(f"{call.service}:{call.operation}: {reason}")
        _check(call.parameters, shape, call.operation)


@cache
def _service(name: str) -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model(name)


@cache
def _validator() -> Any:
    from botocore.validate import ParamValidator

    return ParamValidator()


def _check(value: Any, shape: Any, where: str) -> None:
    if shape.type_name == "structure":
        for name, inner in value.items():
            _check(inner, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "list":
        _check_range(len(value), shape, f"{where}: its length")
        for inner in value:
            _check(inner, shape.member, where)
    elif shape.type_name == "map":
        for key, inner in value.items():
            _check(key, shape.key, f"{where}, a key")
            _check(inner, shape.value, f"{where}.{key}")
    elif shape.type_name == "string":
        _check_text(value, shape, where)
    elif shape.type_name in ("integer", "long", "float", "double"):
        _check_range(value, shape, where)


def _check_range(value: float, shape: Any, where: str) -> None:
    lowest, highest = shape.metadata.get("min", value), shape.metadata.get("max", value)
    if not lowest <= value <= highest:
        raise AwsError(f"{where}: AWS takes {lowest} to {highest}, received {value}")


def _check_text(value: str, shape: Any, where: str) -> None:
    known = shape.metadata.get("enum")
    if known and value not in known:
        family = value.rpartition(".")[0]
        alike = [one for one in known if family and one.startswith(f"{family}.")] or known
        shown = ", ".join(alike[:12]) + (", ..." if len(alike) > 12 else "")
        raise AwsError(
            f"{where}: AWS does not know {value!r}; expected {shown} (what is newer than the "
            "installed botocore: pip install --upgrade boto3)"
        )
    _check_range(len(value), shape, f"{where}: its length")
    pattern = shape.metadata.get("pattern", "")
    of_java = re.search(r"\\[pu]", pattern)  # which Python's expressions do not know
    if pattern and not of_java and not re.fullmatch(pattern, value):
        raise AwsError(f"{where}: AWS takes {pattern}, received {value!r}")
