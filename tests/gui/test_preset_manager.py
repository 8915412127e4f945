"""The dialog with all presets: made, named, changed, ordered, deleted and brought back."""

import pathlib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QToolButton, QWidget

from app.domain.chat import Effort, Thinking
from app.domain.kept_chat import ChatSettings
from app.domain.model_file import ModelFile

PIRATE = ChatSettings(system="Talk like a pirate.", effort=Effort.DEEP, temperature=0.4)


class Manager:
    """The dialog, used by what is on it."""

    def __init__(self, desk, qtbot) -> None:
        self.desk, self.qtbot = desk, qtbot
        desk.press("answerSettingsButton")
        menu = desk.widget("presetButton").menu()
        menu.aboutToShow.emit()
        next(a for a in menu.actions() if a.text() == "Manage presets…").trigger()
        (self.dialog,) = desk.seen("presetManager")
        self.list = self.find("presetList")
        desk.wait_for(self.list.hasFocus)

    def find(self, name: str) -> QWidget:
        return self.dialog.findChild(QWidget, name)

    def press(self, name: str) -> None:
        button = self.find(name)
        assert isinstance(button, QAbstractButton)
        assert button.isVisible()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def names(self) -> list[str]:
        model = self.list.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def own(self) -> list[str]:
        names = self.names()
        return names[1 : names.index("Included")] if names[0] == "Yours" else []

    def current(self) -> str:
        return self.list.currentIndex().data()

    def go_to(self, name: str) -> None:
        model = self.list.model()
        row = self.names().index(name)
        place = self.list.visualRect(model.index(row, 0)).center()
        self.qtbot.mouseClick(self.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert self.current() == name

    def name(self, text: str) -> None:
        field = self.find("presetName")
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClick(field, Qt.Key.Key_Delete)
        QGuiApplication.clipboard().setText(text)
        field.paste()
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def close(self) -> None:
        self.press("presetsDoneButton")
        self.desk.wait_for(lambda: self.desk.seen("presetManager") == [])


@pytest.fixture
def manager(desk, qtbot):
    desk.load(thinking=Thinking.SWITCH)
    for name in ("Pirate", "Monk"):
        desk.presets.add(name, PIRATE)
    return Manager(desk, qtbot)


def test_it_lists_their_own_before_those_that_come_along(manager):
    assert manager.names()[:5] == ["Yours", "Pirate", "Monk", "Included", "Plain"]
    assert manager.current() == "Plain", "what the open chat has"
    model = manager.list.model()
    plain = model.index(4, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert plain == "Plain, for new chats, Nothing is added to your question"


def test_one_that_comes_along_can_be_read_and_copied_but_not_changed(manager):
    manager.go_to("Translate")
    assert manager.find("presetSystemField").isReadOnly()
    assert not manager.find("presetName").isVisible()
    assert not manager.find("deletePresetButton").isEnabled()
    assert not manager.find("presetTemperatureField").isVisible()
    manager.press("duplicatePresetButton")
    assert manager.own() == ["Pirate", "Monk", "Translate 2"]
    assert manager.find("presetName").hasFocus()
    manager.name("Into Basque")
    assert manager.own()[-1] == manager.current() == "Into Basque"
    assert manager.desk.presets.find("Into Basque").settings.system.startswith("Translate what")


def test_a_new_one_is_made_named_and_written(manager, qtbot):
    manager.press("newPresetButton")
    assert manager.current() == "New preset"
    manager.name("Cook")
    qtbot.keyClicks(manager.find("presetSystemField"), "Only what is in the fridge.")
    manager.find("presetSystemField").setFocus()
    field = manager.find("presetTemperatureField")
    field.setFocus()
    qtbot.keyClicks(field, "0.9")
    switch = manager.find("presetEffort")
    next(b for b in switch.findChildren(QToolButton) if b.text() == "Fast").click()
    manager.close()
    settings = ChatSettings(
        system="Only what is in the fridge.", temperature=0.9, effort=Effort.FAST
    )
    assert manager.desk.presets.find("Cook").settings == settings


def test_what_is_being_written_is_taken_over_when_it_is_closed(manager, qtbot):
    manager.go_to("Pirate")
    field = manager.find("presetSystemField")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "Sing.")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert manager.desk.seen("presetManager") == []
    assert manager.desk.presets.find("Pirate").settings.system == "Sing."


def test_what_is_being_written_belongs_to_the_one_it_was_written_for(manager, qtbot):
    manager.go_to("Pirate")
    field = manager.find("presetSystemField")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "Sing.")
    manager.press("newPresetButton")
    assert manager.desk.presets.find("Pirate").settings.system == "Sing."
    assert manager.desk.presets.find("New preset").settings == ChatSettings()
    assert field.toPlainText() == ""


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "It needs a name."),
        ("\u202e \u200b", "It needs a name."),
        ("monk", "There is a preset “Monk” already. Choose another name."),
        ("code", "There is a preset “Code” already. Choose another name."),
    ],
)
def test_a_bad_name_is_refused_with_a_sentence(manager, written, sentence):
    manager.go_to("Pirate")
    manager.name(written)
    refusal = manager.find("presetNameRefusal")
    assert refusal.isVisible()
    assert refusal.text() == sentence
    assert manager.desk.presets.find("Pirate")
    manager.go_to("Monk")
    assert not refusal.isVisible()
    assert manager.find("presetName").text() == "Monk"


def test_a_hostile_name_becomes_a_plain_one_and_is_elided(manager):
    manager.go_to("Pirate")
    manager.name("\u202eevil\x07 " + "x" * 300)
    name = manager.desk.presets.own[0].name
    assert name.startswith("evil x")
    assert len(name) == 80
    width = manager.list.visualRect(manager.list.currentIndex()).width()
    assert width <= manager.list.viewport().width()


def test_rows_are_ordered_and_deleted_by_keyboard(manager, qtbot):
    manager.go_to("Monk")
    manager.list.setFocus()
    qtbot.keyClick(manager.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert manager.own() == ["Monk", "Pirate"]
    assert not manager.find("presetUpButton").isEnabled()
    qtbot.keyClick(manager.list, Qt.Key.Key_Delete)
    assert manager.own() == ["Pirate"]
    assert manager.current() == "Pirate", "the next one, not the first of all"


def test_a_deleted_one_comes_back_with_its_star(manager):
    manager.go_to("Pirate")
    manager.press("presetStar")
    assert manager.desk.presets.default == "Pirate"
    assert not manager.find("presetStar").isVisible()
    manager.press("deletePresetButton")
    assert manager.own() == ["Monk"]
    assert manager.find("presetDeleted").text() == "“Pirate” was deleted."
    assert manager.desk.presets.default == ""
    manager.press("presetDeletedButton")
    assert manager.own() == ["Pirate", "Monk"]
    assert manager.current() == "Pirate"
    assert manager.desk.presets.default == "Pirate"
    assert not manager.find("presetDeleted").isVisible()


def test_the_last_one_can_be_deleted(manager):
    for name in ("Pirate", "Monk"):
        manager.go_to(name)
        manager.press("deletePresetButton")
    assert manager.names()[0] == "Plain"
    assert manager.current() == "Plain"


def test_a_model_is_chosen_among_those_of_this_pc(desk, qtbot):
    desk.load()
    other = ModelFile(name="Ministral 3 8B", path=pathlib.Path("/models/m.gguf"))
    desk.widget("modelPicker").show_installed([other])
    gone = ChatSettings(model="Nemo", model_path="/models/nemo.gguf")
    desk.presets.add("Pirate", gone)
    manager = Manager(desk, qtbot)
    manager.go_to("Pirate")
    button = manager.find("presetModel")
    assert button.accessibleName() == "Model: Nemo (gone)"
    button.menu().aboutToShow.emit()
    actions = {action.text(): action for action in button.menu().actions()}
    assert list(actions) == ["Any model", "SmolLM2 135M", "Ministral 3 8B", "Nemo (gone)"]
    actions["Nemo (gone)"].trigger()
    assert desk.presets.find("Pirate").settings == gone
    actions["Ministral 3 8B"].trigger()
    settings = desk.presets.find("Pirate").settings
    assert (settings.model, settings.model_path) == ("Ministral 3 8B", "/models/m.gguf")
    actions["Any model"].trigger()
    assert desk.presets.find("Pirate").settings == ChatSettings()


def test_a_renamed_preset_is_shown_by_its_new_name(manager):
    desk = manager.desk
    desk.presets.apply(desk.chats.chats[0], desk.presets.find("Pirate"))
    manager.go_to("Pirate")
    manager.name("Corsair")
    manager.close()
    assert desk.window.focusWidget() is desk.widget("messageInput")
    said = desk.widget("answerSettingsButton").accessibleName()
    assert said == "Answer settings: Corsair"


@pytest.mark.parametrize("size", [(480, 420), (520, 640), (1080, 740)])
def test_it_fits_into_every_window(desk, qtbot, size):
    desk.window.resize(*size)
    desk.presets.add("x" * 80, ChatSettings(system="y" * 5000))
    manager = Manager(desk, qtbot)
    assert manager.dialog.width() <= size[0]
    assert manager.dialog.height() <= size[1]
    for name in ("newPresetButton", "deletePresetButton", "presetsDoneButton", "presetList"):
        part = manager.find(name)
        place = part.rect().translated(part.mapTo(manager.dialog, part.rect().topLeft()))
        assert manager.dialog.rect().contains(place), name


def test_every_part_has_a_name(manager):
    manager.go_to("Pirate")
    parts = manager.dialog.findChildren(QWidget)
    kinds = (QAbstractButton, QLineEdit)
    unnamed = [
        part.objectName()
        for part in parts
        if isinstance(part, kinds)
        and part.isVisible()
        and not QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
    ]
    assert unnamed == []
