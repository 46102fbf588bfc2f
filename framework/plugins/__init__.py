"""How datasets, models, losses and decision rules come in: pluggy hooks, specs and the registry."""
