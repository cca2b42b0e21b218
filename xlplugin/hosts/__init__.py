"""The programs whose cells can call our functions: one file or folder for each."""

__all__ = ["HostError"]


class HostError(RuntimeError):
    """A host is missing or refuses; the message says what and the one thing that mends it."""
