"""What AWS refuses, or what failed there."""

from framework.core.errors import FrameworkError


class AwsError(FrameworkError):
    """AWS refused a request, or a job there failed."""
