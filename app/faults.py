"""Faults of bundles: each with its place, what is wrong there, and how to mend it."""


class BundleError(Exception):
    """A bundle that is not loaded: every fault at once, each with its place."""

    def __init__(self, faults: "list[Fault]") -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class NotJson(BundleError):
    """A bundle that is no JSON at all."""


class InUse(BundleError):
    """A bundle that would take away what others refer to; the faults name them."""


class Fault:
    """One thing wrong in a bundle: where (file, line, JSON pointer), what, and how to mend it."""

    __slots__ = ("file", "line", "mend", "message", "pointer")

    def __init__(self, pointer: str, message: str, mend: str = "", file: str = "", line: int | None = None) -> None:
        self.pointer, self.message, self.mend, self.file, self.line = pointer, message, mend, file, line

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part)
        return f"{place or 'bundle'}: {self.pointer or '/'}: {self.message}" + (f" ({self.mend})" if self.mend else "")
