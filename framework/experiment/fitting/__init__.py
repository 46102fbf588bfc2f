"""From recipes to trained models, and what of the plugins they use."""
