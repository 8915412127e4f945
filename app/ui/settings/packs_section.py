"""Runtime packs: what is there for the graphics card, what is installed, and the licence first."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.updates import Pack
from app.services.runtime_packs import InstalledPack, PackPhase
from app.ui.buttons import push_button
from app.ui.error_text import error_text
from app.ui.library.work_line import WorkLine
from app.ui.look.measures import SMALL_PX
from app.ui.models.question import Question
from app.ui.note import Note
from app.ui.plain_text import PlainLabel
from app.ui.settings.licence_dialog import LicenceDialog
from app.ui.settings.update_source import RuntimePacks
from app.ui.settings.update_words import (
    installed_words,
    nothing_words,
    offer_words,
    pack_work_words,
)

_WORKING = (PackPhase.DOWNLOADING, PackPhase.UNPACKING, PackPhase.REMOVING)
_REMOVE = "remove"


class PacksSection(QWidget):
    """Takes over `on_change` of the packs; looks at this PC when it is seen first."""

    def __init__(self, packs: RuntimePacks) -> None:
        super().__init__()
        self.setObjectName("packsSection")
        self._packs = packs
        self._words = PlainLabel(kind="muted", wraps=True)
        self._words.setObjectName("packWords")
        self._hint = PlainLabel(kind="muted", wraps=True)
        self._hint.setObjectName("packHint")
        self._problem = Note("packProblem", is_alarm=True)
        self._look = push_button("lookForPacksButton", self.tr("Look for a pack"))
        self._install = push_button("installPackButton", self.tr("Install…"), "primary")
        self._remove = push_button("removePackButton", self.tr("Remove…"))
        self._work = WorkLine()
        self._question = Question("removePackQuestion", self.tr("Keep it"))
        self._look.clicked.connect(packs.look)
        self._install.clicked.connect(self._show_licence)
        self._remove.clicked.connect(self._ask)
        self._work.stop_requested.connect(packs.cancel)
        self._question.answered.connect(self._take_away)
        packs.on_change = self.show_packs
        self._arrange()
        self.show_packs()

    def showEvent(self, event: QShowEvent) -> None:
        """Find out whether there is a card at all."""
        super().showEvent(event)
        self._packs.read_pc()

    def show_packs(self) -> None:
        """Say where it stands."""
        state = self._packs.state
        there, is_resting = self._there, state.phase is PackPhase.RESTING
        offered = offer_words(state) or nothing_words(state)
        self._words.setText(installed_words(there) if there else offered)
        self._hint.setText(error_text(state.hint) if state.hint and not there else "")
        self._hint.setVisible(bool(self._hint.text()))
        self._problem.say(error_text(state.problem) if state.problem else "")
        self._install.setVisible(is_resting and bool(state.offer) and not there)
        self._look.setVisible(
            is_resting and bool(state.has_card) and not (state.offer or there or state.hint)
        )
        self._remove.setVisible(is_resting and there is not None)
        if not is_resting:
            self._question.leave()
        self._show_work(state.offer)

    @property
    def _there(self) -> InstalledPack | None:
        return next(iter(self._packs.state.installed), None)

    def _show_work(self, offer: Pack | None) -> None:
        state = self._packs.state
        self._work.setVisible(state.phase in _WORKING)
        is_download = state.phase is PackPhase.DOWNLOADING
        total_bytes = (offer.bytes if is_download else offer.unpacked_bytes) if offer else 0
        words, name = pack_work_words(state), self.tr("Engine for the graphics card")
        self._work.show_bytes(words, state.done_bytes, total_bytes, name)
        self._work.stop_button.setVisible(state.phase is not PackPhase.REMOVING)

    @Slot()
    def _show_licence(self) -> None:
        if offer := self._packs.state.offer:
            dialog = LicenceDialog(offer.licence, self)
            dialog.accepted.connect(self._packs.install)
            dialog.open()

    @Slot()
    def _ask(self) -> None:
        words = self.tr("Remove the pack? The engine goes on with what came along.")
        self._question.ask(words, [(_REMOVE, self.tr("Remove"))], self._remove)

    @Slot()
    def _take_away(self) -> None:
        if there := self._there:
            self._packs.remove(there.name)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SMALL_PX)
        title = self.tr("Engine for the graphics card")
        column.addWidget(PlainLabel(title, kind="strong", wraps=True))
        for part in (self._words, self._hint, self._problem):
            column.addWidget(part)
        for button in (self._look, self._install, self._remove):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._work)
        column.addWidget(self._question)
