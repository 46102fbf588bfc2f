"""Amazon SageMaker: what a training job is told, and launching one."""
