"""The window that is there already."""

from app.domain.errors.base import AppError


class WindowSilent(AppError):
    """It belongs to the same data folder and does not answer."""

    sentence = (
        "Cierzo is open already, but its window does not answer. Wait a moment and try again, or "
        "end it first."
    )


class OtherVersionStarted(AppError):
    """Of two versions the one that is open has the data folder."""

    sentence = (
        "Cierzo {version} was started, but this window is still version {running}. End it with "
        "Ctrl+Q and start again to use the other one."
    )


class HotKeyError(AppError):
    """The key for quick questions."""


class HotKeyTaken(HotKeyError):
    """Another program has it."""

    sentence = "Another program uses {keys} already. Choose other keys for quick questions."


class HotKeyUnsupported(HotKeyError):
    """The system gives none to programs."""

    sentence = (
        "This system lets no program react to {keys} everywhere. Give them to the command "
        "`cierzo --quick` in its keyboard settings, or use the icon in the tray."
    )


class HotKeyUnusable(HotKeyError):
    """It is no combination that can be had."""

    sentence = (
        "“{keys}” cannot be used everywhere. Take one letter, digit or Space with Ctrl, Alt or the "
        "Windows key, or a function key."
    )
