"""All chats: begin one, find one, go to one."""

import datetime as dt

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.kept_chat import ChatInfo
from app.services.chat_keeper import now
from app.services.chat_library import ChatLibrary
from app.services.chats import ChatChanged, ChatLoaded, LibraryEvent, PathChanged
from app.ui.chat.chat_entries import ChatEntry, Entry, Heading, HitEntry, TrashEntry
from app.ui.chat.chat_list import ChatListView
from app.ui.chat.chat_rows import ChatRows
from app.ui.chat.chat_sections import Period, Section, sections
from app.ui.chat.keeping_notice import KeepingNotice
from app.ui.chat.new_chat_row import NewChatRow
from app.ui.chat.page_links import PageLinks
from app.ui.chat.search_results import SearchResults
from app.ui.chat.undo_bar import UndoBar
from app.ui.look.icons import Picture
from app.ui.plain_text import PlainLabel
from app.ui.search_field import SearchField

_NEW_DAY_MS = 10 * 60_000
# A longer list is laid out once for all that happens in one turn of the event loop.
_MOST_AT_ONCE = 300


class Sidebar(QWidget):
    """The list of chats and what belongs to it.

    Attributes:
        search: The search field.
        links: The ways to the other pages.
        list: The list itself; `rows` is what stands in it.
        undo_bar: What was just done to a chat.
        open_chat_id: The chat that is on the page.

    Signals:
        new_chat_requested, private_chat_requested: A button was pressed.
        chat_chosen: A chat's id, by mouse or keyboard.
        chat_clicked: The same by mouse or Enter: the person is done with the list.
        hit_chosen: The ids of a chat and of the message in it that was found.
        export_requested: A chat's id.
        left: The person goes back to writing.
    """

    new_chat_requested = Signal()
    private_chat_requested = Signal()
    chat_chosen = Signal(int)
    chat_clicked = Signal(int)
    hit_chosen = Signal(int, int)
    export_requested = Signal(int)
    left = Signal()

    def __init__(self, library: ChatLibrary) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._library = library
        self.open_chat_id: int | None = None
        self._folded: set[str] = set()
        self._infos: dict[int, ChatInfo] = {}  # as they are laid out
        self._day: dt.date | None = None
        self._begin = NewChatRow()
        self.search = SearchField("searchField", self.tr("Search chats"))
        self.rows = ChatRows()
        self.list = ChatListView(self.rows)
        self._results = SearchResults(library, self)
        self._nothing = PlainLabel(self.tr("Nothing found."), kind="small")
        self._nothing.setObjectName("nothingFound")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.setContentsMargins(0, 16, 0, 0)
        self._not_kept = KeepingNotice()
        self.undo_bar = UndoBar()
        self.links = PageLinks()
        self._arrange()
        self._connect()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._lay_out)
        # Not once at midnight: a PC sleeps, and its clock is set.
        self._new_day = QTimer(self, interval=_NEW_DAY_MS)
        self._new_day.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._new_day.timeout.connect(self._look_at_the_day)
        self._new_day.start()
        self._lay_out()

    def follow(self, event: LibraryEvent, working_chat_id: int | None) -> None:
        """Show what happened to the chats, and which is being answered."""
        match event:
            case ChatChanged(chat) | PathChanged(chat):
                known = self._infos.get(chat.chat_id)
                if known and _place(known) == _place(chat.info):
                    self.rows.refresh(chat.chat_id)
                else:
                    self._lay_out_soon()
            case ChatLoaded():
                pass
            case _:
                self._lay_out_soon()
        self.rows.show_working(working_chat_id)

    def show_open(self, chat_id: int) -> None:
        """Select the chat that is on the page, unfolding its folder."""
        is_new = chat_id != self.open_chat_id
        self.open_chat_id = chat_id
        self.list.show_open(chat_id)
        chat = next((c for c in self._library.chats if c.chat_id == chat_id), None)
        folder = chat.info.folder if chat and not chat.info.is_pinned else ""
        if is_new and folder in self._folded:
            self._folded.remove(folder)
            self._lay_out()
        self._lay_out_now_if_due()
        self.list.go_to(self.rows.index_of(chat_id))

    def step(self, rows: int) -> None:
        """Go that many chats down the list, up where negative."""
        self._lay_out_now_if_due()
        places = [i for i, entry in enumerate(self.rows.entries()) if _is_chat(entry)]
        if not places:
            return
        here = self.list.currentIndex()
        if not (here.isValid() and _is_chat(self.rows.entry(here))):
            here = self.rows.index_of(self.open_chat_id)
        place = places.index(here.row()) + rows if here.isValid() else 0
        index = self.rows.index(places[min(max(place, 0), len(places) - 1)])
        self.list.go_to(index)
        match self.rows.entry(index):
            case HitEntry((chat_id, message_id)):
                self.hit_chosen.emit(chat_id, message_id)
            case ChatEntry(chat_id):
                self.chat_chosen.emit(chat_id)

    def step_aside(self) -> None:
        """Go to the chat below the open one, or above it; first under the same heading."""
        entries, here = self.rows.entries(), self.rows.index_of(self.open_chat_id)
        if not here.isValid():
            return
        around = [*entries[here.row() + 1 :], *reversed(entries[: here.row()])]
        chats = [entry for entry in around if isinstance(entry, ChatEntry)]
        under_same = (c for c in chats if c.section == _section_of(entries[here.row()]))
        if beside := next(under_same, chats[0] if chats else None):
            self.chat_chosen.emit(beside.key)

    def rename_row(self, chat_id: int) -> None:
        """Have a chat's title written anew, in its row."""
        self._lay_out_now_if_due()
        self.list.rename(self.rows.index_of(chat_id))

    def rename_folder_row(self, folder: str) -> None:
        """Have a folder's name written anew, in its row."""
        self._lay_out_now_if_due()
        self.list.rename(self.rows.index_of(Section(Period.FOLDER, folder)))

    def carry_fold(self, old: str, new: str) -> None:
        """A folder gets another name: it stays folded if it is."""
        if old in self._folded:
            self._folded ^= {old, new}

    def _connect(self) -> None:
        self._begin.chat_requested.connect(self.new_chat_requested)
        self._begin.private_chat_requested.connect(self.private_chat_requested)
        self.search.textChanged.connect(self._search)
        self.search.left.connect(self._enter_list)
        self.search.escaped.connect(self.left)
        self._results.changed.connect(self._lay_out)
        self.list.chat_stepped.connect(self.chat_chosen)
        self.list.chat_clicked.connect(self.chat_clicked)
        self.list.hit_clicked.connect(self.hit_chosen)
        self.list.fold_requested.connect(self._fold)
        self.list.undo_requested.connect(self.undo_bar.undo)
        self.list.left.connect(self._leave_results)

    def _lay_out_soon(self) -> None:
        if len(self._library.chats) <= _MOST_AT_ONCE:
            self._lay_out()
        else:
            self._soon.start()

    def _lay_out_now_if_due(self) -> None:
        if self._soon.isActive():
            self._lay_out()

    @Slot()
    def _lay_out(self) -> None:
        """Have the rows say what is there now; it moves nobody to another chat."""
        self._soon.stop()
        before, self._infos = self._infos, {c.info.chat_id: c.info for c in self._library.chats}
        moved = {
            chat_id
            for chat_id, info in self._infos.items()
            if info is not (old := before.get(chat_id, info)) and _place(old) != _place(info)
        }
        is_search = self._is_searching()
        entries = self._results.entries() if is_search else self._section_entries()
        self.list.show_entries(entries, moved, self.open_chat_id, are_alike=not is_search)
        self._nothing.setVisible(is_search and not entries and self._results.is_complete)
        self._not_kept.show_problem(self._library.problem)

    def _section_entries(self) -> list[Entry]:
        moment = now()
        self._day = moment.astimezone().date()
        entries: list[Entry] = []
        for section, chats in sections(self._library.chats, self._library.folders, moment):
            is_folded = section.folder in self._folded
            entries.append(Heading(section, len(chats), is_folded))
            if not is_folded:
                entries += [ChatEntry(chat.chat_id, chat, section) for chat in chats]
        if self._library.trash:
            entries.append(TrashEntry(len(self._library.trash)))
        return entries

    def _is_searching(self) -> bool:
        return bool(self.search.text().strip())

    @Slot()
    def _look_at_the_day(self) -> None:
        if self._day != now().astimezone().date():
            self._lay_out()

    @Slot(str)
    def _search(self, typed: str) -> None:
        self._results.look_for(typed.strip())
        self.list.can_leave = self._is_searching()
        self._lay_out()
        if self._is_searching():
            self.list.scrollToTop()

    @Slot()
    def _leave_results(self) -> None:
        self.search.clear()
        self.left.emit()

    @Slot()
    def _enter_list(self) -> None:
        """Go to what was found first; in the sections, to the open chat."""
        entries = self.rows.entries()
        first = next((i for i, entry in enumerate(entries) if _is_chat(entry)), None)
        if first is None:
            return
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self._is_searching() or not self.list.currentIndex().isValid():
            self.list.go_to(self.rows.index(first))

    @Slot(str)
    def _fold(self, folder: str) -> None:
        self._folded ^= {folder}
        self._lay_out()

    def _arrange(self) -> None:
        brand = QHBoxLayout()
        brand.setContentsMargins(4, 0, 0, 0)
        brand.setSpacing(8)
        brand.addWidget(Picture("wind", 22, QPalette.ColorRole.Highlight))
        brand.addWidget(PlainLabel(self.tr("Cierzo"), kind="wordmark"))
        brand.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 14, 12, 12)
        column.setSpacing(8)
        column.addLayout(brand)
        column.addSpacing(4)
        column.addWidget(self._begin)
        column.addWidget(self.search)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)
        column.addWidget(self.undo_bar)
        column.addWidget(self._not_kept)
        column.addWidget(self.links)
        self._nothing.hide()


def _is_chat(entry: Entry) -> bool:
    """Whether there is a chat to go to."""
    return isinstance(entry, ChatEntry | HitEntry)


def _section_of(entry: Entry) -> Section | None:
    return entry.section if isinstance(entry, ChatEntry) else None


def _place(info: ChatInfo) -> tuple[object, ...]:
    """What decides where a chat stands."""
    return info.used_order, info.used_ms, info.folder, info.is_pinned
