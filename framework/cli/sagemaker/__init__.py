"""fw sagemaker: jobs and endpoints, from a terminal."""
