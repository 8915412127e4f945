"""What every error of the environment is made of."""

import re
from typing import ClassVar

from app.domain.units import format_bytes, format_count

Fact = int | str

_BY_CODE: dict[str, type["AppError"]] = {}


class AppError(Exception):
    """An environment error: shown as one sentence that says what happened and what to do.

    Attributes:
        code: Stable name for programs, derived from the class name.
        sentence: Template; `{name_bytes}` and `{name_tokens}` are formatted by their unit.
        facts: The values for the template.
        detail: Technical context for the report, may be empty.
    """

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        _BY_CODE[cls.code] = cls

    def __init__(self, *, detail: str = "", **facts: Fact) -> None:
        self.facts = facts
        self.detail = detail
        super().__init__(self.fill(self.sentence))

    def fill(self, template: str) -> str:
        """Put the facts into a (translated) template."""
        return template.format(
            **{name: _in_words(name, value) for name, value in self.facts.items()}
        )


def _in_words(name: str, value: Fact) -> str:
    if isinstance(value, int):
        return format_bytes(value) if name.endswith("_bytes") else format_count(value)
    return value


def error_from_code(code: str, facts: dict[str, Fact], detail: str) -> Exception:
    """Rebuild an error that crossed a process boundary.

    Returns:
        The `AppError` of that code, or a `WorkerBug` where the code is unknown.

    Raises:
        ValueError: These are not the facts of its sentence.
    """
    known = _BY_CODE.get(code)
    if known is None or not known.sentence:
        return WorkerBug(detail or code)
    try:
        return known(detail=detail, **facts)
    except (LookupError, TypeError, ArithmeticError) as error:
        raise ValueError(code) from error


class WorkerBug(Exception):
    """A defect of ours inside a worker; `args[0]` is the report, without the person's words."""


class Cancelled(Exception):
    """The person stopped it."""
