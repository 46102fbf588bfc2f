"""As many instances as an endpoint's traffic needs: Application Auto Scaling."""

from __future__ import annotations

from dataclasses import dataclass

from framework.sagemaker.aws.calls import Call
from framework.sagemaker.launching.launch import VARIANT

POLICY = "fw-invocations"
_SERVICE = "application-autoscaling"


@dataclass(frozen=True)
class Scaled:
    """What of an endpoint follows the traffic: instances, or the warm places of a serverless one."""

    endpoint: str
    variant: str = VARIANT
    serverless: bool = False

    def to_json(self) -> dict[str, str]:
        what = "DesiredProvisionedConcurrency" if self.serverless else "DesiredInstanceCount"
        return {
            "ServiceNamespace": "sagemaker",
            "ScalableDimension": f"sagemaker:variant:{what}",
            "ResourceId": f"endpoint/{self.endpoint}/variant/{self.variant}",
        }


def scaling_requests(scaled: Scaled, fewest: int, most: int, target: float) -> list[Call]:
    """Between ``fewest`` and ``most``, so that each has ``target`` invocations a minute; of a serverless
    endpoint, so that this share of the warm places is in use."""
    of = scaled.to_json()
    name = "SageMakerVariantInvocationsPerInstance"
    if scaled.serverless:
        name = "SageMakerVariantProvisionedConcurrencyUtilization"
    metric = {"PredefinedMetricType": name}
    told = {"TargetValue": target, "PredefinedMetricSpecification": metric}
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
                "TargetTrackingScalingPolicyConfiguration": told,
            },
        ),
    ]


def unscaling_requests(scaled: Scaled) -> list[Call]:
    """What leaves it as it is now."""
    return [Call(_SERVICE, "DeregisterScalableTarget", scaled.to_json())]
