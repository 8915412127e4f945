"""Settings that are plain values: the page is made of their declarations, and searched."""

import json

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.settings.file import SettingsFile
from app.settings.model import Settings, choices_of
from app.ui.drop_down import DropDown
from app.ui.settings.declarations import Number, OneOf, OnOff, Part, declared
from app.ui.settings.section import Section
from tests.gui.test_settings_page import open_page  # noqa: F401
from tests.helpers.fake_library import FakeSettings
from tests.helpers.fake_news import FakeUpdates

# Set elsewhere in the window, by a view of its own, or not by a person.
ELSEWHERE = {
    "version",
    "last_model",
    "window_geometry",
    "model_wishes",
    "model_folders",
    "download_folder",
    "download_bytes_per_s",
    "is_offline",
    "hub_endpoint",
    "proxy",
    "default_preset",
    "tray_explained",
}


@pytest.fixture
def room(open_page):  # noqa: F811
    return open_page(updates=FakeUpdates())


def sections(room) -> list[str]:
    return [s.accessibleName() for s in room.window.findChildren(Section) if s.isVisible()]


def titles(room) -> list[str]:
    labels = room.window.findChildren(QLabel)
    named = {setting.title for setting in declared()}
    return [label.text() for label in labels if label.isVisible() and label.text() in named]


def look_for(room, words: str) -> None:
    room.widget("settingsSearch").setText(words)


def test_every_setting_is_declared_or_set_elsewhere(qapp):
    names = [setting.name for setting in declared()]
    assert len(names) == len(set(names))
    assert set(names) | ELSEWHERE == set(Settings.__struct_fields__)
    assert not set(names) & ELSEWHERE


def test_keys_are_pressed_and_taken_away(room, qtbot):
    field = room.widget("quick_question_keySetting")
    assert field.accessibleName() == "Keys for a quick question"
    field.setFocus()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(field, Qt.Key.Key_Space, both)
    assert room.settings.value.quick_question_key == "Ctrl+Alt+Space"
    assert room.changes == 1
    field.clear()
    assert room.settings.value.quick_question_key == ""


def test_what_can_be_chosen_is_what_the_model_takes(qapp):
    for setting in declared():
        if isinstance(setting.kind, OneOf) and isinstance(getattr(Settings(), setting.name), str):
            values = {value for value, _ in setting.kind.choices}
            assert values == set(choices_of(setting.name)), setting.name


def test_each_switch_and_choice_takes_effect_at_once_and_is_shown_again(room):
    for setting in declared():
        field = room.widget(f"{setting.name}Setting")
        before = getattr(room.settings.value, setting.name)
        changes = room.changes
        if isinstance(setting.kind, OnOff):
            field.click()
        elif isinstance(setting.kind, OneOf):
            choose(field, next(v for v, _ in setting.kind.choices if v != before))
        else:
            continue
        assert getattr(room.settings.value, setting.name) != before, setting.name
        assert room.changes == changes + 1
        room.settings.value = Settings()
        room.page.show_settings()
        shown = field.isChecked() if isinstance(setting.kind, OnOff) else field.currentData()
        assert shown == before


def choose(field: DropDown, value: object) -> None:
    """As the person does: the popup's row is activated."""
    field.setCurrentIndex(field.findData(value))
    field.activated.emit(field.currentIndex())


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("temperature", "0,35", 0.35),
        ("temperature", "", None),
        ("temperature", "99", 5),
        ("top_p", "0.9", 0.9),
        ("thinking_tokens", "2000", 2000),
        ("unload_after_min", "", 0),
        ("unload_after_min", "5", 5),
        ("kept_bytes", "2.5", 5 << 29),
        ("kept_bytes", "", 1 << 30),
        ("snapshots_bytes", "0", 0),
    ],
)
def test_a_number_is_written(open_page, name, typed, value):  # noqa: F811
    other = {"temperature": 1.0, "unload_after_min": 17, "kept_bytes": 3 << 30}
    room = open_page(settings=FakeSettings(**other))
    room.write(f"{name}Setting", typed)
    assert getattr(room.settings.value, name) == value
    room.page.setFocus()
    room.page.show_settings()
    empty = next(s.kind.empty for s in declared() if s.name == name and isinstance(s.kind, Number))
    assert bool(room.text(f"{name}Setting")) is (value not in (None, 0) or not empty)


def test_a_value_from_the_file_that_is_no_choice_is_shown_all_the_same(open_page, tmp_path):  # noqa: F811
    (tmp_path / "settings.json").write_text(json.dumps({"text_percent": 137, "theme": "pink"}))
    settings = SettingsFile(tmp_path)
    assert settings.load()
    room = open_page(settings=settings)
    assert room.widget("text_percentSetting").currentText() == "137 %"
    assert room.widget("themeSetting").currentText() == "As the system"


def test_the_search_finds_titles_words_and_synonyms(room):
    everything = titles(room)
    assert len(everything) == len(declared())
    look_for(room, "contrast")
    assert titles(room) == ["High contrast"]
    look_for(room, "zoom")  # nowhere on the page
    assert titles(room) == ["Size of text"]
    look_for(room, "new line")
    assert "Send with" in titles(room)
    look_for(room, "proxy")
    assert sections(room) == ["Downloads"]
    look_for(room, "backup")
    assert sections(room) == ["Storage"]
    look_for(room, "  ")
    assert titles(room) == everything


def test_the_title_of_a_part_finds_all_of_it(room):
    look_for(room, "appearance")
    assert sections(room) == ["Appearance"]
    assert len(titles(room)) == 6


def test_keys_are_found_and_listed(room):
    look_for(room, "private chat")
    assert "Keyboard" in sections(room)
    assert [
        w
        for w in room.window.findChildren(QWidget)
        if w.isVisible() and "Ctrl+Shift+N" in w.accessibleName()
    ]
    look_for(room, "")
    assert room.seen("shortcutList") == []
    assert room.seen("allShortcutsButton")


def test_what_is_not_there_is_said_and_escape_clears(room, qtbot):
    look_for(room, "meaning of life")
    assert sections(room) == []
    assert room.text("noSettings") == "No setting is called “meaning of life”."
    with qtbot.assertNotEmitted(room.page.back_requested):
        qtbot.keyClick(room.widget("settingsSearch"), Qt.Key.Key_Escape)
    assert room.text("settingsSearch") == ""
    assert room.seen("noSettings") == []
    assert len(sections(room)) == len(Part)


def test_the_keyboard_goes_from_the_search_to_what_was_found(room, qtbot):
    search = room.widget("settingsSearch")
    search.setFocus()
    qtbot.keyClicks(search, "density")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert room.widget("densitySetting").hasFocus()


def test_the_whole_list_of_keys_opens_from_the_page(room):
    room.press("allShortcutsButton")
    assert room.window.findChild(QWidget, "shortcutsDialog").isVisible()


def test_the_wheel_scrolls_the_page_and_changes_nothing(room, qapp):
    field = room.widget("densitySetting")
    field.setFocus()
    no_button, middle = Qt.MouseButton.NoButton, QPointF(field.rect().center())
    wheel = QWheelEvent(
        middle,
        field.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        no_button,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    qapp.sendEvent(field, wheel)
    assert field.currentData() == "comfortable"
    assert not wheel.isAccepted()
