"""One installed model."""

import datetime as dt
from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.domain.downloads.jobs import Job
from app.domain.library import Check, Installed
from app.ui.buttons import push_button
from app.ui.catalogue_text import catalogue_text
from app.ui.icon_button import IconButton
from app.ui.library.row_actions import RowActions
from app.ui.library.source import FolderState, LibraryWork, ModelLibrary
from app.ui.library.words import (
    breakable,
    check_of,
    check_words,
    short_path,
    used_words,
    where_words,
    whole_name,
)
from app.ui.library.work_line import WorkLine
from app.ui.plain_text import ElidedLabel, PlainLabel, tooltip
from app.ui.quantities import format_bytes

_MENU_PX = 32


class LibraryRow(QFrame):
    """What it is, where it is, what is known of it, and what can be done with it.

    Signals:
        use_requested: Make it the chat's model.
        newer_requested: Download the `Job` of its newer build.
        stepped: The keyboard goes that many rows down.
    """

    use_requested = Signal()
    newer_requested = Signal(object)
    stepped = Signal(int)

    def __init__(self, library: ModelLibrary) -> None:
        super().__init__()
        self.setObjectName("libraryRow")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._library = library
        self._id = ""
        self._newer: Job | None = None
        self._shown: object = None
        self._name = ElidedLabel(kind="strong")
        self._name.setObjectName("libraryName")
        self._build = PlainLabel(kind="chip")
        self._build.setIndent(0)  # the padding is the stylesheet's
        self._facts = PlainLabel(kind="small", wraps=True)
        self._facts.setObjectName("libraryFacts")
        self._where = PlainLabel(kind="small", wraps=True)
        self._where.setObjectName("libraryWhere")
        self._alarm = PlainLabel(kind="alarm", wraps=True)
        self._alarm.setObjectName("libraryAlarm")
        self._work = WorkLine()
        self._newer_line = QWidget()
        self._fetch = push_button("newerButton", self.tr("Download it"), "link")
        self._use = push_button("useInstalledButton", self.tr("Use"), "outline")
        self._more = IconButton("libraryMenuButton", "menu", side_px=_MENU_PX)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._actions = RowActions(library, self)
        self._more.setMenu(self._actions.menu)
        self._arrange()
        self._actions.use_requested.connect(self.use_requested)
        self._use.clicked.connect(self.use_requested)
        self._fetch.clicked.connect(self._fetch_newer)
        self._work.stop_requested.connect(self._stop)

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """In the order of the keyboard."""
        return (self, self._use, self._more, self._work.stop_button, self._fetch)

    def show_model(
        self,
        installed: Installed,
        *,
        work: LibraryWork | None,
        newer: Job | None,
        folders: Iterable[FolderState],
        today: dt.date,
    ) -> None:
        """Show it as it is now."""
        shown = (installed, work, newer, tuple(folders), today)
        if shown == self._shown:
            return
        self._shown = shown
        self._id, self._newer = installed.id, newer
        self._name.setText(installed.name)
        self._name.setToolTip(tooltip(installed.name))
        self._build.setText(installed.build)
        self._build.setVisible(bool(installed.build))
        facts = [format_bytes(installed.size_bytes), used_words(installed, today)]
        alarms = [catalogue_text(installed.warning)] if installed.warning else []
        check = check_words(installed, today)
        (alarms if check_of(installed) is Check.WRONG else facts).append(check)
        self._facts.setText(" · ".join(facts))
        where = where_words(installed, folders)
        self._where.setText(breakable(where))
        self._where.setToolTip(tooltip(short_path(installed.path)))
        self._alarm.setText(" ".join(alarms))
        self._alarm.setVisible(bool(alarms))
        self._newer_line.setVisible(newer is not None and work is None)
        self._show_work(work, installed.name)
        self._actions.show_model(installed, work=work)
        is_moving = work is not None and work.kind == "move"
        self._use.setEnabled(installed.is_there and not is_moving)
        self._name_for_screen_readers(installed, [*facts, where, *alarms])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the same by right click and by the menu key."""
        is_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        corner = self._more.mapToGlobal(self._more.rect().bottomLeft())
        self._actions.menu.popup(event.globalPos() if is_mouse else corner)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the neighbours."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if self.hasFocus() and event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _show_work(self, work: LibraryWork | None, name: str) -> None:
        if work is None and self._work.stop_button.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._work.setVisible(work is not None)
        if work:
            self._work.show_work(work, name)

    def _name_for_screen_readers(self, installed: Installed, facts: list[str]) -> None:
        whole = whole_name(installed)
        if self.accessibleName() != whole:
            self.setAccessibleName(whole)
            self._use.setAccessibleName(self.tr("Use {name}").format(name=whole))
            self._more.setAccessibleName(self.tr("Actions for {name}").format(name=whole))
            self._fetch.setAccessibleName(self.tr("Download the newer {name}").format(name=whole))
        described = ". ".join(facts)
        if self.accessibleDescription() != described:
            self.setAccessibleDescription(described)

    @Slot()
    def _stop(self) -> None:
        self._library.stop(self._id)

    @Slot()
    def _fetch_newer(self) -> None:
        self.newer_requested.emit(self._newer)

    def _arrange(self) -> None:
        newer = QHBoxLayout(self._newer_line)
        newer.setContentsMargins(0, 0, 0, 0)
        newer.setSpacing(4)
        newer.addWidget(PlainLabel(self.tr("It was published again."), kind="small"))
        newer.addWidget(self._fetch)
        newer.addStretch()
        title = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(self._name)
        title.addWidget(self._build)
        title.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addLayout(title)
        words.addWidget(self._facts)
        words.addWidget(self._where)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addLayout(words, 1)
        head.addSpacing(8)
        middle = Qt.AlignmentFlag.AlignVCenter
        head.addWidget(self._use, 0, middle)
        head.addWidget(self._more, 0, middle)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 10, 10)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._alarm)
        column.addWidget(self._newer_line)
        column.addWidget(self._work)
