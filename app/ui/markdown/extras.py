"""What can be pressed inside an answer: copy some code, see all of a table."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from app.ui.look.icons import IconFollower
from app.ui.markdown.look import Look
from app.ui.plain_text import PlainLabel

_INSET_PX = 4


class CodeHeader(QWidget):
    """Above some code: its language and a button that copies it."""

    def __init__(self, parent: QWidget, language: str, code: Callable[[], str]) -> None:
        super().__init__(parent)
        self._code = code
        self._label = PlainLabel(language, kind="small")
        self._label.setParent(self)
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._button = QToolButton(self)
        self._button.setObjectName("copyCodeButton")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.setCursor(Qt.CursorShape.ArrowCursor)
        self._icon = IconFollower(self._button, "copy", QPalette.ColorRole.PlaceholderText, 16)
        self._button.clicked.connect(self._copy)
        self.show_language(language)
        self.show()

    def show_language(self, language: str) -> None:
        """Name the language; the code of an answer that is written may get one yet."""
        words = _tr("Copy the code: {language}") if language else _tr("Copy the code")
        self._label.setText(language)
        self._button.setAccessibleName(words.format(language=language))
        self._button.setToolTip(_tr("Copy the code"))

    def lay_out(self, left: int, top: float, width: int, look: Look) -> None:
        """Stand above the code that begins there."""
        height = look.panel_header_px
        self.setGeometry(QRect(left, round(top) - height, width, height))
        size = self._button.sizeHint()
        button_top = (height - size.height()) // 2 + 1
        right = width - size.width() - _INSET_PX
        self._button.setGeometry(right, button_top, size.width(), size.height())
        pad = look.panel_pad_px
        self._label.setGeometry(pad, 1, max(0, right - pad), height)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code())
        self._icon.show("check")


def whole_table_button(parent: QWidget) -> QPushButton:
    """Make the button that stands under a table of which only a part is drawn."""
    button = QPushButton(parent)
    button.setObjectName("wholeTableButton")
    button.setProperty("kind", "link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.show()
    return button


def whole_table_words(rows: int, columns: int) -> str:
    """What the button says."""
    return _tr("Show the whole table ({columns} × {rows})").format(columns=columns, rows=rows)


def _tr(words: str) -> str:
    return QCoreApplication.translate("markdown", words)
