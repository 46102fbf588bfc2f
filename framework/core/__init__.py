"""The engine: matrices, losses, training, decisions, dollars. Knows no plugin, no CLI, no AWS."""
