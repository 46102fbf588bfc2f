"""What a job or endpoint is told and takes along: where, as whom, image, plugins, model, files."""
