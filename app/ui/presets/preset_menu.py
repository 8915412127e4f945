"""The menu of presets: the person's own first, then those that come along."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from app.domain.kept_chat import Preset
from app.services.chat_presets import BuiltInPreset, ChatPresets, Used
from app.ui.presets.preset_words import preset_line, preset_name, shortened

_NAME_CHARACTERS = 28
_LINE_CHARACTERS = 48


class PresetMenu(QObject):
    """Fills a menu when it is about to be shown.

    Signals:
        chosen: A `Preset`.
        update_requested: The chat's settings are to be those of its `Preset`.
        save_requested, manage_requested: What the lines at the end say.
    """

    chosen = Signal(object)
    update_requested = Signal(object)
    save_requested = Signal()
    manage_requested = Signal()

    def __init__(self, menu: QMenu, presets: ChatPresets, used: Callable[[], Used]) -> None:
        """Fill `menu`; `used` tells what the open chat has."""
        super().__init__(menu)
        self._menu = menu
        self._presets = presets
        self._used = used
        menu.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        menu, used = self._menu, self._used()
        menu.clear()
        group = QActionGroup(menu)
        if self._presets.own:
            self._add(group, self._presets.own, used)
            menu.addSeparator()
        self._add(group, self._presets.built_in, used)
        menu.addSeparator()
        preset = used.preset
        if preset and used.is_changed and not isinstance(preset, BuiltInPreset):
            words = self.tr("Save the changes in “{name}”").format(
                name=_literal(preset_name(preset), _NAME_CHARACTERS)
            )
            menu.addAction(words, lambda: self.update_requested.emit(preset))
        menu.addAction(self.tr("Save as preset…"), self.save_requested.emit)
        menu.addAction(self.tr("Manage presets…"), self.manage_requested.emit)

    def _add(self, group: QActionGroup, presets: Sequence[Preset], used: Used) -> None:
        for preset in presets:
            name = _literal(preset_name(preset), _NAME_CHARACTERS)
            line = _literal(preset_line(preset), _LINE_CHARACTERS)
            action = QAction(f"{name}\t{line}", group)
            action.setCheckable(True)
            action.setChecked(preset == used.preset)
            action.triggered.connect(lambda _, preset=preset: self.chosen.emit(preset))
            self._menu.addAction(action)


def _literal(text: str, characters: int) -> str:
    """What a menu shows as that text, or as the beginning of it."""
    return shortened(text, characters).replace("&", "&&")
