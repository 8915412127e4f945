"""The Models page: this PC in a sentence, what to begin with, and every model with its price."""

import pathlib
from collections.abc import Callable
from enum import Enum

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.downloads.jobs import Download
from app.domain.placement.values import Fit
from app.services.offers import ModelOffer
from app.ui.catalogue_text import catalogue_text
from app.ui.error_text import error_text
from app.ui.key_hint import key_hint
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.download_tray import DownloadTray
from app.ui.models.empty_state import EmptyState
from app.ui.models.model_card import ModelCard
from app.ui.models.repository_row import RepositoryRow
from app.ui.models.source import ModelOffers, Repositories
from app.ui.models.words import machine_words
from app.ui.note import Note
from app.ui.page_frame import PageFrame
from app.ui.plain_text import PlainLabel
from app.ui.quantities import sentence
from app.ui.search_field import SearchField
from app.ui.segments import Segments

_NARROW_PX = 560
# The others come one a turn; all of them together would take half a second.
_CARDS_AT_ONCE = 2
_FITTING = (Fit.GPU, Fit.GPU_AND_RAM, Fit.CPU)


InstalledPath = Callable[[str, str], pathlib.Path | None]


class Choice(Enum):
    """Which models are shown."""

    ALL = "all"
    FITTING = "fitting"
    INSTALLED = "installed"


class ModelsPage(PageFrame):
    """Follows `ModelOffers`, whose `on_change` it takes over.

    Signals:
        open_file_requested: The person has a model file already.
        model_used: Another model is the chat's now.
        file_used: Path of a model's file that is to be the chat's.
        searched: What is being searched for.
    """

    open_file_requested = Signal()
    model_used = Signal()
    file_used = Signal(str)
    searched = Signal(str)

    def __init__(
        self,
        offers: ModelOffers,
        *,
        feed: DownloadFeed | None = None,
        repositories: Repositories | None = None,
        installed_path: InstalledPath = lambda repository, build: None,
        installed_view: QWidget | None = None,
    ) -> None:
        """Build it.

        Args:
            offers: Its `on_change` is taken over.
            feed: The queue; without it nothing can be downloaded here.
            repositories: Looks up what is in no catalogue; needs the feed.
            installed_path: Where a build of such a repository lies; must not wait for a disk.
            installed_view: Shown in place of the cards where only what is installed is wanted.
        """
        super().__init__("models", self.tr("Models"))
        self._offers = offers
        self._feed = feed
        self._repositories = repositories
        self._installed_path = installed_path
        self._found: dict[str, ModelOffer] = {}  # looked up, by OWNER/NAME
        self._cards: dict[str, ModelCard] = {}
        self._order: list[str] = []
        self._coming: list[ModelOffer] = []
        self._undrawn: list[ModelCard] = []  # new cards
        self._teller = QTimer(self)
        self._teller.setInterval(0)
        self._choice = Choice.ALL
        self._machine = PlainLabel(kind="muted", wraps=True)
        self._machine.setObjectName("machineText")
        self._note = Note("modelsNote")
        self._search = SearchField("modelSearch", self.tr("Search models"))
        self._filter = Segments(
            (
                (Choice.ALL, self.tr("All")),
                (Choice.FITTING, self.tr("Fits this PC")),
                (Choice.INSTALLED, self.tr("Installed", "models")),
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
        self._show_downloads()
        if self._tools.isVisible():
            self._search.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.back_button.setFocus(Qt.FocusReason.OtherFocusReason)

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

    def _connect(self) -> None:
        self._teller.timeout.connect(self._tell_next)
        self._search.textChanged.connect(self._apply_filter)
        self._search.textChanged.connect(self.searched)
        self._search.left.connect(self._enter_list)
        self._filter.chosen.connect(self._choose)
        self._empty.all_requested.connect(self.show_all)
        if self._feed:
            self._feed.changed.connect(self._show_downloads)
            self._feed.installed.connect(self._installed)
        if self._row:
            self._row.found.connect(self._show_found)

    def _show(self) -> None:
        offers, machine = self._offers.offers, self._offers.machine
        is_measuring = machine is None or (not offers and not self._offers.problems)
        self._machine.setText(sentence(machine_words(machine)) if machine else "")
        self._machine.setVisible(machine is not None)
        self._note.say(" ".join(error_text(problem) for problem in self._offers.problems))
        found = tuple(self._located(offer) for offer in self._found.values())
        self._show_cards(() if machine is None else (*offers, *found))
        was_waiting = self._tools.isHidden() and self.back_button.hasFocus()
        self._tools.setVisible(bool(self._cards))
        if was_waiting and self._cards:
            self._search.setFocus(Qt.FocusReason.OtherFocusReason)
        if is_measuring:
            self._empty.show_measuring()
        elif not self._cards:
            self._empty.show_no_models()
        else:
            self._apply_filter()

    def _show_cards(self, offers: tuple[ModelOffer, ...]) -> None:
        """Bring the cards up to date, the first at once and the others one a turn."""
        ranked = sorted(offers, key=_rank)
        order = [offer.id for offer in ranked]
        for gone in set(self._cards) - set(order):
            left = self._cards.pop(gone)
            self._undrawn = [card for card in self._undrawn if card is not left]
            left.hide()
            left.deleteLater()
        if order != self._order:
            self._order = order
            for card in filter(None, map(self._cards.get, order)):
                self._list.removeWidget(card)
                self._list.addWidget(card)
        for card in self._cards.values():
            card.refresh()
        self._coming = [offer for offer in ranked if not self._is_told(offer)]
        for _ in range(_CARDS_AT_ONCE):
            self._tell_next()
        if self._coming:
            self._teller.start()

    def _is_told(self, offer: ModelOffer) -> bool:
        return offer.id in self._cards and self._cards[offer.id].model == offer

    @Slot()
    def _tell_next(self) -> None:
        """Make or change the card of the next offer."""
        if self._coming:
            self._tell(self._coming.pop(0))
        elif self._undrawn and not self.isVisible():
            # Drawn once for nobody, it has its styles and its layout when somebody comes.
            self._undrawn.pop().grab()
        elif self._teller.isActive():
            self._undrawn = []
            self._teller.stop()
            self._apply_filter()

    def _tell(self, offer: ModelOffer) -> None:
        card = self._cards.get(offer.id)
        if card is None:
            card = ModelCard(
                self._offers, offer, feed=self._feed, can_be_set=offer.id not in self._found
            )
            card.use_requested.connect(self._use)
            earlier = self._order[: self._order.index(offer.id)]
            self._list.insertWidget(sum(other in self._cards for other in earlier), card)
            self._cards[offer.id] = card
            self._undrawn.append(card)
        card.show_model(offer)
        card.refresh()
        card.setVisible(self._is_shown(card))

    @Slot()
    def _apply_filter(self) -> None:
        if self._row:
            self._row.follow(self._search.text())
        has_view = self._has_view()
        if self._installed_view:
            self._installed_view.setVisible(has_view)
        shown = 0
        for card in self._cards.values():
            is_shown = self._is_shown(card)
            card.setVisible(is_shown)
            shown += is_shown
        is_complete = bool(self._cards) and not self._coming
        if shown or not is_complete or has_view or (self._row and not self._row.isHidden()):
            self._empty.hide()
        elif self._choice is Choice.INSTALLED and not self._search.text().strip():
            self._empty.show_none_installed()
        else:
            self._empty.show_no_match()

    def _is_shown(self, card: ModelCard) -> bool:
        named = self._row.repository.casefold() if self._row else ""
        words = self._search.text().casefold().split()
        is_found = _is_of(card.model, named) if named else _has_words(card.model, words)
        return is_found and _is_chosen(card.model, self._choice) and not self._has_view()

    def _has_view(self) -> bool:
        """Whether the library takes the place of the cards."""
        return self._installed_view is not None and self._choice is Choice.INSTALLED

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
            if path := self._installed_path(model_id, build_id):
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
        if offer.id not in self._cards:  # its turn would come, but somebody waits for it
            self._tell(self._located(offer))
        card = self._cards[offer.id]
        if is_new and self._repositories:
            if build_id := self._repositories.found[offer.id].asked_build:
                card.choose(build_id)
            if is_waited_for:
                card.enter()

    @Slot()
    def _show_downloads(self) -> None:
        if not self.isVisible():
            return  # until somebody arrives
        for card in self._cards.values():
            card.show_downloads()

    @Slot(object)
    def _installed(self, _download: Download) -> None:
        self._offers.refresh()

    def _located(self, offer: ModelOffer) -> ModelOffer:
        builds = tuple(
            msgspec.structs.replace(build, path=self._installed_path(offer.id, build.id))
            for build in offer.builds
        )
        return msgspec.structs.replace(offer, builds=builds)

    def _arrange(self) -> None:
        open_file = QPushButton(self.tr("Open a downloaded file…"))
        open_file.setObjectName("openDownloadedButton")
        open_file.setProperty("kind", "outline")
        open_file.setToolTip(
            key_hint(self.tr("Use a model file (.gguf) that is on this PC"), "Ctrl+O")
        )
        open_file.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        open_file.clicked.connect(self.open_file_requested)
        self.head.addWidget(open_file)
        self.column.addWidget(self._machine)
        self.column.addWidget(self._note)
        if self._tray:
            self.column.addWidget(self._tray)
        self._tools_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._tools)
        self._tools_row.setContentsMargins(0, 4, 0, 0)
        self._tools_row.setSpacing(12)
        self._tools_row.addWidget(self._search, 1)
        self._tools_row.addWidget(self._filter, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self._tools)
        for part in (self._row, self._installed_view):
            if part:
                part.hide()
                self.column.addWidget(part)
        self.column.addWidget(self._empty)
        self.column.addLayout(self._list)
        self.column.addStretch(1)


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
    text = " ".join(
        (
            offer.name,
            offer.about,
            catalogue_text(offer.about),
            offer.license,
            *(b.id for b in offer.builds),
        )
    )
    return all(word in text.casefold() for word in words)
