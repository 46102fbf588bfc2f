"""As many instances as an endpoint's traffic needs: Application Auto Scaling."""

from __future__ import annotations

from framework.sagemaker.aws import Call
from framework.sagemaker.endpoint import VARIANT

POLICY = "fw-invocations"
_SERVICE = "application-autoscaling"
_OF = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def scaling_requests(endpoint: str, fewest: int, most: int, invocations: float) -> list[Call]:
    """Between ``fewest`` and ``most`` instances, so that each has ``invocations`` a minute."""
    of = {**_OF, "ResourceId": _resource(endpoint)}
    metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    target = {"TargetValue": invocations, "PredefinedMetricSpecification": metric}
    return [
        Call(
            _SERVICE, "RegisterScalableTarget", {**of, "MinCapacity": fewest, "MaxCapacity": most}
        ),
        Call(
            _SERVICE,
            "PutScalingPolicy",
            {
                **of,
                "PolicyName": POLICY,
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": target,
            },
        ),
    ]


def unscaling_requests(endpoint: str) -> list[Call]:
    """What leaves it as many instances as it has."""
    of = {**_OF, "ResourceId": _resource(endpoint)}
    return [Call(_SERVICE, "DeregisterScalableTarget", of)]


def _resource(endpoint: str) -> str:
    return f"endpoint/{endpoint}/variant/{VARIANT}"
