"""The window that is there already."""

from app.domain.errors.base import AppError


class WindowSilent(AppError):
    """It belongs to the same data folder and does not answer."""

    sentence = (
        "Cierzo is open already, but its window does not answer. Wait a moment and try again, or "
        "end it first."
    )
