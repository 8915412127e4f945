"""Tray, notifications and what closing the window means."""

import pathlib

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.domain.version import VERSION
from app.ui import tray_icon
from app.ui.desktop.answer_notices import AnswerNotices
from app.ui.desktop.hot_key import HotKey
from app.ui.instance.summons import Summons
from app.ui.tray_icon import TrayIcon
from tests.helpers.presence_desk import PresenceDesk

TITLE = "What is the secret of the wind?"


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """There is a tray, which the platform of the tests has not; what its messages say."""
    messages: list[str] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", lambda: True)
    monkeypatch.setattr(
        tray_icon.TrayIcon, "showMessage", lambda icon, title, text, *_: messages.append(text)
    )
    return messages


@pytest.fixture
def desk(qtbot, _dressed, tmp_path, said):
    def sit_down(**settings: object) -> PresenceDesk:
        return PresenceDesk(qtbot, tmp_path, **settings)

    return sit_down


def choose(desk: PresenceDesk, name: str) -> None:
    action = desk.window.findChild(QMenu, "trayMenu").findChild(QAction, name)
    action.trigger()


def has_tray(desk: PresenceDesk) -> bool:
    return desk.window.findChild(TrayIcon, "trayIcon") is not None


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def let_answer_take(desk: PresenceDesk, seconds: float) -> None:
    """Ask in the open chat; the answer takes that long."""
    clock = Clock()
    notices = desk.window.findChild(AnswerNotices)
    notices._clock_s = clock
    desk.ask(TITLE)
    if not desk.engine.state.loaded:
        desk.client.finish_load()
    desk.client.write("A secret answer")
    clock.now_s += seconds
    desk.client.finish_answer()


def test_no_tray_unless_it_is_wanted(desk):
    me = desk()
    assert not has_tray(me)
    me.settings.change(tray=True)
    me.presence.follow_settings()
    assert has_tray(me)
    me.settings.change(tray=False)
    me.presence.follow_settings()
    assert not has_tray(me)


def test_the_menu_opens_asks_and_begins_a_chat(desk):
    me = desk(tray=True)
    me.ask("Hi")
    me.window.hide()
    choose(me, "trayOpen")
    assert me.window.isVisible()
    me.window.hide()
    choose(me, "trayNewChat")
    assert me.window.isVisible()
    assert me.words() == []
    choose(me, "trayQuickQuestion")
    assert me.quick.isVisible()


def test_closing_ends_it_unless_the_person_chose_the_tray(desk, qtbot):
    me = desk(tray=True)
    with qtbot.waitSignal(me.window.left):
        me.window.close()


def test_closing_leaves_it_in_the_tray_and_says_so_once(desk, said, qtbot):
    me = desk(tray=True, close_to_tray=True)
    me.write("A draft")
    me.window.close()
    assert not me.window.isVisible()
    assert len(said) == 1
    assert "icon" in said[0]
    assert me.settings.value.tray_explained
    assert me.settings.writes == 1
    choose(me, "trayOpen")
    assert me.draft() == "A draft"
    me.window.close()
    assert len(said) == 1
    with qtbot.waitSignal(me.window.left):
        choose(me, "trayQuit")


def test_without_a_tray_closing_ends_it(desk, monkeypatch, qtbot):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    me = desk(tray=True, close_to_tray=True)
    with qtbot.waitSignal(me.window.left):
        me.window.close()


@pytest.mark.parametrize("how", ["quit", "end_session"])
def test_quitting_and_logging_off_end_it(desk, how, qtbot):
    me = desk(tray=True, close_to_tray=True)
    with qtbot.waitSignal(me.window.left):
        getattr(me.window, how)()
        me.window.close()


def test_a_long_answer_is_told_without_a_word_of_it(desk, said):
    me = desk()
    me.look_elsewhere()
    let_answer_take(me, 10.0)
    assert said == ["An answer is ready."]


def test_another_answer_to_the_same_question_is_told_too(desk, said):
    me = desk()
    let_answer_take(me, 0.0)
    me.look_elsewhere()
    clock = me.window.findChild(AnswerNotices)._clock_s
    (chat,) = [c for c in me.chats.chats if c.messages]
    me.chats.answer_again(chat.chat_id, chat.messages[-1].message_id)
    me.client.write("Another secret answer")
    clock.now_s += 10.0
    me.client.finish_answer()
    assert said == ["An answer is ready."]


@pytest.mark.parametrize(("seconds", "is_wanted"), [(9.9, True), (60.0, False)])
def test_a_short_one_is_not_nor_when_nobody_wants_it(desk, said, seconds, is_wanted):
    me = desk(notifications=is_wanted)
    me.look_elsewhere()
    let_answer_take(me, seconds)
    assert said == []


def test_nothing_is_told_to_who_looks_at_it(desk, said):
    me = desk()
    me.come_back()
    let_answer_take(me, 60.0)
    assert said == []


def test_a_press_on_it_shows_the_chat(desk, said):
    me = desk(tray=True)
    me.look_elsewhere()
    let_answer_take(me, 60.0)
    me.press("newChatButton")
    me.window.hide()
    me.window.findChild(TrayIcon).messageClicked.emit()
    assert me.window.isVisible()
    assert TITLE in [words for _, words in me.words()]


def test_a_press_on_it_after_the_chat_is_gone_shows_the_window(desk, said):
    me = desk(tray=True)
    me.look_elsewhere()
    let_answer_take(me, 60.0)
    me.chat_library.delete([c for c in me.chats.chats if c.messages])
    me.window.findChild(TrayIcon).messageClicked.emit()
    assert me.window.isVisible()


def test_a_further_start_brings_the_window_and_its_file(desk, said):
    me = desk(tray=True, close_to_tray=True)
    me.window.close()
    me.presence._come(Summons(model=b"/models/mine.gguf"))
    assert me.window.isVisible()
    assert me.engine.state.model.path == pathlib.Path("/models/mine.gguf")


def test_a_further_start_of_another_version_is_told_of(desk):
    me = desk()
    me.presence._come(Summons())
    assert not me.seen("errorBanner")
    me.presence._come(Summons(version="9.8.7"))
    words = me.widget("errorText").text()
    assert words.startswith(f"Cierzo 9.8.7 was started, but this window is still version {VERSION}")


def test_a_further_start_for_a_quick_question_leaves_the_window_where_it_is(desk):
    me = desk(tray=True, close_to_tray=True)
    me.window.close()
    me.presence._come(Summons(is_quick=True))
    assert me.quick.isVisible()
    assert not me.window.isVisible()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("Ctrl+Alt+Space", "no program react to Ctrl+Alt+Space"),
        ("Shift+A", "cannot be used everywhere"),
        ("nonsense", "cannot be used everywhere"),
    ],
)
def test_a_key_that_cannot_be_had_is_a_sentence(desk, keys, words, monkeypatch):
    monkeypatch.setattr(HotKey, "_make", lambda key: None)  # as under Wayland
    me = desk(quick_question_key=keys)
    assert words in me.widget("errorText").text()
