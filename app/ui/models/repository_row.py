"""A repository whose name or address stands in the search field: look it up, if that is wanted."""

import urllib.parse

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from app.domain.errors import BadRepositoryName, OfflineSwitchedOn
from app.domain.repository_name import RepositoryName, parse_repository
from app.services.offers import ModelOffer
from app.ui.error_text import error_text
from app.ui.look.pulse import Pulse
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.source import Repositories
from app.ui.plain_text import PlainLabel, tooltip

_SIDE_PX = 16
_PADDING_PX = 20


class RepositoryRow(QFrame):
    """Nobody is asked anything before its button is pressed.

    Signals:
        found: The `ModelOffer` of the repository that was looked up; again when more is known.
    """

    found = Signal(object)

    def __init__(self, repositories: Repositories, feed: DownloadFeed) -> None:
        super().__init__()
        self.setObjectName("repositoryRow")
        self._repositories = repositories
        self._feed = feed
        self._name: RepositoryName | None = None
        self._looking: set[str] = set()
        self._problems: dict[str, Exception] = {}
        self._button = QPushButton()
        self._button.setObjectName("lookUpButton")
        self._button.setProperty("kind", "outline")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.setMinimumWidth(1)
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName("repositoryText")
        self._pulse = Pulse()
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE_PX, 12, _SIDE_PX, 12)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addWidget(self._pulse)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        self._button.clicked.connect(self._look)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the button's words anew."""
        super().resizeEvent(event)
        self._fit_label()

    @property
    def repository(self) -> str:
        """OWNER/NAME of what is named; empty where nothing is."""
        return self._name.repository if self._name else ""

    def follow(self, text: str) -> None:
        """Offer what a text names."""
        self._name, problem = None, None
        try:
            self._name = parse_repository(text, endpoint=self._feed.terms().endpoint)
        except BadRepositoryName as error:
            # Most texts are words to search for; an address is meant as one.
            problem = error if "://" in text else None
        self._show(problem)

    def refresh(self) -> None:
        """The terms may have changed."""
        if self._name:
            self._show()

    def enter(self) -> bool:
        """Take the keyboard; False where there is nothing to press."""
        can_enter = self._button.isVisible() and self._button.isEnabled()
        if can_enter:
            self._button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return can_enter

    def _show(self, problem: Exception | None = None) -> None:
        name, terms = self.repository, self._feed.terms()
        is_looking = name in self._looking
        problem = problem or self._problems.get(name)
        if name and terms.is_offline:
            problem = OfflineSwitchedOn()
        if is_looking:
            words = self.tr("Looking at {name}…").format(name=name)
        elif problem:
            words = error_text(problem)
        else:
            words = self.tr("Fetches the list of its files and the beginning of one of them.")
        self._say(words, is_alarm=problem is not None and not terms.is_offline)
        host = urllib.parse.urlsplit(terms.endpoint).netloc or "Hugging Face"
        label = self.tr("Look up {name} on {host}").format(name=name, host=host)
        self._button.setAccessibleName(label)
        self._button.setToolTip(tooltip(label))
        self._fit_label()
        self._button.setVisible(bool(name) and not is_looking)
        self._button.setEnabled(not terms.is_offline)
        self._pulse.setVisible(is_looking)
        is_known = name in self._repositories.found and not is_looking
        self.setVisible((bool(name) and not is_known) or (not name and problem is not None))

    def _fit_label(self) -> None:
        """Shorten the button's words where a name is longer than the page is wide."""
        room = self.width() - 2 * (_SIDE_PX + _PADDING_PX)
        metrics = self._button.fontMetrics()
        middle = Qt.TextElideMode.ElideMiddle
        self._button.setText(metrics.elidedText(self._button.accessibleName(), middle, room))

    def _say(self, words: str, *, is_alarm: bool) -> None:
        self._words.setText(words)
        kind = "alarm" if is_alarm else "muted"
        if self._words.property("kind") != kind:
            self._words.setProperty("kind", kind)
            self._words.style().polish(self._words)
        self._button.setAccessibleDescription(words)
        self.setAccessibleName(words)

    @Slot()
    def _look(self) -> None:
        name = self._name
        if name is None or name.repository in self._looking:
            return
        self._looking.add(name.repository)
        self._problems.pop(name.repository, None)
        if self._button.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # until there is an answer
        self._show()
        self._repositories.look(name, lambda end: self._ended(name, end))

    def _ended(self, name: RepositoryName, end: ModelOffer | Exception) -> None:
        self._looking.discard(name.repository)
        if isinstance(end, ModelOffer):
            self.found.emit(end)
        else:
            self._problems[name.repository] = end
        if self._name:
            self._show()
        if self.hasFocus():
            self.enter()
