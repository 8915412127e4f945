"""What Cierzo is made of: a list to search, and the text of each licence."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.licences import Licence
from app.domain.search_words import SearchWords
from app.services.licences import Licences
from app.ui.buttons import push_button
from app.ui.look.measures import LARGE_PX, MEDIUM_PX, SMALL_PX, measures
from app.ui.markdown.background import background
from app.ui.markdown.reading_pane import ReadingPane
from app.ui.open_link import open_link, safe_address
from app.ui.plain_text import PlainLabel
from app.ui.presets.entry_view import Entry, EntryView
from app.ui.search_field import SearchField

_NARROW_PX = 560
_LIST_PX = 230
_LIST_ROWS = 3
_NO_LIMIT_PX = 1 << 16
_FRAME_PX = 5
_QT_KEY = "how to replace Qt"
THREAD = "about"


class LicencesPage(QScrollArea):
    """Asks for each text when it is looked at; all of it scrolls where there is little room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("aboutLicences")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._licences: Licences | None = None
        self._by_key: dict[str, Licence] = {}
        self._offer_url = ""
        self._notice = PlainLabel(wraps=True)
        self._notice.setObjectName("licencesNotice")
        self._offer = push_button("sourceOfferButton", self.tr("Source of these parts…"), "link")
        self._offer.clicked.connect(lambda: open_link(self._offer_url, self.window()))
        self._search = SearchField("licenceSearch", self.tr("Search licences"))
        self._list = EntryView("licenceList", self.tr("Licences"))
        self._nothing = PlainLabel(self.tr("No part is called that."), kind="muted", wraps=True)
        self._nothing.setObjectName("noLicence")
        self._nothing.hide()
        self._name = PlainLabel(kind="heading", wraps=True)
        self._name.setObjectName("licenceName")
        self._facts = PlainLabel(kind="small", wraps=True)
        self._facts.setObjectName("licenceFacts")
        self._source = push_button("licenceSourceButton", self.tr("Where its source is…"), "link")
        self._source.clicked.connect(self._open_source)
        self._text = QPlainTextEdit()
        self._text.setObjectName("licenceText")
        self._text.setProperty("kind", "field")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName(self.tr("Text of the licence"))
        self._swap = ReadingPane("qtSwapPane", "qtSwapText", self.tr("How to replace Qt"))
        self._texts = QStackedWidget()
        self._arrange()
        self._search.textChanged.connect(self._filter)
        self._search.left.connect(self._list.setFocus)
        self._list.moved.connect(self._show)
        for button in (self._offer, self._source):
            button.setAutoDefault(False)
            button.hide()

    def show_offer(self, url: str, *, is_packaged: bool) -> None:
        """Say under which licence Qt is, and where its source is offered."""
        words = [
            self.tr(
                "Cierzo is free software under the Apache License 2.0. It uses Qt, PySide6 and "
                "others below under the GNU LGPL: you may change and replace them, and take Cierzo "
                "apart for that."
            )
        ]
        self._offer_url = url if safe_address(url) else ""
        if is_packaged and not self._offer_url:
            words.append(
                self.tr(
                    "Whoever made this build does not say where its source is offered. Ask where "
                    "you got it."
                )
            )
        elif not is_packaged:
            words.append(self.tr("This copy was not packaged: each part was installed on its own."))
        self._notice.setText(" ".join(words))
        self._offer.setVisible(bool(self._offer_url))

    def show_licences(self, licences: Licences) -> None:
        """List these."""
        self._licences = licences
        # Several may have one name, of another version.
        self._by_key = {f"{entry.name} {entry.version}": entry for entry in licences.entries}
        self._filter(self._search.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the list above the text where there is no room beside it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_narrow = self.width() < measures().at_text_size(_NARROW_PX)
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._halves.setDirection(way)
        list_px = measures().at_text_size(_LIST_PX)
        self._left.setMinimumWidth(0 if is_narrow else list_px)
        self._left.setMaximumWidth(_NO_LIMIT_PX if is_narrow else list_px)
        rows_px = self._list.height_of(_LIST_ROWS)
        self._list.setMaximumHeight(rows_px if is_narrow else _NO_LIMIT_PX)

    def _arrange(self) -> None:
        frame = QFrame()
        frame.setObjectName("foundFrame")
        framed = QVBoxLayout(frame)
        framed.setContentsMargins(_FRAME_PX, _FRAME_PX, _FRAME_PX, _FRAME_PX)
        self._nothing.setContentsMargins(SMALL_PX, SMALL_PX, SMALL_PX, SMALL_PX)
        framed.addWidget(self._nothing, 0, Qt.AlignmentFlag.AlignTop)
        framed.addWidget(self._list)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SMALL_PX)
        left.addWidget(self._search)
        left.addWidget(frame, 1)
        self._texts.addWidget(self._text)
        self._texts.addWidget(self._swap)
        right = QVBoxLayout()
        right.setSpacing(SMALL_PX)
        right.addWidget(self._name)
        right.addWidget(self._facts)
        right.addWidget(self._source, 0, Qt.AlignmentFlag.AlignLeading)
        right.addWidget(self._texts, 1)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(LARGE_PX)
        self._halves.addWidget(self._left)
        self._halves.addLayout(right, 1)
        inside = QWidget()
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(MEDIUM_PX)
        whole.addWidget(self._notice)
        whole.addWidget(self._offer, 0, Qt.AlignmentFlag.AlignLeading)
        whole.addLayout(self._halves, 1)
        self.setWidget(inside)

    @Slot(str)
    def _filter(self, text: str) -> None:
        searched = SearchWords(text) if text.strip() else None
        found = [
            Entry(key, entry.name, _line(entry))
            for key, entry in self._by_key.items()
            if searched is None or searched.are_in(f"{entry.name} {entry.licence} {entry.note}")
        ]
        swap = self.tr("How to replace Qt")
        has_swap = self._licences is not None and bool(self._licences.qt_swap)
        if has_swap and (searched is None or searched.are_in(swap)):
            found.insert(0, Entry(_QT_KEY, swap, self.tr("and other parts under the LGPL")))
        self._list.show_entries(found, current=self._list.current)
        self._nothing.setVisible(not found)
        self._list.setVisible(bool(found))
        self._fit()
        if found:
            self._show(self._list.current)

    @Slot(str)
    def _show(self, key: str) -> None:
        licences = self._licences
        if licences is None:
            return
        entry = self._by_key.get(key)
        self._texts.setCurrentWidget(self._text if entry else self._swap)
        self._source.setVisible(entry is not None and bool(safe_address(entry.source)))
        if entry is None:
            self._name.setText(self.tr("How to replace Qt"))
            self._facts.hide()
            self._swap.show_text(licences.qt_swap.partition("\n")[2])
            return
        self._name.setText(entry.name)
        self._facts.setText("\n".join(filter(None, (_line(entry), entry.note))))
        self._facts.show()
        self._text.setPlainText("")
        background(THREAD).ask(
            lambda: licences.text_of(entry), lambda text: self._show_text(key, text), self
        )

    def _show_text(self, key: str, text: str) -> None:
        if key == self._list.current:
            none = self.tr("The package does not carry its licence's text.")
            self._text.setPlainText(text or none)

    @Slot()
    def _open_source(self) -> None:
        open_link(self._by_key[self._list.current].source, self.window())


def _line(entry: Licence) -> str:
    return " · ".join(filter(None, (entry.version, entry.licence)))
