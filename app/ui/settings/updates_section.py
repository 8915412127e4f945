"""Newer versions of Cierzo: when it was looked, what was found, and how it is installed."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.updates import Release
from app.services.updates import UpdatePhase
from app.ui.buttons import push_button
from app.ui.error_text import error_text
from app.ui.library.work_line import WorkLine
from app.ui.look.measures import SMALL_PX
from app.ui.models.question import Question
from app.ui.note import Note
from app.ui.open_link import open_link
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_bytes
from app.ui.settings.update_source import Updates
from app.ui.settings.update_words import (
    download_words,
    found_words,
    install_words,
    looked_words,
    notes_of,
    released_words,
    way_words,
)
from app.ui.turning_line import TurningLine

_NARROW_PX = 360
_INSTALL = "install"


class UpdatesSection(QWidget):
    """Takes over `on_change` of the updates; the switch stands above it."""

    def __init__(self, updates: Updates) -> None:
        super().__init__()
        self.setObjectName("updatesSection")
        self._updates = updates
        self._looked = PlainLabel(kind="muted", wraps=True)
        self._looked.setObjectName("updatesLooked")
        self._look = push_button("lookForUpdatesButton", self.tr("Look now"))
        self._found = PlainLabel(kind="strong", wraps=True)
        self._found.setObjectName("updateFound")
        self._problem = Note("updateProblem", is_alarm=True)
        self._release = _ReleasePanel(updates)
        self._look.clicked.connect(self._updates.look)
        updates.on_change = self.show_updates
        self._arrange()
        self.show_updates()

    def show_updates(self) -> None:
        """Say where it stands."""
        state = self._updates.state
        self._looked.setText(looked_words(state.looked_at))
        self._look.setEnabled(state.phase is UpdatePhase.RESTING)
        found = found_words(state)
        self._found.setText(found)
        self._found.setVisible(bool(found))
        self._problem.say(error_text(state.problem) if state.problem else "")
        self._release.show_release(state.release)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the button where there is room."""
        super().resizeEvent(event)
        self._line.fit(self.width())

    def _arrange(self) -> None:
        line = self._line = TurningLine(_NARROW_PX, gap_px=12)
        line.addWidget(self._looked, 1)
        middle = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        line.addWidget(self._look, 0, middle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL_PX)
        column.addLayout(line)
        column.addWidget(self._problem)
        column.addWidget(self._found)
        column.addWidget(self._release)


class _ReleasePanel(QFrame):
    """What is new in a version, and what can be done about it."""

    def __init__(self, updates: Updates) -> None:
        super().__init__()
        self._updates = updates
        self._day = PlainLabel(kind="small", wraps=True)
        self._notes = PlainLabel(wraps=True)
        self._notes.setObjectName("updateNotes")
        self._way = PlainLabel(kind="muted", wraps=True)
        self._way.setObjectName("updateWay")
        self._homepage = push_button("homepageButton", self.tr("Open the homepage…"))
        self._download = push_button("downloadUpdateButton", "", "primary")
        self._install = push_button("installUpdateButton", self.tr("Install…"), "primary")
        self._work = WorkLine()
        self._question = Question("installQuestion", self.tr("Not now"))
        self._homepage.clicked.connect(self._open_homepage)
        self._download.clicked.connect(self._updates.download)
        self._work.stop_requested.connect(self._updates.cancel)
        self._install.clicked.connect(self._ask)
        self._question.answered.connect(self._updates.install)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL_PX)
        for part in (self._day, self._notes, self._way):
            column.addWidget(part)
        for button in (self._homepage, self._download, self._install):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._work)
        column.addWidget(self._question)
        self.hide()

    def show_release(self, release: Release | None) -> None:
        """Say what it is, and offer what can be done now."""
        self.setVisible(release is not None)
        if release is None:
            return
        updates, state = self._updates, self._updates.state
        self._day.setText(released_words(release.released))
        notes = notes_of(release.notes)
        self._notes.setText(notes)
        self._notes.setVisible(bool(notes))
        is_own = not updates.is_installable
        self._way.setText(way_words(updates.kind, has_homepage=bool(updates.homepage)))
        self._way.setVisible(is_own)
        self._homepage.setVisible(is_own and bool(updates.homepage))
        self._show_work(release)
        is_resting = state.phase is UpdatePhase.RESTING
        size = format_bytes(release.artefact.bytes)
        self._download.setText(self.tr("Download {size}").format(size=size))
        can_install = updates.is_installable and is_resting and state.is_downloaded
        self._install.setVisible(can_install)
        self._download.setVisible(updates.is_installable and is_resting and not can_install)
        if not can_install:
            self._question.leave()

    def _show_work(self, release: Release) -> None:
        state = self._updates.state
        is_working = state.phase in (UpdatePhase.DOWNLOADING, UpdatePhase.CHECKING)
        self._work.setVisible(is_working)
        name = f"Cierzo {release.version}"
        self._work.show_bytes(download_words(state), state.done_bytes, release.artefact.bytes, name)
        self._work.stop_button.setVisible(state.phase is UpdatePhase.DOWNLOADING)

    @Slot()
    def _ask(self) -> None:
        words = install_words(self._updates.kind)
        self._question.ask(words, [(_INSTALL, self.tr("Close and install"))], self._install)

    @Slot()
    def _open_homepage(self) -> None:
        open_link(self._updates.homepage, self)
