"""The mathematics and the errors: cost matrices, losses, decisions, dollars, intervals."""
