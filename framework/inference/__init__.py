"""A trained model: saved, loaded, deciding."""
