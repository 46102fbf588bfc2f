"""Whether a plugin keeps its side: small named checks of a dataset, model, loss or decision rule."""
