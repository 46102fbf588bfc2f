"""Whose process this is. Imports nothing, so that the command line can say it at once."""

# Set by the command ``fw``, and by nothing else: Keras may then be loaded without what no command
# uses (see ``framework.core.backend``). In a process of the user's nothing is hidden from it.
is_commands_own = False
