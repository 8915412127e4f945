"""The list of installed models and the dialog that adds some, on a library that is made up."""

import datetime as dt
import pathlib

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from app.domain.errors import ModelInUse, NothingToAdopt, OfflineSwitchedOn
from app.domain.library import Check
from app.ui.library import words
from app.ui.library.row_list import merged
from app.ui.open_folder import open_folder
from tests.helpers.fake_library import (
    EIGHT,
    FOLDERS,
    FOUND,
    GIB,
    MINE,
    SMALL,
    USB,
    FakeLibrary,
    Folder,
    Newer,
    News,
    Work,
    file,
    job,
)
from tests.helpers.library_shelf import Shelf

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def shelf(qtbot, _dressed):
    return Shelf(qtbot, FakeLibrary())


# What a row says


def test_a_row_says_what_the_model_is_and_what_is_known_of_it(shelf):
    assert shelf.rows()[0] == "Mistral Small 3.2 24B Q4_K_M"
    facts = shelf.text("Small", "libraryFacts")
    assert facts == "15 GiB · Used today · Verified 3 days ago"
    assert shelf.text("Small", "libraryWhere") == "/data/models"
    assert shelf.part("Small", "libraryAlarm").isHidden()


def test_another_programs_model_says_whose_it_is(shelf):
    assert shelf.text("nemo", "libraryWhere") == "LM Studio · /studio/models/nemo"
    assert "Never used" in shelf.text("nemo", "libraryFacts")


def test_the_header_counts_models_and_bytes(shelf):
    assert shelf.one("librarySummary").text() == "3 models, 27 GiB"


def test_a_changed_file_and_a_warning_are_alarms(shelf):
    files = (file("/data/models/small.gguf", 14 * GIB, Check.WRONG),)
    shelf.library.change("small", files=files, warning="Known to be faulty.")
    said = shelf.text("Small", "libraryAlarm")
    assert said.startswith("Known to be faulty. Its content has changed.")
    assert "Verified" not in shelf.text("Small", "libraryFacts")


def test_a_missing_drive_is_shown_as_such(shelf):
    shelf.library.folders = (FOLDERS[0], Folder(path=USB, is_there=False))
    shelf.library.change("eight", is_there=False)
    assert "/media/usb/models" in shelf.one("missingFolders").text()
    assert shelf.text("8B", "libraryWhere").startswith("Not there now: /media/usb/models")
    assert not shelf.part("8B", "useInstalledButton").isEnabled()
    assert not shelf.actions("8B")["Verify"].isEnabled()


def test_markup_in_a_name_stays_text(shelf):
    shelf.library.change("small", name="<b>Bold</b> & more")
    assert shelf.text("Bold", "libraryName") == "<b>Bold</b> & more"


@pytest.mark.usefixtures("_dressed")
def test_an_empty_library_says_what_to_do(qtbot):
    shelf = Shelf(qtbot, FakeLibrary(()))
    assert shelf.seen("libraryEmpty")
    assert shelf.seen("addModelsButton")
    assert not shelf.seen("verifyAllButton")


@pytest.mark.parametrize("width", [440, 520, 900])
def test_nothing_sticks_out_at_any_width(shelf, width):
    path = "/media/drive/" + "averylongfolderwithoutanyplacetobreak" * 4 + "/x.gguf"
    shelf.library.change("small", name="Long-name" * 20, build="Q4" * 30, files=(file(path, 1),))
    shelf.window.resize(width, 600)
    assert shelf.window.width() == width
    for row in shelf.seen("libraryRow"):
        for part in row.findChildren(QWidget):
            if part.isVisible() and part.window() is shelf.window:
                assert part.mapTo(row, part.rect().topRight()).x() <= row.width()


# What can be done with a row


def test_use_hands_over_the_path(shelf, qtbot):
    with qtbot.waitSignal(shelf.list.use_requested) as used:
        shelf.part("8B", "useInstalledButton").click()
    assert used.args == [str(EIGHT.path)]


def test_enter_on_a_row_uses_it(shelf, qtbot):
    shelf.row("8B").setFocus()
    with qtbot.waitSignal(shelf.list.use_requested) as used:
        qtbot.keyClick(shelf.row("8B"), Qt.Key.Key_Return)
    assert used.args == [str(EIGHT.path)]


def test_verifying_shows_its_progress_and_can_be_stopped(shelf):
    shelf.actions("Small")["Verify"].trigger()
    assert shelf.text("Small", "workText") == "Verifying, waiting for its turn"
    shelf.library.work("small", Work("verify", 5 * GIB, 10 * GIB))
    assert shelf.text("Small", "workText") == "Verifying, 5 of 10 GiB"
    shelf.part("Small", "stopWorkButton").click()
    assert shelf.library.works == {}
    assert not shelf.seen("stopWorkButton")


def test_progress_keeps_the_widgets_and_the_keyboard(shelf):
    shelf.library.work("small", Work("verify", 1, 10))
    row, stop = shelf.row("Small"), shelf.part("Small", "stopWorkButton")
    stop.setFocus()
    shelf.library.work("small", Work("verify", 2, 10))
    assert shelf.row("Small") is row
    assert QApplication.focusWidget() is stop
    shelf.library.work("small", None)
    assert QApplication.focusWidget() is row


def test_what_is_on_its_way_in_is_shown_above(shelf):
    shelf.library.work("coming", Work("import", GIB, 4 * GIB))
    assert shelf.one("workText").text() == "Adding a model, 1 of 4 GiB"
    shelf.press("stopWorkButton")
    assert not shelf.seen("workText")


def test_verify_all_is_offered_until_all_are_being_verified(shelf):
    shelf.press("verifyAllButton")
    assert len(shelf.library.works) == 3
    assert not shelf.one("verifyAllButton").isEnabled()


def test_a_removed_model_leaves_its_way_back_in_its_place(shelf, qtbot):
    shelf.row("8B").setFocus()
    qtbot.keyClick(shelf.row("8B"), Qt.Key.Key_Delete)
    assert sorted(shelf.rows()) == ["Mistral Small 3.2 24B Q4_K_M", "mistral-nemo-instruct-2407"]
    removed = shelf.one("removedRow")
    qtbot.waitUntil(lambda: shelf.row("Small").y() < removed.y() < shelf.row("nemo").y())
    assert QApplication.focusWidget() is shelf.one("undoRemoveButton")
    assert shelf.one("trashNote").text() == "What was removed still takes 5 GiB of the disk."
    shelf.press("undoRemoveButton")
    assert "Ministral 3 8B Q4_K_M" in shelf.rows()
    assert QApplication.focusWidget() is shelf.row("8B")


def test_ctrl_z_takes_the_last_removal_back(shelf, qtbot):
    shelf.library.remove("eight")
    shelf.library.remove("small")
    shelf.row("nemo").setFocus()
    qtbot.keyClick(shelf.row("nemo"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [model.id for model in shelf.library.removed] == ["eight"]


def test_what_was_removed_can_be_deleted_for_good(shelf):
    shelf.library.remove("eight")
    shelf.press("trashNoteButton")
    assert not shelf.seen("removedRow")
    assert not shelf.seen("trashNote")


def test_another_programs_model_is_only_taken_off_the_list(shelf):
    actions = shelf.actions("nemo")
    assert "Remove" not in actions
    assert not actions["Move to another folder"].isEnabled()
    shelf.row("nemo").setFocus()
    actions["Take off the list"].trigger()
    assert not shelf.seen("removedRow")
    assert QApplication.focusWidget() is shelf.row("8B")


def test_a_model_moves_to_another_models_folder(shelf):
    places = shelf.actions("Small")["Move to another folder"].menu()
    places.aboutToShow.emit()
    texts = [action.text() for action in places.actions() if action.text()]
    assert texts == ["/media/usb/models (800 GiB free)", "Another folder…"]
    places.actions()[0].trigger()
    assert ("move", "small", USB) in shelf.library.calls


def test_a_model_moves_to_a_folder_that_is_asked_for(shelf):
    places = shelf.actions("Small")["Move to another folder"].menu()
    places.aboutToShow.emit()
    places.actions()[-1].trigger()
    (dialog,) = shelf.window.findChildren(QFileDialog)
    dialog.fileSelected.emit("/new/place")
    dialog.reject()
    assert ("move", "small", pathlib.Path("/new/place")) in shelf.library.calls


def test_the_menu_key_opens_the_actions_of_the_row(shelf, qtbot):
    row = shelf.row("Small")
    row.setFocus()
    place = QPoint(0, 0)
    QApplication.sendEvent(row, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, place))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "Verify" in [action.text() for action in menu.actions()]
    menu.close()


def test_arrow_keys_go_from_row_to_row(shelf, qtbot):
    shelf.list.enter()
    assert QApplication.focusWidget() is shelf.row("Small")
    qtbot.keyClick(shelf.row("Small"), Qt.Key.Key_Down)
    assert QApplication.focusWidget() is shelf.row("8B")
    qtbot.keyClick(shelf.row("8B"), Qt.Key.Key_Up)
    assert QApplication.focusWidget() is shelf.row("Small")


def test_tab_follows_the_order_of_the_screen(shelf, qtbot):
    small, eight, studio = shelf.library.installed
    shelf.library.installed = (studio, small, eight)
    shelf.library.on_change()
    shelf.row("nemo").setFocus()
    visited = []
    for _ in range(7):
        focus = QApplication.focusWidget()
        visited.append(focus.accessibleName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert visited[:4] == [
        "mistral-nemo-instruct-2407",
        "Use mistral-nemo-instruct-2407",
        "Actions for mistral-nemo-instruct-2407",
        "Mistral Small 3.2 24B Q4_K_M",
    ]
    assert visited[6] == "Ministral 3 8B Q4_K_M"


def test_show_in_folder_opens_folders_and_nothing_else(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    model = tmp_path / "model.gguf"
    model.touch()
    assert not open_folder(model)
    assert not open_folder(tmp_path / "gone")
    assert open_folder(tmp_path)
    assert [url.toLocalFile() for url in opened] == [str(tmp_path)]


def test_what_failed_is_said_once_and_again_when_it_happens_again(shelf):
    shelf.library.problem = ModelInUse(name="Small")
    shelf.library.on_change()
    assert shelf.one("libraryProblem").text().startswith("“Small” is in use.")
    shelf.press("libraryProblemDismiss")
    shelf.library.on_change()
    assert not shelf.seen("libraryProblem")
    shelf.library.problem = ModelInUse(name="Small")
    shelf.library.on_change()
    assert shelf.seen("libraryProblem")


# Newer builds


def test_a_newer_build_is_offered_at_its_model(shelf, qtbot):
    shelf.press("newerBuildsButton")
    assert not shelf.one("newerBuildsButton").isEnabled()
    shelf.library.end("newer", News((Newer(SMALL, job(SMALL)),)))
    assert shelf.one("newerBuildsNote").text() == "1 model was published again. See below."
    with qtbot.waitSignal(shelf.list.download_requested) as wanted:
        shelf.part("Small", "newerButton").click()
    assert wanted.args == [job(SMALL)]
    assert not shelf.seen("newerButton")


def test_without_a_newer_build_the_search_says_so(shelf):
    shelf.press("newerBuildsButton")
    shelf.library.end("newer", News())
    assert shelf.one("newerBuildsNote").text() == "Every model is as it was published last."


def test_a_search_that_failed_says_why(shelf):
    shelf.press("newerBuildsButton")
    shelf.library.end("newer", News(failed=(OfflineSwitchedOn(),)))
    assert shelf.one("newerBuildsNote").text().startswith("“Offline” is switched on")
    assert shelf.one("newerBuildsButton").isEnabled()


# Adding what is on this PC


def test_models_of_other_programs_are_listed_and_not_chosen(shelf):
    shelf.add()
    assert shelf.one("addWords").text() == "Looking for models of other programs…"
    shelf.library.end("elsewhere", FOUND)
    assert shelf.names_found() == ["Mistral Small 4", "mistral:7b", "broken:8b"]
    assert not any(box.isChecked() for box in shelf.seen("foundBox"))
    assert not shelf.one("confirmAddButton").isEnabled()


def test_nothing_found_says_what_to_do(shelf):
    shelf.add().library.end("elsewhere", ())
    assert shelf.one("addWords").text().startswith("No models of other programs were found.")
    assert not shelf.seen("adoptWay")


def test_what_is_chosen_is_used_where_it_is_unless_another_way_is_taken(shelf):
    shelf.add().library.end("elsewhere", FOUND)
    shelf.choose("mistral:7b")
    assert shelf.one("addSummary").text() == "1 model, 4 GiB"
    shelf.press("confirmAddButton")
    assert shelf.library.calls == [("adopt", "mistral:7b")]


def test_a_copy_says_what_it_takes(shelf):
    shelf.add().library.end("elsewhere", FOUND)
    shelf.choose("mistral:7b")
    shelf.press("copyWay")
    assert "4 GiB more" in shelf.one("copyWay").accessibleDescription()
    shelf.press("confirmAddButton")
    assert shelf.library.calls == [("copy in", "mistral:7b")]


def test_files_of_another_program_are_never_moved(shelf):
    shelf.add().library.end("elsewhere", FOUND)
    shelf.press("moveWay")
    shelf.choose("mistral:7b")
    assert not shelf.one("moveWay").isEnabled()
    assert shelf.one("adoptWay").isChecked()


def test_choose_all_leaves_out_what_is_known_to_be_bad(shelf):
    shelf.add().library.end("elsewhere", FOUND)
    shelf.press("chooseAllButton")
    chosen = {box.accessibleName() for box in shelf.seen("foundBox") if box.isChecked()}
    assert chosen == {"Mistral Small 4", "mistral:7b"}
    shelf.press("chooseAllButton")
    assert not any(box.isChecked() for box in shelf.seen("foundBox"))


def test_a_folder_of_the_persons_own_is_looked_into(shelf):
    shelf.add().library.end("elsewhere", FOUND)
    shelf.press("addFolderButton")
    (dialog,) = shelf.window.findChildren(QFileDialog)
    dialog.fileSelected.emit("/home/person")
    dialog.reject()
    assert shelf.library.calls == [("find_in", pathlib.Path("/home/person"))]
    shelf.library.end("in", (MINE,))
    shelf.qtbot.waitUntil(lambda: shelf.names_found()[0] == "mine")
    shelf.press("moveWay")
    shelf.press("confirmAddButton")
    assert shelf.library.calls[-1] == ("move in", "mine")


def test_a_folder_without_models_says_so(shelf):
    shelf.add().library.end("elsewhere", ())
    shelf.press("addFileButton")
    (dialog,) = shelf.window.findChildren(QFileDialog)
    assert ".gguf" in dialog.nameFilters()[0]
    dialog.fileSelected.emit("/home/person/x.gguf")
    dialog.reject()
    shelf.library.end("in", NothingToAdopt(folder="person"))
    assert shelf.one("addProblem").text().startswith("There is no GGUF model in “person”.")


def test_what_is_found_after_the_dialog_was_closed_finds_nobody(shelf, qtbot):
    shelf.add()
    shelf.press("cancelAddButton")
    qtbot.waitUntil(lambda: shelf.window.findChild(QWidget, "addModels") is None)
    shelf.library.end("elsewhere", FOUND)
    assert shelf.library.calls == []


def test_everything_that_takes_the_keyboard_has_a_name(shelf):
    shelf.library.remove("small")
    shelf.library.work("eight", Work())
    shelf.add().library.end("elsewhere", FOUND)
    parts = [
        w
        for w in shelf.window.findChildren(QWidget)
        if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(parts) > 15
    for part in parts:
        name = QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
        assert name, part.objectName()


# Words


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-22T12:00:00+00:00", "today"),
        ("2026-11-23T12:00:00+00:00", "today"),
        ("2026-11-21T12:00:00+00:00", "yesterday"),
        ("2026-11-12T12:00:00+00:00", "10 days ago"),
        ("", ""),
        ("soon", ""),
    ],
)
def test_days_are_said_as_people_do(at, said):
    assert words.day_words(at, TODAY) == said


def test_days_long_ago_are_dates():
    assert words.day_words("2025-01-05T12:00:00+00:00", TODAY).startswith("on ")


def test_the_home_folder_is_not_spelled_out():
    home = pathlib.Path.home()
    assert words.short_path(home / "models") == "~/models"
    assert words.short_path(home) == "~"
    assert words.short_path(pathlib.Path("/srv/models")) == "/srv/models"


@pytest.mark.parametrize(
    ("order", "installed", "removed", "expected"),
    [
        ("abc", "ac", "b", "abc"),
        ("abc", "bc", "a", "abc"),
        ("abc", "ca", "b", "cab"),
        ("", "ab", "x", "abx"),
        ("abcd", "d", "abc", "abcd"),
        ("abcd", "d", "cba", "abcd"),
    ],
)
def test_a_removed_model_stays_behind_its_neighbour(order, installed, removed, expected):
    assert "".join(merged(order, installed, removed)) == expected
