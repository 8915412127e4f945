"""Deleting chats: with the way back, and for good."""

import pathlib

import pytest
from PySide6.QtCore import Qt, QTimer

from app.domain.attachments import DocumentPage
from app.media.client import DocumentText
from app.store.store import Store
from tests.helpers.chat_shelf import Shelf, keep
from tests.helpers.desk import Desk
from tests.helpers.old_chats import old_chat

CHATS = [old_chat(1, "One"), old_chat(2, "Two"), old_chat(3, "Three")]


@pytest.fixture
def data(tmp_path):
    keep(tmp_path / "data", CHATS)
    return tmp_path / "data"


@pytest.fixture
def desk(qtbot, _dressed, data) -> Desk:
    return Desk(qtbot, data=data)


@pytest.fixture
def shelf(desk) -> Shelf:
    shelf = Shelf(desk)
    desk.wait_for(lambda: shelf.rows() == ["Today", "Three", "Two", "One"])
    return shelf


def delete(shelf, *titles: str) -> None:
    for title in titles:
        shelf.go_to(title)
        shelf.key(Qt.Key.Key_Delete)


def open_trash(desk, shelf) -> Shelf:
    shelf.go_to(next(row for row in shelf.rows() if row.startswith("Trash")))
    shelf.key(Qt.Key.Key_Return)
    assert desk.widget("trashList").hasFocus()


def trashed(desk) -> list[str]:
    model = desk.widget("trashList").model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_delete_takes_a_chat_out_and_stays_beside_it(desk, shelf):
    shelf.go_to("Two")
    shelf.key(Qt.Key.Key_Backspace)
    assert "Two" in shelf.rows()
    shelf.key(Qt.Key.Key_Delete)
    assert shelf.rows() == ["Today", "Three", "One", "Trash (1)"]
    assert shelf.here() == "One"
    assert shelf.view.hasFocus()
    assert desk.seen("undoText")[0].text() == "Moved to the trash."
    assert desk.seen("undoBar")[0].accessibleName() == "Moved to the trash."


@pytest.mark.parametrize("way", ["button", "key"])
def test_it_comes_back_with_undo(desk, shelf, data, way):
    shelf.right_click("Two")
    shelf.choose("chatMenu", "Delete")
    if way == "button":
        desk.press("undoButton")
    else:
        shelf.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shelf.rows() == ["Today", "Three", "Two", "One"]
    assert shelf.here() == "Two"
    assert not desk.seen("undoBar")
    desk.leave()
    with Store(data) as store:
        assert all(info.trashed_ms is None for info in store.chats.infos())


def test_the_bar_goes_by_itself_unless_somebody_is_there(desk, shelf):
    delete(shelf, "Two")
    bar = desk.seen("undoBar")[0]
    timer = bar.findChild(QTimer)
    assert timer.isActive()
    assert timer.interval() == 10_000
    desk.seen("undoButton")[0].setFocus()
    timer.timeout.emit()
    assert bar.isVisible()
    shelf.view.setFocus()
    timer.timeout.emit()
    assert not bar.isVisible()
    shelf.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "Two" not in shelf.rows()


def test_a_private_chat_comes_back_as_well(desk, shelf):
    desk.press("newPrivateChatButton")
    desk.load()
    desk.ask("A secret")
    desk.client.write("Hush.")
    desk.client.finish_answer()
    delete(shelf, "A secret")
    assert desk.seen("undoText")[0].text() == "Deleted."
    assert "Trash (1)" not in shelf.rows()
    desk.press("undoButton")
    assert desk.words()[1][1] == "Hush."


def test_what_was_just_written_comes_back(desk, shelf, data):
    desk.press("newChatButton")
    desk.write("A long letter")
    delete(shelf, "New chat")
    assert desk.seen("undoText")[0].text() == "Moved to the trash."
    desk.press("undoButton")
    assert desk.draft() == "A long letter"
    desk.leave()
    with Store(data) as store:
        assert [draft.text for draft in store.chats.drafts().values()] == ["A long letter"]
        assert all(info.trashed_ms is None for info in store.chats.infos())


def test_what_goes_with_a_draft_comes_back(desk, shelf, data, tmp_path):
    (tmp_path / "notes.txt").write_text("The wind", encoding="utf-8")
    desk.press("newChatButton")
    desk.drop(tmp_path / "notes.txt")
    desk.wait_for(lambda: len(desk.documents.sources) == 1)
    desk.documents.finish(DocumentText(kind="Text", pages=(DocumentPage(text="The wind"),)))
    delete(shelf, "New chat")
    desk.press("undoButton")
    desk.leave()
    with Store(data) as store:
        (draft,) = store.chats.drafts().values()
    assert pathlib.Path(draft.attachments[0].source.path).read_text() == "The wind"


def test_what_is_gone_for_good_cannot_be_undone(desk, shelf):
    delete(shelf, "Two")
    open_trash(desk, shelf)
    desk.press("emptyTrashButton")
    desk.press("answer_delete")
    assert not desk.seen("undoBar")


def test_what_was_brought_back_is_not_brought_back_twice(desk, shelf):
    delete(shelf, "Two")
    open_trash(desk, shelf)
    desk.press("bringBackButton")
    assert not desk.seen("undoBar")
    shelf.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shelf.rows() == ["Today", "Three", "Two", "One"]


def test_after_a_restore_nothing_of_before_is_undone(desk, shelf):
    delete(shelf, "Two")
    keeper, library = desk.chat_library.keeper, desk.chat_library
    (before,) = library.trash
    keeper.recover(lambda: None, lambda _: library.reopen())
    desk.wait_for(lambda: library.is_open and before not in library.trash)
    assert not desk.seen("undoBar")
    assert shelf.rows() == ["Today", "Three", "One", "Trash (1)"]


def test_an_empty_chat_goes_without_a_word(desk, shelf):
    desk.press("newChatButton")
    delete(shelf, "New chat")
    assert shelf.rows() == ["Today", "Three", "Two", "One"]
    assert not desk.seen("undoBar")


def test_the_last_chat_leaves_an_empty_one(desk, shelf):
    delete(shelf, "One", "Two", "Three")
    assert shelf.chats() == ["New chat"]
    assert desk.words() == []


def test_deleting_ends_the_answer(desk, shelf, data):
    shelf.click("Two")
    desk.load()
    desk.ask("More?")
    desk.wait_for(lambda: desk.chats.working_chat_id == 2)
    desk.client.write("So much")
    shelf.click("Two")
    delete(shelf, "Two")
    assert desk.client.cancelled
    open_trash(desk, shelf)
    desk.press("deleteForGoodButton")
    desk.press("answer_delete")
    desk.client.finish_answer()
    desk.leave()
    with Store(data) as store:
        assert [info.chat_id for info in store.chats.infos()] == [3, 1]


def test_the_trash_gives_back_what_is_chosen(desk, shelf):
    delete(shelf, "One", "Two")
    open_trash(desk, shelf)
    assert trashed(desk) == ["Two", "One"]
    spoken = desk.widget("trashList").model().index(0, 0)
    assert spoken.data(Qt.ItemDataRole.AccessibleTextRole) == "Two, 30 days left"
    desk.qtbot.keyClick(desk.widget("trashList"), Qt.Key.Key_Down)
    desk.press("bringBackButton")
    assert shelf.rows() == ["Today", "Three", "One", "Trash (1)"]
    assert shelf.here() == "One"
    desk.wait_for(lambda: not desk.seen("trashPanel"))


def test_deleting_for_good_asks_once(desk, shelf, data):
    delete(shelf, "One", "Two")
    open_trash(desk, shelf)
    desk.qtbot.keyClick(desk.widget("trashList"), Qt.Key.Key_Delete)
    (question,) = desk.seen("trashQuestion")
    assert "“Two” for good? This cannot be undone." in question.accessibleName()
    desk.press("leaveButton")
    assert trashed(desk) == ["Two", "One"]
    desk.press("deleteForGoodButton")
    desk.press("answer_delete")
    assert trashed(desk) == ["One"]
    assert desk.widget("trashList").hasFocus()
    desk.press("emptyTrashButton")
    desk.press("answer_delete")
    assert shelf.rows() == ["Today", "Three"]
    assert shelf.view.hasFocus()
    desk.leave()
    with Store(data) as store:
        assert [info.title for info in store.chats.infos()] == ["Three"]
        assert store.chats.find("question") != []


def test_escape_puts_the_trash_away(desk, shelf):
    delete(shelf, "One")
    open_trash(desk, shelf)
    desk.press("emptyTrashButton")
    (question,) = desk.seen("trashQuestion")
    desk.qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert desk.seen("trashPanel")
    desk.qtbot.keyClick(desk.widget("trashList"), Qt.Key.Key_Escape)
    assert not desk.seen("trashPanel")
    assert shelf.view.hasFocus()
