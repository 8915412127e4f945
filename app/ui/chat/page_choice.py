"""Which pages of a document the model is to be shown."""

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.attachments import DocumentAttachment
from app.ui.chat.document_words import chosen_places, in_pages, page_name
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_count

_WINDOW_SHARE = 0.8
_LIST_PX = 210
# What is shown of a page: enough to know which one it is.
_SEEN_CHARACTERS = 20_000


class PageChoice(QDialog):
    """A list with ticks, the words of the page that is looked at, and what all of it takes.

    Signals:
        chosen: The `DocumentAttachment` with its chosen pages.
    """

    chosen = Signal(object)

    def __init__(
        self,
        document: DocumentAttachment,
        *,
        tokens: int | None,
        room_tokens: int | None,
        parent: QWidget,
    ) -> None:
        """Begin with what is chosen now.

        Args:
            document: As it is in the draft.
            tokens: What it takes now; None where it was not counted.
            room_tokens: What the model has room for; None where no model is loaded.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("pageChoice")
        self.setWindowTitle(document.name)
        self.setAccessibleName(self.tr("Choose pages of {name}").format(name=document.name))
        self._document = document
        self._pages = in_pages(document)
        self._room_tokens = room_tokens
        shown = sum(len(page.text) for page in document.shown)
        self._tokens_per_character = tokens / shown if tokens and shown else None
        self._list = self._make_list()
        self._words = QPlainTextEdit()
        self._words.setObjectName("pageWords")
        self._words.setReadOnly(True)
        self._words.setAccessibleName(self.tr("Words of the page"))
        self._field = QLineEdit()
        self._field.setObjectName("pageField")
        self._field.setProperty("kind", "number")
        self._field.setPlaceholderText(self.tr("such as 1-5, 8"))
        self._field.setAccessibleName(self.tr("Pages"))
        self._sum = PlainLabel(kind="small")
        self._sum.setObjectName("pageSum")
        self._use = self._button(self.tr("Use these pages"), "usePagesButton", "primary")
        self._arrange()
        self._list.itemChanged.connect(self._ticked)
        self._list.currentRowChanged.connect(self._look)
        self._field.textEdited.connect(self._written)
        self._use.clicked.connect(self._choose)
        self._list.setCurrentRow(self._places()[0] if self._places() else 0)
        self._ticked()
        self.resize(parent.size() * _WINDOW_SHARE)
        self.finished.connect(self.deleteLater)

    def _make_list(self) -> QListWidget:
        pages = QListWidget()
        pages.setObjectName("pageList")
        pages.setAccessibleName(self.tr("Pages"))
        pages.setFixedWidth(_LIST_PX)
        chosen = self._document.chosen
        for place, page in enumerate(self._pages):
            item = QListWidgetItem(page_name(page, place))
            is_chosen = chosen is None or place in chosen
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
            pages.addItem(item)
        return pages

    def _places(self) -> list[int]:
        rows = range(self._list.count())
        return [r for r in rows if self._list.item(r).checkState() is Qt.CheckState.Checked]

    @Slot()
    def _ticked(self) -> None:
        if not self._field.hasFocus():
            self._field.setText(_ranges(self._places()))
        self._show_sum()

    @Slot(str)
    def _written(self, text: str) -> None:
        places = chosen_places(text, self._pages)
        self._field.setProperty("refused", places is None)
        self._field.style().polish(self._field)
        if places is None:
            return
        self._list.blockSignals(True)
        for row in range(self._list.count()):
            state = Qt.CheckState.Checked if row in places else Qt.CheckState.Unchecked
            self._list.item(row).setCheckState(state)
        self._list.blockSignals(False)
        self._show_sum()

    @Slot(int)
    def _look(self, row: int) -> None:
        self._words.setPlainText(self._pages[row].text[:_SEEN_CHARACTERS])

    @Slot()
    def _choose(self) -> None:
        places = self._places()
        self.chosen.emit(
            msgspec.structs.replace(
                self._document,
                pages=self._pages,
                chosen=None if len(places) == len(self._pages) else tuple(places),
            )
        )
        self.accept()

    def _show_sum(self) -> None:
        places = self._places()
        words = self.tr("{shown} of {total} pages").format(
            shown=format_count(len(places)), total=format_count(len(self._pages))
        )
        if self._tokens_per_character is not None:
            characters = sum(len(self._pages[place].text) for place in places)
            tokens = round(characters * self._tokens_per_character)
            about = self.tr("about {tokens} tokens").format(tokens=format_count(tokens))
            words = f"{words} · {about}"
            if self._room_tokens is not None:
                room = self.tr("the model has room for {tokens}").format(
                    tokens=format_count(self._room_tokens)
                )
                words = f"{words}, {room}"
        self._sum.setText(words)
        self._use.setEnabled(bool(places))

    def _arrange(self) -> None:
        cancel = self._button(self.tr("Cancel"), "cancelPagesButton", "outline")
        cancel.clicked.connect(self.reject)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._list)
        middle.addWidget(self._words, 1)
        pages = QHBoxLayout()
        pages.setSpacing(8)
        pages.addWidget(PlainLabel(self.tr("Pages")))
        pages.addWidget(self._field, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._sum, 1)
        foot.addWidget(cancel)
        foot.addWidget(self._use)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(pages)
        column.addLayout(middle, 1)
        column.addLayout(foot)

    def _button(self, words: str, name: str, kind: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        button.setAutoDefault(False)
        return button


def _ranges(places: list[int]) -> str:
    """Write places as ``1-5, 8``."""
    pieces: list[list[int]] = []
    for place in places:
        if pieces and pieces[-1][-1] == place - 1:
            pieces[-1] = [pieces[-1][0], place]
        else:
            pieces.append([place])
    return ", ".join("-".join(str(end + 1) for end in piece) for piece in pieces)
