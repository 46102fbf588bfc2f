"""Plugins that are bad on purpose: what is wrong with each is told by the name of what it offers."""
