"""Amazon SageMaker: jobs and endpoints, and what a job is told."""
