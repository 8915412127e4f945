"""Errors in the person's language, one sentence each."""

from PySide6.QtCore import QCoreApplication

from app.domain.errors import AppError
from app.ui.quantities import format_bytes, format_count


def error_text(error: Exception) -> str:
    """Say what happened and what to do; a defect of ours is called one, without its details."""
    if isinstance(error, AppError):
        words = QCoreApplication.translate("errors", error.sentence)
        return words.format(**{name: _said(name, fact) for name, fact in error.facts.items()})
    return QCoreApplication.translate(
        "errors",
        "Something went wrong inside Cierzo. Copy the report if you want to tell us.",
    )


# What we or the system say; all others are the person's own names and paths.
_WORDS = frozenset({"reason", "activity"})


def _said(name: str, fact: int | str) -> str:
    if isinstance(fact, int):
        return format_bytes(fact) if name.endswith("_bytes") else format_count(fact)
    return QCoreApplication.translate("errors", fact) if name in _WORDS and fact else fact
