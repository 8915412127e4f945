"""The window itself: contract, theme, width, geometry, files dropped on it."""

import pathlib

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QPalette
from PySide6.QtWidgets import QWidget

from app.services.engine_service import EnginePhase
from app.ui.look.theme import tokens
from tests.helpers.desk import Desk

CONTRACT = [
    "chatList",
    "newChatButton",
    "searchField",
    "transcript",
    "messageInput",
    "sendButton",
    "stopButton",
    "effortSwitch",
    "attachButton",
    "modelPicker",
    "contextGauge",
    "answerNowButton",
]


@pytest.mark.parametrize("name", CONTRACT)
def test_the_contract_is_there_from_the_start(desk, name):
    (found,) = desk.window.findChildren(QWidget, name)
    assert found.isVisible()
    assert QAccessible.queryAccessibleInterface(found).text(QAccessible.Text.Name)


def test_what_this_model_cannot_do_says_why(desk):
    desk.load()
    for name in ("effortSwitch", "answerNowButton"):
        assert not desk.widget(name).isEnabled()
        assert desk.widget(name).toolTip()
        assert desk.widget(name).accessibleDescription() == desk.widget(name).toolTip()


def test_the_toy_is_called_one(desk):
    assert "toy" in desk.widget("modelPicker").accessibleName()
    assert desk.seen("toyNote")
    desk.ask("Hello")
    assert desk.seen("toyNote") == []


def test_the_theme_follows_the_system(desk, qapp):
    hints = qapp.styleHints()
    light = desk.window.grab().toImage().pixelColor(700, 120)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    dark = desk.window.grab().toImage().pixelColor(700, 120)
    assert light.lightness() > 200 > 60 > dark.lightness()
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == tokens(is_dark=True)["page"]
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
    assert desk.window.grab().toImage().pixelColor(700, 120) == light


def test_a_narrow_window_puts_the_sidebar_away(desk, qtbot):
    desk.window.resize(560, 600)
    desk.wait_for(lambda: desk.seen("sidebar") == [])
    assert desk.widget("messageInput").width() > 300
    desk.press("sidebarButton")
    assert desk.seen("sidebar")
    desk.press("newChatButton")
    assert desk.seen("sidebar") == []
    desk.window.resize(1000, 600)
    desk.wait_for(lambda: desk.seen("sidebar") != [])
    qtbot.keyClick(desk.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert desk.seen("sidebar") == []


def test_geometry_is_kept(desk, qtbot):
    desk.window.resize(700, 500)
    again = Desk(qtbot, geometry=desk.window.geometry_bytes())
    assert (again.window.width(), again.window.height()) == (700, 500)
    assert Desk(qtbot, geometry=b"nonsense").window.width() == 1080


@pytest.mark.parametrize("name", ["Ministral 3.GGUF", "Ministral 3.gguf"])
def test_a_dropped_model_is_used(desk, name):
    assert desk.drop(f"/models/{name}")
    assert desk.engine.state.model.path == pathlib.Path(f"/models/{name}")
    assert desk.engine.state.phase is EnginePhase.EMPTY
    assert "Ministral 3" in desk.widget("modelPicker").accessibleName()
    assert desk.seen("toyNote") == []
    assert desk.seen("errorBanner") == []


def test_other_dropped_files_get_one_sentence(desk):
    assert desk.drop("/films/holiday.mp4")
    assert "“holiday.mp4” is not a document" in desk.widget("errorText").text()
    assert desk.engine.state.model.is_toy
    assert desk.client.requests == []


@pytest.mark.parametrize("name", ["Ministral 3.gguf", "holiday.mp4"])
def test_the_field_leaves_files_to_the_window(desk, name):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(f"/models/{name}")])
    assert not desk.widget("messageInput").canInsertFromMimeData(data)


def test_what_is_no_file_is_not_taken(desk):
    data = QMimeData()
    data.setText("words")
    enter = QDragEnterEvent(
        QPoint(200, 200),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    desk.window.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_the_model_menu_offers_the_starter_and_what_was_opened(desk):
    desk.window.open_model(pathlib.Path("/models/A & B.gguf"))
    menu = desk.widget("modelPicker").menu()
    menu.aboutToShow.emit()
    names = [action.text() for action in menu.actions() if action.text()]
    assert names == ["SmolLM2 135M (toy)", "A && B", "Open model file…"]
    menu.actions()[0].trigger()
    assert desk.engine.state.model.is_toy


@pytest.mark.usefixtures("_dressed")
def test_all_that_belongs_to_the_window_goes_with_it(qtbot, qapp):
    before = qapp.topLevelWidgets()
    desk = Desk(qtbot)
    made = [widget for widget in qapp.topLevelWidgets() if widget not in before]
    assert [widget for widget in made if widget.parent() is None] == [desk.window]
