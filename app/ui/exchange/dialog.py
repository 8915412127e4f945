"""What both dialogs have in common: a form, what goes on, how it ended, and buttons."""

from PySide6.QtCore import QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import Cancelled
from app.ui.error_text import error_text
from app.ui.exchange.working_line import WorkingLine
from app.ui.look.measures import measures
from app.ui.note import Note
from app.ui.plain_text import PlainLabel

_WIDTH_PX = 540
_EDGE_PX = 24


class ExchangeDialog(QDialog):
    """Deletes itself when it is closed; Escape stops what goes on before it closes.

    Attributes:
        form: Takes what is asked, before `arrange`; disabled while something goes on.
        working: How far it is.
        outcome: How it ended, with something that can be done now.
        remark: How it ended, where nothing can be done.
        is_closed: Whoever reports later finds nobody.
        is_working: Something goes on.

    Signals:
        stop_requested: What goes on is to end.
    """

    stop_requested = Signal()

    def __init__(self, name: str, title: str, action: str, parent: QWidget) -> None:
        """Be empty.

        Args:
            name: Begins the names of the parts.
            title: Of the window, and above the form.
            action: What can be done when it ended well.
            parent: The window, which waits.
        """
        super().__init__(parent)
        self.setObjectName(f"{name}Dialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.is_closed = False
        self.is_working = False
        self._room = parent
        self._fields = QWidget()
        self._fields.setObjectName("exchangeForm")
        self.form = QVBoxLayout(self._fields)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(6)
        self.working = WorkingLine(f"{name}Working")
        self.outcome = Note(f"{name}Outcome", action=action)
        self.remark = Note(f"{name}Remark")
        self._problem = Note(f"{name}Problem", is_alarm=True)
        self._stop = self.button(f"{name}StopButton", self.tr("Stop"))
        self._close = self.button(f"{name}CloseButton", self.tr("Close"))
        self._stop.hide()
        self.working.hide()
        self._stop.clicked.connect(self.stop_requested)
        self._close.clicked.connect(self.reject)

    def button(self, name: str, label: str, kind: str = "outline") -> QPushButton:
        """Make a button; Enter presses a primary one."""
        made = QPushButton(label)
        made.setObjectName(name)
        made.setProperty("kind", kind)
        made.setAutoDefault(kind == "primary")
        return made

    def arrange(self, entrance: QWidget, *buttons: QPushButton) -> None:
        """Put everything in its place; the keyboard goes through it in that order.

        Args:
            entrance: Where the keyboard begins.
            buttons: What comes behind Close.
        """
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        for button in (self._stop, self._close, *buttons):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(PlainLabel(self.windowTitle(), kind="heading"))
        column.addWidget(self._fields)
        for part in (self.working, self.outcome, self.remark, self._problem):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(foot)
        entrance.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self, words: str, *, can_stop: bool = True) -> None:
        """Something goes on from now on."""
        for note in (self.outcome, self.remark, self._problem):
            note.say("")
        self._show_working(is_working=True)
        self._stop.setVisible(can_stop)
        self.working.show_progress(words)
        self._stop.setFocus(Qt.FocusReason.OtherFocusReason)
        self._fit()

    def end(self, error: Exception | None = None) -> None:
        """It is over; say what went wrong, unless the person wanted it so."""
        had_focus = self._stop.hasFocus()
        self._show_working(is_working=False)
        if had_focus:
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)
        if error and not isinstance(error, Cancelled):
            self._problem.say(error_text(error))
        self._fit()

    def ask_for_place(
        self, title: str, mode: QFileDialog.FileMode, *, saves: bool = False
    ) -> QFileDialog:
        """Make the system's dialog for a place; it opens among the person's documents."""
        dialog = QFileDialog(self, title)
        dialog.setObjectName("placeDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        if saves:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if mode is QFileDialog.FileMode.Directory:
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        dialog.setDirectory(QStandardPaths.writableLocation(documents))
        return dialog

    @Slot()
    def reject(self) -> None:
        """Close it; what goes on is stopped first, and how it ended can be read."""
        if self.is_working:
            self.stop_requested.emit()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """It is gone from the screen."""
        self.is_closed = True
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit into the width of the window that it belongs to."""
        wanted_px = measures().at_text_size(_WIDTH_PX)
        self.resize(min(wanted_px, self._room.width() - _EDGE_PX), 0)
        self._fit()
        super().showEvent(event)

    def _show_working(self, *, is_working: bool) -> None:
        self.is_working = is_working
        self._fields.setEnabled(not is_working)
        self.working.setVisible(is_working)
        self._stop.setVisible(is_working)
        self._close.setVisible(not is_working)

    def _fit(self) -> None:
        """Be as high as everything in it needs at this width."""
        if layout := self.layout():
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))
