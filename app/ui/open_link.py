"""The one way to open an address that somebody else wrote: after a look at all of it."""

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

_SCHEMES = ("http", "https", "mailto")
_MOST_CHARS = 2000
_ROW_CHARS = 64


def safe_address(target: str) -> str | None:
    """Return the address as the browser would get it, if it leads to the web or to mail.

    The host is written in Punycode, so that letters which look alike are told apart. An address
    with a name or password for somebody, or with signs that are not seen, is none.
    """
    if len(target) > _MOST_CHARS or not target.isprintable() or " " in target:
        return None
    url = QUrl(target, QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme().lower() not in _SCHEMES or "\\" in target:
        return None
    if url.scheme().lower() == "mailto":
        is_whole = "@" in url.path()
    else:
        is_whole = bool(url.host()) and not url.userInfo() and "@" not in url.authority()
    return bytes(url.toEncoded().data()).decode("ascii") if is_whole else None


def open_link(target: str, parent: QWidget) -> None:
    """Ask, showing the whole address, then hand it to the system's browser or mail program."""
    address = safe_address(target)
    if address is None:
        return
    box = QMessageBox(parent)
    box.setObjectName("openLinkDialog")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(_tr("Open this link?"))
    box.setText(_tr("Open this link outside Cierzo?"))
    # A label cuts off what has no place to break.
    rows = (address[at : at + _ROW_CHARS] for at in range(0, len(address), _ROW_CHARS))
    box.setInformativeText("\n".join(rows))
    opens = box.addButton(_tr("Open"), QMessageBox.ButtonRole.AcceptRole)
    copies = box.addButton(_tr("Copy address"), QMessageBox.ButtonRole.ActionRole)
    cancels = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.setEscapeButton(cancels)
    opens.setObjectName("openLinkButton")
    copies.setObjectName("copyAddressButton")
    opens.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
    copies.clicked.connect(lambda: QGuiApplication.clipboard().setText(address))
    box.finished.connect(box.deleteLater)
    box.open()


def _tr(words: str) -> str:
    return QCoreApplication.translate("open_link", words)
