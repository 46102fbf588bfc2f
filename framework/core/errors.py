"""Everything the framework raises on purpose: a person's mistake, told in one sentence."""


class FrameworkError(Exception):
    """Base of all errors below; the command line prints it without a traceback and exits with 2.

    A notebook shows the sentence alone as well; the traceback stays on the exception
    (``import traceback; traceback.print_last()``).
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback, a line an entry."""
        return [f"{type(self).__name__}: {self}"]


class ConfigError(FrameworkError):
    """A setting is unknown, of the wrong type, out of range or contradicts another."""


class CostMatrixError(FrameworkError):
    """A cost matrix (file) is malformed or does not fit the labels."""


class DataError(FrameworkError):
    """A dataset is empty, inconsistent, or holds values a model cannot take."""


class EstimatorError(FrameworkError, ValueError):
    """A classifier, or what it is given, cannot be used; a ValueError, as scikit-learn expects."""


class PluginError(FrameworkError):
    """A plugin is missing, ambiguous, or does not keep its side of a hook's contract."""


class TrainingError(FrameworkError):
    """Training could not reach a usable model (for instance, the loss became NaN)."""


class ArtifactError(FrameworkError):
    """A run folder or model folder is missing, incomplete, or would be overwritten."""


class StorageError(ArtifactError):
    """The disk is full, or files are too large or too many; what was trained stays saved."""


class TrainingStoppedError(FrameworkError):
    """Training was told to stop; what it had reached is saved, and the same command goes on."""


# After these, what was begun stays for the same command to go on with.
CUT_SHORT = (TrainingStoppedError, StorageError)
