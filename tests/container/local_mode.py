"""Trains through the SageMaker SDK's local mode; the job, as JSON, is the only argument.

A program of its own: the SDK takes seconds to import, and warns of much.
"""

import json
import os
import sys

from moto.server import ThreadedMotoServer


def main(job):
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    os.environ |= {
        "AWS_ENDPOINT_URL": "http://{}:{}".format(*server.get_host_and_port()),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    from sagemaker.train.configs import Compute, InputData
    from sagemaker.train.model_trainer import Mode, ModelTrainer

    trainer = ModelTrainer(
        training_mode=Mode.LOCAL_CONTAINER,
        training_image=job["image"],
        role="arn:aws:iam::123456789012:role/fw",
        compute=Compute(instance_type="local_cpu", instance_count=job["hosts"]),
        hyperparameters=job["hyperparameters"],
        local_container_root=job["root"],
    )
    channels = [
        InputData(channel_name=name, data_source=folder) for name, folder in job["channels"].items()
    ]
    trainer.train(input_data_config=channels, wait=True)
    server.stop()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
