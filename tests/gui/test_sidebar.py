"""The list of chats: sections, names, folders, private chats."""

import time

import pytest
from PySide6.QtCore import Qt

from app.store.store import Store
from tests.helpers.chat_shelf import Shelf, keep
from tests.helpers.desk import Desk
from tests.helpers.old_chats import fill, many, old_chat

CHATS = [
    old_chat(1, "Weekly plan", days=3, is_pinned=True),
    old_chat(2, "Sourdough", days=1, folder="Kitchen"),
    old_chat(3, "Bread", says="The wind blows."),
    old_chat(4, "Rivers"),
    old_chat(5, "Letter", days=400),
]
FOLDERS = ("Kitchen", "Work")


@pytest.fixture
def data(tmp_path):
    keep(tmp_path / "data", CHATS, FOLDERS)
    return tmp_path / "data"


@pytest.fixture
def desk(qtbot, _dressed, data) -> Desk:
    return Desk(qtbot, data=data)


@pytest.fixture
def shelf(desk) -> Shelf:
    shelf = Shelf(desk)
    desk.wait_for(lambda: "Rivers" in shelf.rows())
    return shelf


def again(desk, data) -> Shelf:
    """Close the window and open it anew."""
    desk.leave()
    return Shelf(Desk(desk.qtbot, data=data))


def test_kept_chats_stand_under_their_headings(shelf):
    *rows, month, letter = shelf.rows()
    assert rows == [
        "Pinned",
        "Weekly plan",
        "Kitchen",
        "Sourdough",
        "Work",
        "Today",
        "Rivers",
        "Bread",
    ]
    assert letter == "Letter"
    assert month.split()[1].isdigit()
    assert shelf.spoken("Weekly plan") == "Weekly plan, Pinned"
    assert shelf.spoken("Sourdough") == "Sourdough, in the folder Kitchen"
    assert shelf.spoken("Rivers") == "Rivers, Today"
    assert shelf.spoken("Letter") == f"Letter, {month}"
    assert shelf.spoken("Kitchen") == "Folder Kitchen, 1 chat, unfolded"


def test_the_keyboard_passes_over_dates_and_opens_chats(desk, shelf, qtbot):
    shelf.go_to("Weekly plan")
    for expected in ("Kitchen", "Sourdough", "Work", "Rivers"):
        shelf.key(Qt.Key.Key_Down)
        assert shelf.here() == expected
    desk.wait_for(lambda: [words for _, words in desk.words()][:1] == ["Question of 4"])
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(desk.window, Qt.Key.Key_PageDown, control)
    assert shelf.here() == "Bread"
    for expected in ("Rivers", "Sourdough", "Weekly plan", "Weekly plan"):
        qtbot.keyClick(desk.window, Qt.Key.Key_PageUp, control)
        assert shelf.here() == expected
    desk.wait_for(lambda: [words for _, words in desk.words()][:1] == ["Question of 1"])


def test_home_end_and_coming_by_tab(desk, shelf):
    shelf.go_to("Bread")
    shelf.key(Qt.Key.Key_Home)
    assert shelf.here() == "Weekly plan"
    shelf.key(Qt.Key.Key_End)
    assert shelf.here() == "Letter"
    shelf.click("Sourdough")
    shelf.click("Kitchen")
    desk.wait_for(lambda: [words for _, words in desk.words()][:1] == ["Question of 2"])
    field = desk.widget("searchField")
    field.setFocus()
    desk.qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert shelf.view.hasFocus()
    # The open chat is folded away, and coming by opens no other.
    assert desk.words()[0][1] == "Question of 2"


@pytest.mark.usefixtures("_dressed")
def test_the_first_chat_of_all_is_kept(qtbot, tmp_path):
    desk = Desk(qtbot, data=tmp_path / "new")
    desk.wait_for(lambda: Shelf(desk).rows() == ["Today", "New chat"])
    desk.load()
    desk.ask("Hello")
    desk.wait_for(lambda: desk.chats.working_chat_id is not None)
    assert again(desk, tmp_path / "new").rows()[:2] == ["Today", "Hello"]


def test_a_chat_is_renamed_in_its_row(desk, shelf, data, qtbot):
    shelf.go_to("Rivers")
    shelf.key(Qt.Key.Key_F2)
    shelf.rename("  The Ebro  and   others ")
    assert "The Ebro and others" in shelf.rows()
    shelf.key(Qt.Key.Key_F2)
    qtbot.keyClick(shelf.write("Something else"), Qt.Key.Key_Escape)
    desk.wait_for(lambda: not desk.seen("rowEditor"))
    assert "The Ebro and others" in shelf.rows()
    assert shelf.view.hasFocus()
    assert "The Ebro and others" in again(desk, data).rows()


def test_a_title_that_is_emptied_is_the_first_question(desk, shelf):
    shelf.right_click("Letter")
    shelf.choose("chatMenu", "Rename")
    shelf.rename("")
    # It was never opened: its question has to be read first.
    desk.wait_for(lambda: "Question of 5" in shelf.rows())


def test_what_is_being_written_survives_what_happens_to_the_chat(desk, shelf):
    shelf.click("Bread")
    desk.load()
    desk.ask("More?")
    desk.wait_for(lambda: desk.chats.working_chat_id == 3)
    shelf.go_to("Bread")
    shelf.key(Qt.Key.Key_F2)
    editor = shelf.write("Half a ti")
    desk.client.write("Yes")
    desk.client.finish_answer()
    assert editor.text() == "Half a ti"


def test_titles_cannot_break_out_of_their_row(desk, shelf):
    desk.chat_library.rename(desk.chat_library.chat(3), "a\u202eb\u2028c")
    assert [ord(c) for c in shelf.rows()[6] if ord(c) in (0x202E, 0x2028)] == []


@pytest.mark.parametrize("way", ["more", "right", "menu", "shift-f10"])
def test_the_menu_opens_by_mouse_and_keyboard(shelf, way):
    if way == "more":
        shelf.click_more("Rivers")
    elif way == "right":
        shelf.right_click("Rivers")
    else:
        shelf.go_to("Rivers")
        key = Qt.Key.Key_Menu if way == "menu" else Qt.Key.Key_F10
        shelf.key(key, Qt.KeyboardModifier.ShiftModifier if way == "shift-f10" else _NONE)
    labels = ["Rename", "Pin", "Move to folder", "Export…", "Delete"]
    assert shelf.entries("chatMenu") == labels
    shelf.choose("chatMenu", "Pin")
    assert shelf.rows()[:3] == ["Pinned", "Rivers", "Weekly plan"]


_NONE = Qt.KeyboardModifier.NoModifier


def test_pins_and_folders_are_kept(desk, shelf, data):
    shelf.right_click("Weekly plan")
    shelf.choose("chatMenu", "Unpin")
    shelf.right_click("Rivers")
    shelf.choose("chatMenu", "Move to folder", "Work")
    expected = ["Kitchen", "Sourdough", "Work", "Rivers", "Today", "Bread", "Previous 7 days"]
    assert shelf.rows()[:7] == expected
    later = again(desk, data)
    later.desk.wait_for(lambda: later.rows()[:7] == expected)


def test_a_new_folder_gets_its_name_at_once(desk, shelf):
    shelf.right_click("Rivers")
    shelf.choose("chatMenu", "Move to folder", "New folder…")
    shelf.rename("Geography")
    assert shelf.rows()[2:8] == ["Kitchen", "Sourdough", "Work", "Geography", "Rivers", "Today"]
    assert desk.chat_library.folders == ["Kitchen", "Work", "Geography"]
    shelf.right_click("Bread")
    shelf.choose("chatMenu", "Move to folder", "New folder…")
    assert "New folder" in desk.chat_library.folders


def test_a_chat_is_dragged_into_a_folder_and_out_of_it(desk, shelf):
    assert shelf.drag("Rivers", onto="Work")
    assert desk.chat_library.chat(4).info.folder == "Work"
    assert shelf.drag("Sourdough", onto="Rivers")
    assert desk.chat_library.chat(2).info.folder == "Work"
    assert shelf.drag("Rivers", onto="Bread")
    assert desk.chat_library.chat(4).info.folder == ""
    assert not shelf.drag("Rivers", onto="Weekly plan")
    assert not shelf.drag("Rivers", onto="Pinned")


def test_a_folder_is_folded_and_stays_so(desk, shelf):
    shelf.click("Kitchen")
    assert "Sourdough" not in shelf.rows()
    assert shelf.spoken("Kitchen").endswith("folded")
    desk.chat_library.change(desk.chat_library.chat(5), is_pinned=True)
    assert "Sourdough" not in shelf.rows()
    shelf.go_to("Kitchen")
    shelf.key(Qt.Key.Key_Right)
    assert "Sourdough" in shelf.rows()
    shelf.go_to("Sourdough")
    shelf.key(Qt.Key.Key_Left)
    assert shelf.here() == "Kitchen"
    shelf.key(Qt.Key.Key_Space)
    assert "Sourdough" not in shelf.rows()
    # Whatever opens a chat in it shows where it is.
    shelf.click("Rivers")
    desk.widget("searchField").setText("sour")
    shelf.click("Sourdough")
    desk.widget("searchField").clear()
    assert shelf.here() == "Sourdough"


def test_a_folder_has_a_menu(desk, shelf):
    shelf.go_to("Work")
    shelf.key(Qt.Key.Key_Menu)
    labels = ["New chat here", "Rename", "Move up", "Move down", "Delete folder, keep its chats"]
    assert shelf.entries("folderMenu") == labels
    shelf.choose("folderMenu", "New chat here")
    assert shelf.rows()[4:6] == ["Work", "New chat"]
    assert desk.widget("messageInput").hasFocus()
    shelf.right_click("Work")
    shelf.choose("folderMenu", "New chat here")
    assert shelf.rows().count("New chat") == 1
    shelf.right_click("Work")
    shelf.choose("folderMenu", "Move up")
    assert desk.chat_library.folders == ["Work", "Kitchen"]
    shelf.right_click("Kitchen")
    shelf.choose("folderMenu", "Rename")
    shelf.rename("Food")
    assert shelf.spoken("Sourdough") == "Sourdough, in the folder Food"


def test_a_deleted_folder_leaves_its_chats_and_can_be_had_again(desk, shelf, data):
    before = shelf.rows()
    shelf.right_click("Kitchen")
    shelf.choose("folderMenu", "Delete folder, keep its chats")
    assert "Kitchen" not in shelf.rows()
    assert shelf.spoken("Sourdough") == "Sourdough, Yesterday"
    desk.press("undoButton")
    assert shelf.rows() == before
    desk.wait_for(lambda: not desk.seen("undoBar"))
    assert again(desk, data).desk.chat_library.chat(2).info.folder == "Kitchen"


def test_the_wish_to_export_is_told(desk, shelf):
    told = []
    desk.widget("sidebar").export_requested.connect(told.append)
    shelf.right_click("Bread")
    shelf.choose("chatMenu", "Export…")
    assert told == [3]


def test_a_private_chat_is_called_one_and_leaves_nothing(desk, shelf, data, qtbot):
    button = desk.widget("newPrivateChatButton")
    assert "nothing of it touches the disk" in button.toolTip()
    assert button.accessibleName() == "New private chat"
    button.click()
    assert desk.seen("privateNote")
    assert shelf.spoken("Private chat") == "Private chat, private, Today"
    desk.load()
    desk.ask("A secret")
    desk.client.write("Hush.")
    desk.client.finish_answer()
    assert shelf.spoken("A secret") == "A secret, private, Today"
    desk.press("newChatButton")
    assert not desk.seen("privateNote")
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(desk.window, Qt.Key.Key_N, keys)
    assert desk.seen("privateNote")
    desk.leave()
    with Store(data) as store:
        assert store.chats.find("secret") == []
        assert len(store.chats.infos()) == len(CHATS)


def test_it_says_when_nothing_is_kept(desk, shelf, data):
    assert not desk.seen("notKeptNotice")
    other = Desk(desk.qtbot, data=data)
    assert "another Cierzo" in other.widget("notKeptText").text()
    assert other.seen("notKeptNotice")


def test_asking_moves_one_row_and_leaves_the_others(desk, shelf):
    shelf.click("Sourdough")
    desk.load()
    happened = []
    model = shelf.view.model()
    for name in ("modelReset", "rowsInserted", "rowsRemoved"):
        getattr(model, name).connect(lambda *_, name=name: happened.append(name))
    desk.wait_for(lambda: len(desk.words()) == 2)
    desk.ask("Once more")
    desk.wait_for(lambda: desk.chats.working_chat_id == 2)
    assert "modelReset" not in happened
    happened.clear()
    desk.client.write("Yes.")
    desk.client.finish_answer()
    assert happened == []
    assert shelf.here() == "Sourdough"


def test_ten_thousand_chats_are_listed_in_no_time(desk, shelf):
    chats = many(10_000)
    begun = time.perf_counter()
    fill(desk.chat_library, chats, FOLDERS)
    desk.wait_for(lambda: "Bread 9996" in shelf.rows())
    # A tenth of a second on a quiet PC; this one is not alone.
    assert time.perf_counter() - begun < 2
    changed = []
    shelf.view.model().modelReset.connect(lambda: changed.append("all"))
    shelf.view.model().dataChanged.connect(lambda first, last: changed.append(first.row()))
    desk.chat_library.rename(chats[5000], "Another title")
    assert changed == [shelf.index("Another title").row()]
