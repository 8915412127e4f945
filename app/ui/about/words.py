"""How a copy of the program and its folders are said in plain words."""

from PySide6.QtCore import QCoreApplication

from app.domain.distribution import Kind
from app.ui.about.source import Kept


def _tr(text: str) -> str:
    return QCoreApplication.translate("about", text)


def kind_words(kind: Kind) -> str:
    """Say what installed it."""
    return {
        Kind.CHECKOUT: _tr("Runs from its source or as a Python package."),
        Kind.DEB: _tr("Installed as a Debian package."),
        Kind.RPM: _tr("Installed as an RPM package."),
        Kind.ARCHIVE: _tr("Unpacked from an archive."),
        Kind.APPIMAGE: _tr("Runs as an AppImage."),
        Kind.WINDOWS: _tr("Installed for you alone by the Windows installer."),
        Kind.MACOS: _tr("Installed as a Mac app."),
    }[kind]


def kept_words(kept: Kept) -> str:
    """Say what lies in a folder."""
    return {
        Kept.CHATS: _tr("Chats"),
        Kept.MODELS: _tr("Models"),
        Kept.SETTINGS: _tr("Settings"),
        Kept.LOGS: _tr("Logs"),
        Kept.CACHE: _tr("What can be made again"),
    }[kept]
