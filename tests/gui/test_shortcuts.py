"""Keys: the list says all of them, and one declaration makes both."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.ui.chat.send_key import use_send_key
from app.ui.shortcut_list import ShortcutList
from app.ui.shortcuts import Keys, groups, keys_of
from tests.helpers.desk import Desk
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.page_sources import page_sources


@pytest.fixture
def whole(qtbot, _dressed):
    """A window with every page made."""
    desk = Desk(qtbot, sources=page_sources(library=FakeLibrary()))
    desk.press("modelsButton")
    desk.press("settingsButton")
    return desk


def declared() -> set[str]:
    return {
        key.toString()
        for group in groups()
        for entry, _, _ in group.entries
        for key in keys_of(entry)
    }


def test_every_shortcut_of_the_window_is_in_the_list(whole):
    made = {
        key.toString()
        for kind in (QAction, QShortcut)
        for one in whole.window.findChildren(kind)
        for key in (one.shortcuts() if kind is QAction else one.keys())
    }
    assert len(made) > 15
    assert made <= declared()


def test_every_action_of_the_window_is_in_the_list_under_its_own_name(whole):
    titles = {title for group in groups() for _, title, _ in group.entries}
    with_keys = [action for action in whole.window.actions() if action.shortcuts()]
    assert len(with_keys) > 15
    assert {action.text() for action in with_keys} <= titles


def test_no_key_does_two_things_everywhere(whole):
    keys = [k.toString() for a in whole.window.actions() for k in a.shortcuts()]
    assert len(keys) == len(set(keys))


def test_every_key_is_declared_once():
    entries = [key for group in groups() for key, _, _ in group.entries]
    assert sorted(entries, key=lambda key: key.value) == sorted(Keys, key=lambda key: key.value)


@pytest.mark.parametrize("key", keys_of(Keys.SHORTCUTS), ids=QKeySequence.toString)
def test_the_list_opens_by_key(desk, key):
    desk.window.activateWindow()
    desk.wait_for(desk.window.isActiveWindow)
    stroke = key[0]
    QTest.keyClick(desk.window, stroke.key(), stroke.keyboardModifiers())
    dialog = desk.widget("shortcutsDialog")
    assert dialog.isVisible()
    desk.wait_for(desk.widget("shortcutSearch").hasFocus)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_list_is_searched_by_what_it_does_and_by_key(desk):
    desk.window.show_shortcuts()
    search = desk.widget("shortcutSearch")
    search.setText("private")
    assert rows(desk.window) == ["New private chat: Ctrl+Shift+N"]
    search.setText("F2")
    assert len(rows(desk.window)) == 2
    search.setText("teleport")
    assert rows(desk.window) == []
    assert desk.seen("noShortcut")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    assert len(rows(desk.window)) == len(Keys)
    assert desk.seen("noShortcut") == []


def rows(window: QWidget) -> list[str]:
    shown = window.findChild(ShortcutList)
    return [
        part.accessibleName()
        for part in shown.findChildren(QWidget)
        if ": " in part.accessibleName() and part.isVisible()
    ]


@pytest.fixture
def ctrl_sends():
    use_send_key(needs_ctrl=True)
    yield
    use_send_key(needs_ctrl=False)


def test_enter_begins_a_line_where_ctrl_sends(desk, ctrl_sends):
    field = desk.widget("messageInput")
    desk.write("One")
    desk.qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.write("two")
    assert desk.draft() == "One\ntwo"
    assert desk.words() == []
    desk.qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.words() == [("You", "One\ntwo")]
    desk.window.show_shortcuts()
    assert {"Send: Ctrl+Enter", "New line: Enter"} <= set(rows(desk.window))


@pytest.mark.parametrize(
    ("modifier", "is_sent"),
    [
        (Qt.KeyboardModifier.NoModifier, True),
        (Qt.KeyboardModifier.ControlModifier, True),
        (Qt.KeyboardModifier.ShiftModifier, False),
    ],
)
def test_enter_sends_otherwise(desk, modifier, is_sent):
    desk.write("One")
    desk.qtbot.keyClick(desk.widget("messageInput"), Qt.Key.Key_Return, modifier)
    assert bool(desk.words()) is is_sent
