"""The Models page: this PC in a sentence, what to begin with, and every model with its price."""

import pathlib
from enum import Enum

import msgspec
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.downloads.jobs import Download
from app.domain.placement.values import Fit
from app.services.offers import ModelOffer
from app.ui.escape import claims_escape
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.download_tray import DownloadTray
from app.ui.models.empty_state import EmptyState
from app.ui.models.model_card import ModelCard
from app.ui.models.note import Note
from app.ui.models.page_head import PageHead
from app.ui.models.repository_row import RepositoryRow
from app.ui.models.source import ModelOffers, Repositories
from app.ui.models.words import machine_words
from app.ui.plain_text import PlainLabel
from app.ui.search_field import SearchField
from app.ui.segments import Segments

_COLUMN_PX = 860
_NARROW_PX = 560
_FITTING = (Fit.GPU, Fit.GPU_AND_RAM, Fit.CPU)


class Choice(Enum):
    """Which models are shown."""

    ALL = "all"
    FITTING = "fitting"
    INSTALLED = "installed"


class ModelsPage(QWidget):
    """Follows `ModelOffers`, whose `on_change` it takes over.

    Signals:
        back_requested: To the chat.
        sidebar_requested: The sidebar's button was pressed.
        open_file_requested: The person has a model file already.
        model_used: Another model is the chat's now.
        file_used: Path of a model's file that is to be the chat's.
    """

    back_requested = Signal()
    sidebar_requested = Signal()
    open_file_requested = Signal()
    model_used = Signal()
    file_used = Signal(str)

    def __init__(
        self,
        offers: ModelOffers,
        *,
        feed: DownloadFeed | None = None,
        repositories: Repositories | None = None,
        installed_view: QWidget | None = None,
    ) -> None:
        """Build it.

        Args:
            offers: Its `on_change` is taken over.
            feed: The queue; without it nothing can be downloaded here.
            repositories: Looks up what is in no catalogue; needs the feed.
            installed_view: Shown in place of the cards where only what is installed is wanted.
        """
        super().__init__()
        self.setObjectName("modelsPage")
        self.setAccessibleName(self.tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._offers = offers
        self._feed = feed
        self._repositories = repositories
        self._found: dict[str, ModelOffer] = {}  # looked up, by OWNER/NAME
        self._cards: dict[str, ModelCard] = {}
        self._order: list[str] = []
        self._choice = Choice.ALL
        self._machine = PlainLabel(kind="muted", wraps=True)
        self._machine.setObjectName("machineText")
        self._note = Note()
        self._search = SearchField("modelSearch", self.tr("Search models"))
        self._filter = Segments(
            (
                (Choice.ALL, self.tr("All")),
                (Choice.FITTING, self.tr("Fits this PC")),
                (Choice.INSTALLED, self.tr("Installed")),
            )
        )
        self._filter.setObjectName("modelFilter")
        self._filter.setAccessibleName(self.tr("Which models are shown"))
        self._tools = QWidget()
        self._tray = DownloadTray(feed) if feed else None
        self._row = RepositoryRow(repositories, feed) if repositories and feed else None
        self._installed_view = installed_view
        self._empty = EmptyState()
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self._head = PageHead()
        self._arrange()
        self._connect()
        offers.on_change = self._show
        self._show()

    def arrive(self) -> None:
        """The page is on the screen: measure what may have changed."""
        self._offers.refresh()
        if self._row:
            self._row.refresh()
        self._show()
        if self._tools.isVisible():
            self._search.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._head.enter()

    @Slot()
    def show_all(self) -> None:
        """Take every filter away."""
        self._search.clear()
        self._filter.show_choice(Choice.ALL)
        self._choose(Choice.ALL)
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the filter below the search where there is no room beside it."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW_PX
        side = QBoxLayout.Direction.LeftToRight
        self._tools_row.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else side)

    def event(self, event: QEvent) -> bool:
        """Claim Escape, which would stop the answer otherwise."""
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._apply_filter)
        self._search.left.connect(self._enter_list)
        self._filter.chosen.connect(self._choose)
        self._empty.all_requested.connect(self.show_all)
        self._head.back_requested.connect(self.back_requested)
        self._head.sidebar_requested.connect(self.sidebar_requested)
        self._head.open_file_requested.connect(self.open_file_requested)
        if self._feed:
            self._feed.changed.connect(self._show_downloads)
            self._feed.installed.connect(self._installed)
        if self._row:
            self._row.found.connect(self._show_found)

    def _show(self) -> None:
        offers, machine = self._offers.offers, self._offers.machine
        is_measuring = machine is None or (not offers and not self._offers.note)
        self._machine.setText(f"{machine_words(machine)}." if machine else "")
        self._machine.setVisible(machine is not None)
        self._note.say(self._offers.note)
        found = tuple(self._located(offer) for offer in self._found.values())
        self._show_cards(() if machine is None else (*offers, *found))
        self._tools.setVisible(bool(self._cards))
        if is_measuring:
            self._empty.show_measuring()
        elif not self._cards:
            self._empty.show_no_models()
        else:
            self._apply_filter()

    def _show_cards(self, offers: tuple[ModelOffer, ...]) -> None:
        order = [offer.id for offer in sorted(offers, key=_rank)]
        for gone in set(self._cards) - set(order):
            card = self._cards.pop(gone)
            card.hide()
            card.deleteLater()
        for offer in offers:
            if offer.id not in self._cards:
                card = self._cards[offer.id] = ModelCard(
                    self._offers,
                    offer,
                    feed=self._feed,
                    can_be_set=offer.id not in self._found,
                )
                card.use_requested.connect(self._use)
            self._cards[offer.id].show_model(offer)
            self._cards[offer.id].refresh()
        if order != self._order:
            self._order = order
            for model_id in order:
                self._list.removeWidget(self._cards[model_id])
                self._list.addWidget(self._cards[model_id])

    @Slot()
    def _apply_filter(self) -> None:
        words = self._search.text().casefold().split()
        if self._row:
            self._row.follow(self._search.text())
        named = self._row.repository.casefold() if self._row else ""
        has_view = self._installed_view is not None and self._choice is Choice.INSTALLED
        if self._installed_view:
            self._installed_view.setVisible(has_view)
        shown = 0
        for card in self._cards.values():
            is_found = _is_of(card.model, named) if named else _has_words(card.model, words)
            is_shown = is_found and _is_chosen(card.model, self._choice) and not has_view
            card.setVisible(is_shown)
            shown += is_shown
        if shown or not self._cards or has_view or (self._row and not self._row.isHidden()):
            self._empty.hide()
        elif self._choice is Choice.INSTALLED and not words:
            self._empty.show_none_installed()
        else:
            self._empty.show_no_match()

    @Slot(object)
    def _choose(self, choice: Choice) -> None:
        self._choice = choice
        self._apply_filter()

    @Slot()
    def _enter_list(self) -> None:
        if self._row and self._row.enter():
            return
        cards = (self._cards[model_id] for model_id in self._order)
        if first := next((card for card in cards if card.isVisible()), None):
            first.enter()

    @Slot(str, str)
    def _use(self, model_id: str, build_id: str) -> None:
        if model_id in self._found:
            if path := self._path_of(model_id, build_id):
                self.file_used.emit(str(path))
            return
        self._offers.open(model_id, build_id)
        self.model_used.emit()

    @Slot(object)
    def _show_found(self, offer: ModelOffer) -> None:
        """Give a repository that was looked up its card, at the build that was named with it."""
        is_new = offer.id not in self._found
        is_waited_for = self._row is not None and self._row.hasFocus()
        self._found[offer.id] = offer
        self._show()
        card = self._cards.get(offer.id)
        if is_new and card and self._repositories:
            if build_id := self._repositories.found[offer.id].asked_build:
                card.choose(build_id)
            if is_waited_for:
                card.enter()

    @Slot()
    def _show_downloads(self) -> None:
        for card in self._cards.values():
            card.show_downloads()

    @Slot(object)
    def _installed(self, _download: Download) -> None:
        self._offers.refresh()

    def _located(self, offer: ModelOffer) -> ModelOffer:
        builds = tuple(
            msgspec.structs.replace(build, path=self._path_of(offer.id, build.id))
            for build in offer.builds
        )
        return msgspec.structs.replace(offer, builds=builds)

    def _path_of(self, repository: str, build_id: str) -> pathlib.Path | None:
        return self._repositories.path_of(repository, build_id) if self._repositories else None

    def _arrange(self) -> None:
        page = QWidget()
        page.setMaximumWidth(_COLUMN_PX)
        column = QVBoxLayout(page)
        column.setContentsMargins(20, 8, 20, 24)
        column.setSpacing(12)
        column.addWidget(PlainLabel(self.tr("Models"), kind="title"))
        column.addWidget(self._machine)
        column.addWidget(self._note)
        if self._tray:
            column.addWidget(self._tray)
        self._tools_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._tools)
        self._tools_row.setContentsMargins(0, 4, 0, 0)
        self._tools_row.setSpacing(12)
        self._tools_row.addWidget(self._search, 1)
        self._tools_row.addWidget(self._filter, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._tools)
        for part in (self._row, self._installed_view):
            if part:
                part.hide()
                column.addWidget(part)
        column.addWidget(self._empty)
        column.addLayout(self._list)
        column.addStretch(1)
        centre = QWidget()
        middle = QHBoxLayout(centre)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addWidget(page, 1000)
        middle.addStretch(1)
        area = QScrollArea()
        area.setObjectName("modelsScroll")
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(centre)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._head)
        whole.addWidget(area, 1)


def _rank(offer: ModelOffer) -> tuple[bool, bool]:
    """The one to begin with first, those that do not fit last."""
    return not offer.is_best, not _fits(offer)


def _fits(offer: ModelOffer) -> bool:
    return any(b.plan and b.plan.fit in _FITTING and not b.warning for b in offer.builds)


def _is_of(offer: ModelOffer, repository: str) -> bool:
    return any(build.repository.casefold() == repository for build in offer.builds)


def _is_chosen(offer: ModelOffer, choice: Choice) -> bool:
    if choice is Choice.FITTING:
        return _fits(offer)
    return choice is Choice.ALL or any(build.path for build in offer.builds)


def _has_words(offer: ModelOffer, words: list[str]) -> bool:
    text = " ".join((offer.name, offer.about, offer.license, *(b.id for b in offer.builds)))
    return all(word in text.casefold() for word in words)
