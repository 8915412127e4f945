"""What the person is told, and what they can do about it."""

import sys

import pytest
from PySide6.QtGui import QGuiApplication

from app.domain.errors import ChatsFaulty, EngineCrashed, ModelTruncated
from app.engine.protocol import Generate, Load
from app.services.chats import Trouble
from app.ui.bridge import Bridge
from app.ui.crash import show_defects


def test_a_crash_is_one_sentence_and_asking_again_works(desk):
    desk.load()
    desk.ask("Hello")
    desk.client.die(EngineCrashed(reason="signal 11"))
    assert desk.seen("errorBanner")
    assert "signal 11" in desk.widget("errorText").text()
    assert desk.statuses() == ["Not answered."]
    desk.press("retryButton")
    assert desk.seen("errorBanner") == []
    desk.client.finish_load()
    desk.client.write("Good day.")
    desk.client.finish_answer()
    assert desk.words()[1][1] == "Good day."


def test_what_is_wrong_with_the_chats_is_not_over_when_a_model_is_loaded(desk):
    desk.chats.on_event(Trouble(None, ChatsFaulty()))
    desk.load()
    assert "Settings, Storage" in desk.widget("errorText").text()
    desk.press("dismissButton")
    assert desk.seen("errorBanner") == []


def test_a_crash_in_mid_answer_keeps_the_words(desk):
    desk.load()
    desk.ask("Hello")
    desk.client.write("Good ")
    desk.client.die(EngineCrashed(reason="signal 9"))
    assert desk.words()[1][1] == "Good"
    assert desk.statuses() == ["Interrupted: the engine stopped."]
    desk.press("dismissButton")
    assert desk.seen("errorBanner") == []


def test_a_model_that_does_not_load_can_be_tried_again(desk):
    desk.write("H")
    desk.client.end(desk.client.open_id(Load), ModelTruncated(name="toy"))
    assert desk.seen("otherModelButton")
    assert "Could not be loaded" in desk.widget("modelPicker").accessibleName()
    desk.press("retryButton")
    assert desk.client.is_open(Load)
    desk.client.finish_load()
    assert desk.seen("errorBanner") == []


def test_trouble_waits_in_its_own_chat(desk, qtbot):
    desk.load()
    desk.ask("A")
    desk.press("newChatButton")
    desk.client.end(desk.client.open_id(Generate), EngineCrashed(reason="signal 11"))
    assert desk.seen("errorBanner") == []
    desk.window.findChild(object, "chatList")
    desk.widget("chatPage").open_chat(desk.chats.chats[-1].chat_id)
    assert desk.seen("errorBanner")


def test_markup_in_an_error_stays_literal(desk):
    desk.load()
    desk.ask("A")
    error = EngineCrashed(reason="<img src='file:///etc/hostname'><b>x</b>")
    desk.client.end(desk.client.open_id(Generate), error)
    assert "<b>x</b>" in desk.widget("errorText").text()
    assert desk.widget("errorText").textFormat().name == "PlainText"


def test_a_defect_says_so_and_offers_a_report(desk):
    desk.window.show_defect(ZeroDivisionError("secret words"))
    assert "secret" not in desk.widget("errorText").text()
    desk.press("reportButton")
    assert QGuiApplication.clipboard().text() == "report of ZeroDivisionError"


def test_an_exception_in_a_posted_function_reaches_the_banner(desk, qtbot, caplog, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    show_defects(desk.window.show_defect)
    hook = sys.excepthook
    bridge = Bridge()

    def bug() -> None:
        raise RuntimeError

    with qtbot.captureExceptions() as caught:
        bridge.post(bug)
        desk.wait_for(lambda: bool(caught))
    hook(*caught[0])
    assert "inside Cierzo" in desk.widget("errorText").text()
    assert "a defect in the window" in caplog.text
    caplog.clear()


@pytest.mark.parametrize("from_thread", [True, False])
def test_posted_functions_run_later_on_the_gui_thread(qtbot, from_thread):
    import threading

    bridge, ran = Bridge(), []

    def post() -> None:
        for number in range(3):
            bridge.post(lambda n=number: ran.append((n, threading.current_thread())))

    if from_thread:
        thread = threading.Thread(target=post)
        thread.start()
        thread.join()
    else:
        post()
    assert ran == []
    qtbot.waitUntil(lambda: len(ran) == 3)
    assert ran == [(n, threading.main_thread()) for n in range(3)]
