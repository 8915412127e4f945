"""Why a header cannot be read."""

from enum import StrEnum


class Fault(StrEnum):
    """The kinds that a person is told apart."""

    NOT_GGUF = "not_gguf"
    VERSION = "version"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    MIXED = "mixed"


class HeaderError(Exception):
    """A file, or a set of them, that this package refuses.

    Attributes:
        detail: A few technical words that quote nothing from the file but numbers.
        part: Index of the file in its set.
    """

    def __init__(self, fault: Fault, detail: str, *, part: int = 0) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail
        self.part = part
