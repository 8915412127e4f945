"""The Models page: this PC in a sentence, what to begin with, and every model with its price."""

from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.placement.values import Fit
from app.services.offers import ModelOffer
from app.ui.escape import claims_escape
from app.ui.icons import IconFollower, Picture
from app.ui.key_hint import key_hint
from app.ui.models.empty_state import EmptyState
from app.ui.models.model_card import ModelCard
from app.ui.models.source import ModelOffers
from app.ui.models.words import machine_words
from app.ui.plain_text import PlainLabel
from app.ui.search_field import SearchField
from app.ui.segments import Segments

_COLUMN_PX = 820
_BUTTON_PX = 36
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
    """

    back_requested = Signal()
    sidebar_requested = Signal()
    open_file_requested = Signal()
    model_used = Signal()

    def __init__(self, offers: ModelOffers) -> None:
        super().__init__()
        self.setObjectName("modelsPage")
        self.setAccessibleName(self.tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._offers = offers
        self._cards: dict[str, ModelCard] = {}
        self._order: list[str] = []
        self._choice = Choice.ALL
        self._machine = PlainLabel(kind="muted", wraps=True)
        self._machine.setObjectName("machineText")
        self._note = _Note()
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
        self._empty = EmptyState()
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self._arrange()
        self._search.textChanged.connect(self._apply_filter)
        self._search.left.connect(self._enter_list)
        self._filter.chosen.connect(self._choose)
        self._empty.all_requested.connect(self.show_all)
        offers.on_change = self._show
        self._show()

    def arrive(self) -> None:
        """The page is on the screen: measure what may have changed."""
        self._offers.refresh()
        if self._tools.isVisible():
            self._search.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)

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

    def _show(self) -> None:
        offers, machine = self._offers.offers, self._offers.machine
        is_measuring = machine is None or (not offers and not self._offers.note)
        self._machine.setText(f"{machine_words(machine)}." if machine else "")
        self._machine.setVisible(machine is not None)
        self._note.say(self._offers.note)
        self._show_cards(() if machine is None else offers)
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
                card = self._cards[offer.id] = ModelCard(self._offers, offer)
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
        shown = 0
        for card in self._cards.values():
            is_shown = _is_chosen(card.model, self._choice) and _has_words(card.model, words)
            card.setVisible(is_shown)
            shown += is_shown
        if shown or not self._cards:
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
        cards = (self._cards[model_id] for model_id in self._order)
        if first := next((card for card in cards if card.isVisible()), None):
            first.enter()

    @Slot(str, str)
    def _use(self, model_id: str, build_id: str) -> None:
        self._offers.open(model_id, build_id)
        self.model_used.emit()

    def _arrange(self) -> None:
        page = QWidget()
        page.setMaximumWidth(_COLUMN_PX)
        column = QVBoxLayout(page)
        column.setContentsMargins(20, 8, 20, 24)
        column.setSpacing(12)
        column.addWidget(PlainLabel(self.tr("Models"), kind="title"))
        column.addWidget(self._machine)
        column.addWidget(self._note)
        self._tools_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._tools)
        self._tools_row.setContentsMargins(0, 4, 0, 0)
        self._tools_row.setSpacing(12)
        self._tools_row.addWidget(self._search, 1)
        self._tools_row.addWidget(self._filter, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._tools)
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
        whole.addLayout(self._head())
        whole.addWidget(area, 1)

    def _head(self) -> QHBoxLayout:
        sidebar = QToolButton()
        sidebar.setObjectName("modelsSidebarButton")
        sidebar.setAccessibleName(self.tr("Sidebar"))
        sidebar.setToolTip(key_hint(self.tr("Show or hide the sidebar"), "Ctrl+B"))
        sidebar.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        sidebar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(sidebar, "sidebar", QPalette.ColorRole.PlaceholderText)
        sidebar.clicked.connect(self.sidebar_requested)
        self._back = QPushButton(self.tr("Back to the chat"))
        self._back.setObjectName("backButton")
        self._back.setProperty("kind", "fold")
        self._back.setToolTip(key_hint(self.tr("Back to the chat"), "Esc"))
        self._back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(self._back, "back", QPalette.ColorRole.PlaceholderText, 16)
        self._back.clicked.connect(self.back_requested)
        open_file = QPushButton(self.tr("Open a downloaded file…"))
        open_file.setObjectName("openDownloadedButton")
        open_file.setProperty("kind", "outline")
        open_file.setToolTip(
            key_hint(self.tr("Use a model file (.gguf) that is on this PC"), "Ctrl+O")
        )
        open_file.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        open_file.clicked.connect(self.open_file_requested)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(4)
        head.addWidget(sidebar)
        head.addWidget(self._back)
        head.addStretch()
        head.addWidget(open_file)
        return head


class _Note(QFrame):
    """One sentence that the person should know."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("noticeBar")
        self.setAccessibleName(self.tr("Notice"))
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName("modelsNote")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(Picture("info", 18, QPalette.ColorRole.Highlight), 0, top)
        row.addWidget(self._words, 1)

    def say(self, words: str) -> None:
        """Show it, or nothing."""
        self._words.setText(words)
        self.setVisible(bool(words))


def _rank(offer: ModelOffer) -> tuple[bool, bool]:
    """The one to begin with first, those that do not fit last."""
    return not offer.is_best, not _fits(offer)


def _fits(offer: ModelOffer) -> bool:
    return any(b.plan and b.plan.fit in _FITTING and not b.warning for b in offer.builds)


def _is_chosen(offer: ModelOffer, choice: Choice) -> bool:
    if choice is Choice.FITTING:
        return _fits(offer)
    return choice is Choice.ALL or any(build.path for build in offer.builds)


def _has_words(offer: ModelOffer, words: list[str]) -> bool:
    text = " ".join((offer.name, offer.about, offer.license, *(b.id for b in offer.builds)))
    return all(word in text.casefold() for word in words)
