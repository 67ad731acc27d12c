"""The error of all runs."""


class RunError(ValueError):
    """A run that cannot be begun, continued or read; its text is one line.

    The text names settings as Python does: `batch=1` is a setting with its value. The command line
    replaces them by its flags.
    """
