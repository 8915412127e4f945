"""The settings page of the real program: everything holds at once, and after a restart."""

import json

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from app.services.idle_work import ReadAhead
from app.ui.chat.page_links import Page
from app.ui.chat.send_key import needs_ctrl, use_send_key
from app.ui.look.measures import measures
from app.ui.look.theme import Appearance, tokens
from tests.helpers.person import person

__all__ = ["person"]

CHOICES = {
    "theme": "dark",
    "text_percent": 125,
    "reading_column": "wide",
    "density": "compact",
    "sends_with_ctrl": True,
    "read_ahead": "always",
    "language": "de",
}
NUMBERS = {"temperature": "0.35", "unload_after_min": "5", "kept_bytes": "2"}
SWITCHES = ("is_high_contrast", "is_still")


@pytest.fixture
def usual_look(person):
    """Nothing of it stays for the tests that follow."""
    programs = []
    yield programs.append
    for program in programs:
        program._theme.wear(Appearance())
    measures().take()
    use_send_key(needs_ctrl=False)


def choose_all(me) -> None:
    for name, value in CHOICES.items():
        field = me.find(f"{name}Setting")
        field.setCurrentIndex(field.findData(value))
        field.activated.emit(field.currentIndex())
    for name, typed in NUMBERS.items():
        field = me.find(f"{name}Setting")
        field.setText(typed)
        field.editingFinished.emit()
    for name in SWITCHES:
        me.find(f"{name}Setting").click()


def assert_all_hold(me, qapp) -> None:
    program, settings = me.program, me.program._settings.value
    assert {name: getattr(settings, name) for name in CHOICES} == CHOICES
    page = tokens(is_dark=True, is_strong=True)["page"]
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == page
    assert measures().column_px == 1200
    assert measures().row_px < 36
    assert measures().is_still
    assert needs_ctrl()
    assert program.chats.wishes.temperature == 0.35
    assert program._idle.read_ahead is ReadAhead.ALWAYS
    assert program._idle.unload_after_s == 300
    assert program._wishes.of("any.gguf").kept_bytes == 2 << 30


def test_everything_holds_at_once_and_after_a_restart(person, qapp, usual_look, tmp_path):
    me = person()
    usual_look(me.program)
    me.window.go_to(Page.SETTINGS)
    choose_all(me)
    assert_all_hold(me, qapp)
    me.program.close()
    kept = json.loads((tmp_path / "data" / "config" / "settings.json").read_text())
    assert kept.items() >= CHOICES.items()
    me.program._theme.wear(Appearance())
    measures().take()
    use_send_key(needs_ctrl=False)
    again = person()
    usual_look(again.program)
    again.program.chats.wishes = type(again.program.chats.wishes)(temperature=0.35)
    assert_all_hold(again, qapp)
    again.window.go_to(Page.SETTINGS)
    assert again.find("text_percentSetting").currentText() == "125 %"
    assert again.find("is_stillSetting").isChecked()
    assert again.find("temperatureSetting").text() == "0,35", "as it is written in German"


def test_the_panel_of_the_chat_and_the_page_say_the_same(person):
    me = person()
    me.window.go_to(Page.SETTINGS)
    field = me.find("temperatureSetting")
    field.setText("0.9")
    field.editingFinished.emit()
    assert me.program.chats.wishes.temperature == 0.9
    me.window.show_chat()
    me.click("answerSettingsButton")
    assert "0.9" in me.find("wishesForAll").text()
    me.click("forgetWishesButton")
    me.window.go_to(Page.SETTINGS)
    assert field.text() == ""


def test_a_file_that_somebody_wrote_into_opens_the_window_and_the_page(person, tmp_path):
    folder = tmp_path / "data" / "config"
    folder.mkdir(parents=True)
    odd = {"theme": "pink", "text_percent": -7, "density": None, "proxy": "socks5://localhost:1"}
    (folder / "settings.json").write_text(json.dumps(odd))
    me = person()
    me.window.go_to(Page.SETTINGS)
    assert me.find("themeSetting").currentData() == "system"
    assert me.find("proxyField").text() == "socks5://localhost:1"
    said = me.window.findChild(QWidget, "errorText").text()
    assert "density, text_percent, theme" in said
    assert me.find("messageInput").isEnabled()
