"""A SageMaker Pipeline: preparation, a job per matrix, a gate in dollars, registration, an endpoint.

The steps are the SDK's own objects; what each asks of SageMaker is what the commands ask.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from framework.sagemaker.aws.calls import Call
from framework.sagemaker.aws.sending import Requests
from framework.sagemaker.errors import AwsError
from framework.sagemaker.jobs.metric_lines import SAVED_AT_LEAST
from framework.sagemaker.jobs.package import Package, package_request
from framework.sagemaker.jobs.prepare import PREPARED, Preparation, data_of, with_data
from framework.sagemaker.launching.launch import VARIANT, Launch

# What the gate asks, unless an execution says otherwise: that the saving be no loss.
GATE = "LeastSavingPerCase"


@dataclass(frozen=True)
class Ends:
    """What follows the gate: registration, and an endpoint of that name (None: none)."""

    package: Package
    least_saving: float = 0.0
    endpoint: str | None = None
    serving_instance: str = "ml.m5.large"


def pipeline(
    name: str, jobs: Requests, launch: Launch, ends: Ends, prepare: Preparation | None = None
) -> Any:
    """The SDK's Pipeline of ``jobs``, those of ``fw sagemaker run``.

    Each job's gate is the lower end of the 95% interval of what its served model saves over the
    strongest rival, in dollars a case: at least the parameter GATE, or the execution fails with a
    sentence. What passes is registered, and served where ``ends`` names an endpoint. With ``prepare``, its
    script comes first, and all jobs train on what it has written.

    Raises
    ------
    AwsError
        When the SDK is not installed, or several jobs would be served at one endpoint.
    ConfigError
        When there is nothing to prepare.
    """
    sdk = _sdk()
    if ends.endpoint is not None and len(jobs.calls) > 1:
        raise AwsError(
            f"--deploy {ends.endpoint}: {len(jobs.calls)} jobs would be served there; give one "
            "--cost-matrix, or deploy what was registered"
        )
    least = sdk.ParameterFloat(name=GATE, default_value=ends.least_saving)
    steps: list[Any] = []
    prepared = None
    if prepare is not None:
        # Each execution has a place of its own.
        parts = [str(launch.place), name, sdk.ExecutionVariables.PIPELINE_EXECUTION_ID, "prepared"]
        output = sdk.Join(on="/", values=parts)
        data = data_of(jobs.calls[0].parameters)
        steps.append(_step(f"prepare-{name}", "Processing", prepare.request(launch, data, output)))
        outputs = steps[0].properties.ProcessingOutputConfig.Outputs
        prepared = outputs[PREPARED].S3Output.S3Uri
    for call, job in zip(jobs.calls, jobs.names, strict=True):
        asked = _unnamed(call)
        if prepared is not None:
            asked = with_data(asked, prepared)
        train = _step(f"train-{job}", "Training", asked)
        saved = train.properties.FinalMetricDataList[SAVED_AT_LEAST].Value
        sentence = (
            f"{job}: what its model saves a case over the strongest rival may be less than {GATE} "
            f"(the lower end of the 95% interval, {SAVED_AT_LEAST} in its log)"
        )
        refused = sdk.FailStep(name=f"refuse-{job}", error_message=sentence)
        gate = sdk.ConditionStep(
            name=f"gate-{job}",
            conditions=[sdk.AtLeast(left=saved, right=least)],
            if_steps=_after_gate(job, train, launch, ends),
            else_steps=[refused],
        )
        steps += [train, gate]
    session = sdk.PipelineSession(
        boto_session=launch.aws.session, default_bucket=launch.place.bucket
    )
    return sdk.Pipeline(name=name, parameters=[least], steps=steps, sagemaker_session=session)


def pipeline_requests(
    name: str, jobs: Requests, launch: Launch, ends: Ends, prepare: Preparation | None = None
) -> Requests:
    """The uploads of ``jobs`` and of ``prepare``, and CreatePipeline."""
    definition = pipeline(name, jobs, launch, ends, prepare).definition()
    uploads = jobs.uploads if prepare is None else (*jobs.uploads, *prepare.uploads)
    parameters = {
        "PipelineName": name,
        "PipelineDefinition": json.dumps(json.loads(definition)),
        "ClientRequestToken": f"{name}-{'fw' * 16}"[:40],
        "RoleArn": launch.role,
        "Tags": launch.tags_with(pipeline=name),
    }
    return Requests((name,), uploads, (Call("sagemaker", "CreatePipeline", parameters),))


def _after_gate(job: str, train: Any, launch: Launch, ends: Ends) -> list[Any]:
    """Registration of what ``train`` has left, and its endpoint if there is to be one."""
    container = {
        "Image": launch.image.address,
        "ModelDataUrl": train.properties.ModelArtifacts.S3ModelArtifacts,
    }
    steps = [
        _step(f"register-{job}", "RegisterModel", package_request(container, ends.package, {}))
    ]
    if ends.endpoint is None:
        return steps
    model = _step(
        f"model-{job}",
        "Model",
        {
            "PrimaryContainer": container,
            "ExecutionRoleArn": launch.role,
            **launch.vpc,
            **launch.isolation,
        },
    )
    variant = {
        "VariantName": VARIANT,
        "ModelName": model.properties.ModelName,
        "InstanceType": ends.serving_instance,
        "InitialInstanceCount": 1,
    }
    configuration = _step(
        f"configure-{job}", "EndpointConfig", {"ProductionVariants": [variant], **launch.encrypted}
    )
    endpoint = _step(
        f"deploy-{job}",
        "Endpoint",
        {
            "EndpointName": ends.endpoint,
            "EndpointConfigName": configuration.properties.EndpointConfigName,
        },
    )
    return [*steps, model, configuration, endpoint]


def _sdk() -> SimpleNamespace:
    """The classes of the SDK that are used; its own modules warn of each other's names."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
            from sagemaker.core.workflow.execution_variables import ExecutionVariables
            from sagemaker.core.workflow.functions import Join
            from sagemaker.core.workflow.parameters import ParameterFloat
            from sagemaker.core.workflow.pipeline_context import PipelineSession
            from sagemaker.mlops.workflow.condition_step import ConditionStep
            from sagemaker.mlops.workflow.fail_step import FailStep
            from sagemaker.mlops.workflow.pipeline import Pipeline
    except ModuleNotFoundError:
        raise AwsError(
            "pipelines need the SageMaker SDK; install it with: "
            "pip install 'cost-matrix-framework[sagemaker]'"
        ) from None
    return SimpleNamespace(
        AtLeast=ConditionGreaterThanOrEqualTo,
        ExecutionVariables=ExecutionVariables,
        Join=Join,
        ParameterFloat=ParameterFloat,
        PipelineSession=PipelineSession,
        ConditionStep=ConditionStep,
        FailStep=FailStep,
        Pipeline=Pipeline,
    )


# What a step's answer looks like: the shape of botocore whose members others may refer to.
_SHAPES = {
    "Processing": "DescribeProcessingJobResponse",
    "Training": "DescribeTrainingJobResponse",
    "RegisterModel": "DescribeModelPackageOutput",
    "Model": "DescribeModelOutput",
    "EndpointConfig": "DescribeEndpointConfigOutput",
    "Endpoint": "DescribeEndpointOutput",
}


def _step(name: str, kind: str, arguments: Mapping[str, Any]) -> Any:
    """A step of the SDK whose request is ``arguments``."""
    from sagemaker.core.workflow.properties import Properties
    from sagemaker.mlops.workflow.steps import ConfigurableRetryStep, StepTypeEnum

    class Requested(ConfigurableRetryStep):
        """What it asks of SageMaker is known already."""

        @property
        def arguments(self) -> dict[str, Any]:
            return dict(arguments)

        @property
        def properties(self) -> Any:
            return self._answer

    step = Requested(name=name, step_type=StepTypeEnum(kind))
    step._answer = Properties(step_name=name, step=step, shape_name=_SHAPES[kind])
    return step


def _unnamed(call: Call) -> dict[str, Any]:
    """The parameters of a job without its name: a pipeline names those of each execution."""
    return {key: value for key, value in call.parameters.items() if key != "TrainingJobName"}
