"""How datasets, models, losses and decision rules come in: hooks, specs, the registry."""
