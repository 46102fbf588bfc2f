"""Jobs: training, tuning, transforms, monitors; pipelines of them, and the registry of models."""
