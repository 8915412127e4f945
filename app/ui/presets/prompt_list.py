"""The person's prompts: typed words find one, Enter inserts it."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from app.domain.kept_chat import SavedPrompt
from app.ui.look.measures import measures
from app.ui.note import Note
from app.ui.plain_text import PlainLabel
from app.ui.popover import Popover
from app.ui.presets.entry_view import Entry, EntryView
from app.ui.presets.preset_words import excerpt
from app.ui.search_field import SearchField
from app.ui.shortcuts import Keys, add_shortcut
from app.ui.turning_line import TurningLine

_NARROW_PX = 360

_WIDTH_PX = 420
_ROWS = 5
_AROUND_PX = 2 * 8
_LEAST_PX = 90
_OTHER_PX = 190  # everything but the list
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class PromptList(Popover):
    """A search field, the prompts below it, what can be done at the end.

    Signals:
        searched: Other words are looked for.
        taken, edit_requested, delete_requested: Name of a prompt.
        new_requested: The draft, or nothing, is to become a prompt.
        undo_requested: What was deleted is to come back.
    """

    searched = Signal(str)
    taken = Signal(str)
    edit_requested = Signal(str)
    delete_requested = Signal(str)
    new_requested = Signal()
    undo_requested = Signal()

    def __init__(self, owner: QWidget) -> None:
        super().__init__("promptList", self.tr("Saved prompts"), owner)
        self._search = _Search("promptSearch", self.tr("Find a prompt"))
        self._list = EntryView("promptEntries", self.tr("Saved prompts"), has_more=True)
        self._nothing = PlainLabel(kind="muted", wraps=True)
        self._nothing.setObjectName("noPrompts")
        self._note = Note("promptDeleted", action=self.tr("Undo"))
        self._new = QPushButton()
        self._new.setObjectName("newPromptButton")
        self._new.setProperty("kind", "link")
        self._new.setCursor(Qt.CursorShape.PointingHandCursor)
        self._new.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._hint = PlainLabel(self.tr("Enter inserts · F2 edits"), kind="small")
        self._most_px = _LEAST_PX
        self._arrange()
        self._search.textChanged.connect(self.searched)
        self._search.stepped.connect(self._list.step)
        self._search.left.connect(lambda: self._with_current(self.taken))
        self._list.taken.connect(self.taken)
        self._list.more_requested.connect(self._show_menu)
        self._new.clicked.connect(self.new_requested)
        self._note.acted.connect(self.undo_requested)
        edit, delete = self.edit_requested, self.delete_requested
        add_shortcut(Keys.EDIT_PROMPT, self, lambda: self._with_current(edit), reaches_parts=True)
        add_shortcut(Keys.DELETE_PROMPT, self._list, lambda: self._with_current(delete))

    @property
    def typed(self) -> str:
        """The words that are looked for."""
        return self._search.text()

    def show_prompts(
        self, prompts: list[SavedPrompt], *, has_any: bool, is_new_search: bool
    ) -> None:
        """Show what was found.

        Args:
            prompts: In order.
            has_any: There are prompts at all.
            is_new_search: The first of them is the one that Enter inserts.
        """
        entries = [Entry(key=p.name, name=p.name, line=excerpt(p.text)) for p in prompts]
        first = entries[0].key if entries and is_new_search else ""
        self._list.show_entries(entries, current=first)
        self._list.setVisible(bool(prompts))
        self._list.setFixedHeight(min(self._list.height_of(_ROWS) + 2, self._most_px))
        self._search.setVisible(has_any)
        self._hint.setVisible(has_any)
        self._nothing.setText(
            self.tr("No prompt has these words.")
            if has_any
            else self.tr(
                "What you ask again and again can be kept here: write it into the chat’s field "
                "and save it as a prompt."
            )
        )
        self._nothing.setVisible(not prompts)

    def show_draft(self, *, has_draft: bool) -> None:
        """Whether there is something in the composer that could be saved."""
        words = self.tr("Save the draft as a prompt…") if has_draft else self.tr("New prompt…")
        self._new.setText(words)
        self._new.setAccessibleName(words)

    def say_deleted(self, name: str) -> None:
        """Offer to take it back; nothing is said for an empty name."""
        self._note.say(self.tr("“{name}” was deleted.").format(name=name) if name else "")

    def open_at(self, anchor: QWidget) -> None:
        """Begin with all prompts, as many as there is room for."""
        self._search.clear()
        room = anchor.window().size() - QSize(_AROUND_PX, _AROUND_PX)
        self._most_px = max(_LEAST_PX, room.height() - _OTHER_PX)
        self.setFixedWidth(min(measures().at_text_size(_WIDTH_PX), room.width()))
        self._foot.fit(self.width())
        self.searched.emit("")
        super().open_at(anchor)

    def _with_current(self, signal: SignalInstance) -> None:
        if name := self._list.current:
            signal.emit(name)

    @Slot(str, QPoint)
    def _show_menu(self, name: str, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("promptMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Insert"), lambda: self.taken.emit(name))
        menu.addAction(self.tr("Edit…"), lambda: self.edit_requested.emit(name))
        menu.addSeparator()
        menu.addAction(self.tr("Delete"), lambda: self.delete_requested.emit(name))
        menu.popup(place)

    def _arrange(self) -> None:
        foot = TurningLine(_NARROW_PX)
        foot.addWidget(self._new, 0, Qt.AlignmentFlag.AlignLeading)
        foot.addStretch()
        foot.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignTrailing)
        self._foot = foot
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 10)
        column.setSpacing(8)
        column.addWidget(self._search)
        column.addWidget(self._nothing)
        column.addWidget(self._list)
        column.addWidget(self._note)
        column.addLayout(foot)


class _Search(SearchField):
    """Up and down move through the list while the words are typed.

    Signals:
        stepped: Rows to go down.
    """

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the list."""
        if rows := _STEPS.get(Qt.Key(event.key())):
            self.stepped.emit(rows)
        else:
            super().keyPressEvent(event)
