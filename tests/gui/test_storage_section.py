"""What takes how much room, and copies of the chats, on services that are made up."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.errors import (
    ChatsBusy,
    ChatsDamaged,
    ChatsInUse,
    ChatsTooNew,
    ChatsUnreadable,
)
from app.services.chat_backups import BackupWork
from app.services.storage_use import Kind
from app.ui.settings import storage_row
from app.ui.settings.storage_bar import StorageBar
from app.ui.settings.storage_row import LINK_PAD_PX
from tests.helpers.desk import Desk
from tests.helpers.fake_storage import FakeBackups, FakeStorage, copy_of
from tests.helpers.page_sources import page_sources


class Room(Desk):
    """A window with the settings page open."""

    def __init__(self, qtbot, *, storage=None, backups=None) -> None:
        self.storage = storage or FakeStorage()
        self.backups = backups or FakeBackups(copy_of(0), copy_of(1), copy_of(3))
        super().__init__(qtbot, sources=page_sources(storage=self.storage, backups=self.backups))
        self.window.activateWindow()
        self.wait_for(self.window.isActiveWindow)
        self.press("settingsButton")

    def text(self, name: str) -> str:
        return self.widget(name).text()

    def rows(self) -> list[str]:
        return [row.accessibleName() for row in in_order(self.seen("storageRow"))]

    def row(self, name: str) -> QWidget:
        return next(r for r in self.seen("storageRow") if r.accessibleName().startswith(name))

    def press_in(self, row: QWidget, name: str) -> None:
        button = row.findChild(QWidget, name)
        assert button.isVisible()
        button.click()

    def clean(self, name: str) -> str:
        """Ask to clean up, and say what is asked."""
        self.press_in(self.row(name), "cleanButton")
        (question,) = self.seen("cleanQuestion")
        return question.accessibleName()

    def moments(self) -> list[str]:
        return [row.accessibleName().partition(",")[0] for row in self.copies()]

    def copies(self) -> list[QWidget]:
        return in_order(self.seen("backupRow"))


def in_order(rows: list[QWidget]) -> list[QWidget]:
    """From above to below; they share a parent."""
    layout = rows[0].parentWidget().layout() if rows else None
    if layout:
        layout.activate()
    return sorted(rows, key=lambda row: row.y())


@pytest.fixture
def open_page(qtbot, _dressed):
    def make(**parts) -> Room:
        return Room(qtbot, **parts)

    return make


# What takes room


def test_everything_is_said_with_its_size(open_page):
    room = open_page()
    assert room.text("storageSummary") == "42.7 GiB in all · 120 GiB free"
    assert room.rows() == [
        "Models, 33 GiB",
        "Models, 5 GiB",
        "Chats, 18 MiB",
        "Attached files, 640 MiB",
        "Backups of chats, 80 MiB",
        "What models have read, 4 GiB",
        "Logs, 3 MiB",
    ]
    facts = [label.text().replace("\u200b", "") for label in room.seen("storageFacts")]
    assert facts[0] == "/data/models · 1 removed"
    assert facts[2] == "37 chats · 3 in the trash"


def test_the_bar_has_a_part_for_every_kind(open_page):
    room = open_page()
    bar = room.widget("storageBar")
    assert isinstance(bar, StorageBar)
    placed = bar.segments()
    assert [kind for kind, _ in placed] == [
        Kind.MODELS,
        Kind.CHATS,
        Kind.ATTACHMENTS,
        Kind.BACKUPS,
        Kind.SNAPSHOTS,
        Kind.LOGS,
    ]
    assert placed[-1][1].right() == pytest.approx(bar.width())
    assert min(place.width() for _, place in placed) >= 3


@pytest.mark.parametrize(
    ("row", "kind", "said"),
    [
        ("Models, 33", Kind.MODELS, "Delete the removed model for good? This frees 5 GiB."),
        ("Chats", Kind.CHATS, "Delete the 3 chats in the trash for good, also from the backups?"),
        ("Backups", Kind.BACKUPS, "Delete all copies but the newest? This frees 68 MiB."),
        ("What models", Kind.SNAPSHOTS, "Long chats are read once more"),
    ],
)
def test_cleaning_up_says_what_it_does_and_what_it_frees(open_page, row, kind, said):
    room = open_page()
    assert said in room.clean(row)
    assert room.storage.cleaned == []
    room.press("answer_clean")
    assert room.storage.cleaned == [kind]
    assert "freed." in room.text("storageResult")
    left = [r for r in room.seen("storageRow") if r.accessibleName().startswith(row[:6])]
    assert not any(r.findChild(QWidget, "cleanButton").isVisible() for r in left)


def test_a_question_can_be_left_by_escape(open_page, qtbot):
    room = open_page()
    room.clean("What models")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert room.storage.cleaned == []
    assert not room.seen("cleanQuestion")
    assert QApplication.focusWidget().accessibleName() == "Clean up: What models have read"


def test_what_could_not_be_deleted_is_said(open_page):
    storage = FakeStorage()
    storage.left = 2
    room = open_page(storage=storage)
    room.clean("Backups")
    room.press("answer_clean")
    assert room.text("storageResult") == "68 MiB freed. 2 files could not be deleted."


def test_a_row_that_is_clean_gives_the_keyboard_to_its_neighbour(open_page):
    room = open_page()
    room.clean("What models")
    room.press("answer_clean")
    assert QApplication.focusWidget().accessibleName() == "Open folder: Logs"


def test_a_folder_is_opened(open_page, monkeypatch):
    room, opened = open_page(), []
    monkeypatch.setattr(storage_row, "open_folder", opened.append)
    room.press_in(room.row("Attached"), "openStorageButton")
    assert [str(path) for path in opened] == ["/data/attachments"]


def test_nothing_is_shown_of_what_takes_nothing(open_page):
    room = open_page(storage=FakeStorage(()))
    assert room.rows() == []
    assert room.text("storageSummary") == "0 bytes in all · 120 GiB free"


# Backups


def test_copies_are_listed_and_one_is_made(open_page):
    room = open_page(backups=FakeBackups(copy_of(1)))
    assert room.moments() == ["Yesterday"]
    room.press("backUpButton")
    assert room.moments() == ["Today", "Yesterday"]
    assert room.text("backupsResult") == "A copy was made."


def test_without_a_copy_the_page_says_so(open_page):
    room = open_page(backups=FakeBackups())
    assert room.seen("noBackups")
    room.press("backUpButton")
    assert not room.seen("noBackups")


def test_a_copy_is_restored_after_a_question(open_page):
    room = open_page()
    row = room.copies()[1]
    room.press_in(row, "restoreButton")
    assert room.backups.restored == []
    room.press("answer_restore")
    assert room.backups.restored == [room.backups.copies[1]]
    assert room.text("backupsResult").startswith("Your chats are as they were: Yesterday")


def test_a_refusal_says_why(open_page):
    room = open_page()
    room.backups.refusal = ChatsBusy()
    room.press_in(room.copies()[0], "restoreButton")
    room.press("answer_restore")
    assert room.text("backupsResult") == str(ChatsBusy())


def test_a_copy_is_deleted_after_a_question(open_page):
    room = open_page()
    room.press_in(room.copies()[0], "deleteBackupButton")
    assert len(room.moments()) == 3
    room.press("answer_delete")
    assert room.moments() == ["Yesterday", room.moments()[1]]
    assert room.window.isAncestorOf(QApplication.focusWidget())


def test_a_check_says_what_it_found(open_page):
    room = open_page()
    room.press("checkChatsButton")
    assert room.text("backupsResult") == "All is well."
    assert not room.seen("recoveryPanel")
    room.backups.found = False
    room.press("checkChatsButton")
    assert room.text("backupsResult").startswith("There is a fault.")
    assert room.seen("recoveryPanel")
    assert "has a fault" in room.text("recoveryText")


def test_one_thing_is_done_at_a_time(open_page):
    room = open_page()
    room.backups.work = BackupWork.CHECK
    room.backups.on_change()
    assert room.text("backupsResult") == "Reading everything…"
    for name in ("backUpButton", "checkChatsButton"):
        assert not room.widget(name).isEnabled()
    assert not any(button.isEnabled() for button in room.seen("restoreButton"))


# When something is wrong


def test_damaged_chats_are_the_first_thing_to_see(open_page):
    room = open_page(backups=FakeBackups(copy_of(1), problem=ChatsDamaged()))
    panel = room.widget("recoveryPanel")
    area = room.widget("settingsScroll")
    place = panel.mapTo(area.widget(), panel.rect().topLeft()).y()
    room.wait_for(lambda: 0 <= place - area.verticalScrollBar().value() < area.height() / 2)
    assert "is damaged" in room.text("recoveryText")
    room.press("recoverButton")
    assert room.text("storageResult") == (
        "1,204 messages in 37 chats were saved. The damaged file is kept as "
        "damaged-2026-11-29-101500.db."
    )
    assert not room.seen("recoveryPanel")


@pytest.mark.parametrize(
    ("problem", "offered"),
    [
        (ChatsInUse(), {"openAgainButton"}),
        (ChatsUnreadable(reason="disk I/O error"), {"openAgainButton", "recoverButton"}),
        (ChatsTooNew(), set()),
    ],
)
def test_only_what_helps_is_offered(open_page, problem, offered):
    room = open_page(backups=FakeBackups(problem=problem))
    assert room.text("recoveryText") == str(problem)
    assert {n for n in ("recoverButton", "openAgainButton") if room.seen(n)} == offered
    if "openAgainButton" in offered:
        room.press("openAgainButton")
        assert room.backups.opened == 1


# For everybody


def test_everything_that_takes_the_keyboard_has_a_name_of_its_own(open_page):
    room = open_page()
    parts = [
        w
        for w in room.widget("storageSection").findChildren(QWidget)
        if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    names = [QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name) for w in parts]
    assert len(names) > 15
    assert all(names)
    assert len(set(names)) == len(names)


def test_the_keyboard_goes_from_above_to_below(open_page):
    room = open_page()
    room.backups.copies = (copy_of(0), *room.backups.copies[1:])
    room.backups.on_change()
    section = room.widget("storageSection")
    first = section.findChild(QWidget, "cleanButton")
    order, part = [first], first.nextInFocusChain()
    while part is not first:
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible():
            order.append(part)
        part = part.nextInFocusChain()
    inside = [part for part in order if section.isAncestorOf(part)]
    assert order[: len(inside)] == inside
    places = [part.mapTo(section, part.rect().topLeft()) for part in inside]
    assert places == sorted(places, key=lambda place: (place.y(), place.x()))


@pytest.mark.parametrize("width", [480, 900])
def test_nothing_sticks_out_at_any_width(open_page, width):
    room = open_page(backups=FakeBackups(copy_of(40), problem=ChatsDamaged()))
    room.clean("What models")
    room.window.resize(width, 700)
    area = room.widget("settingsScroll")
    room.wait_for(lambda: room.window.width() == width)
    assert area.widget().width() <= area.viewport().width()


@pytest.mark.parametrize("width_px", [420, 1080])
def test_what_can_be_pressed_stands_below_the_words_or_at_the_end(qtbot, width_px):
    room = Room(qtbot)
    room.window.resize(width_px, 740)
    facts = room.row("Models").findChild(QWidget, "storageFacts")
    tools = room.row("Models").findChild(QWidget, "cleanButton")

    def is_in_place() -> bool:
        left = tools.mapTo(room.window, QPoint(LINK_PAD_PX, 0)).x()
        words = facts.mapTo(room.window, QPoint(0, 0)).x()
        return left == words if width_px == 420 else left >= words + facts.width()

    room.wait_for(is_in_place)
