"""Errors in the person's language, one sentence each."""

from PySide6.QtCore import QCoreApplication

from app.domain.errors import AppError


def error_text(error: Exception) -> str:
    """Say what happened and what to do; a defect of ours is called one, without its details."""
    if isinstance(error, AppError):
        return error.fill(QCoreApplication.translate("errors", error.sentence))
    return QCoreApplication.translate(
        "errors",
        "Something went wrong inside Cierzo. Copy the report if you want to tell us.",
    )
