"""Refusing: a value that a parameter does not take."""


class Refused(ValueError):
    """A value that a parameter does not take; `nearest` is one that it does."""

    def __init__(self, message: str, nearest: str | None = None) -> None:
        super().__init__(message)
        self.nearest = nearest
