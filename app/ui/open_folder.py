"""The one way to show a folder in the system's file manager."""

import pathlib

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_folder(folder: pathlib.Path) -> bool:
    """Show a folder of this PC; whether it is one and could be shown.

    Nothing else is ever opened: no file, which a program might run, and no address.
    """
    if not folder.is_dir():
        return False
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder.absolute())))
