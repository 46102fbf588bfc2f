"""The SageMaker SDK's own local batch code against a server here; the job, as JSON, is the argument.

A program of its own: the SDK takes seconds to import, and warns of much. What it does with a
container is left out, since the server runs already. A payload holds as many lines as fit in
``payload`` bytes, so that few cases are several requests.
"""

import json
import sys
from types import SimpleNamespace

from sagemaker.core.local import data
from sagemaker.core.local.entities import _LocalTransformJob
from sagemaker.core.local.local_session import LocalSagemakerRuntimeClient


def main(job):
    by_line = job["request"]["TransformInput"]["SplitType"] == "Line"
    data._payload_size_within_limit = lambda text, _: not by_line or len(text) <= job["payload"]
    session = SimpleNamespace(
        config=None,
        sagemaker_runtime_client=LocalSagemakerRuntimeClient(
            {"local": {"serving_port": job["port"]}}
        ),
    )
    transform = object.__new__(_LocalTransformJob)
    transform.name, transform.local_session = "local", session
    transform.container = SimpleNamespace(stop_serving=lambda: None)
    asked = job["request"]
    source = {"DataSource": {"S3DataSource": {"S3Uri": f"file://{job['cases']}"}}}
    transform._perform_batch_inference(
        {**asked["TransformInput"], **source},
        {**asked["TransformOutput"], "S3OutputPath": f"file://{job['out']}"},
        BatchStrategy=asked["BatchStrategy"],
        MaxPayloadInMB=asked["MaxPayloadInMB"],
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
