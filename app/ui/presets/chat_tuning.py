"""Carries what the settings panel says of the open chat to the chat and to the presets."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog

from app.domain.chat import Effort
from app.domain.kept_chat import ChatSettings, Preset
from app.domain.model_file import ModelFile
from app.services.chat_library import ChatLibrary
from app.services.chat_presets import ChatPresets, Used
from app.services.chats import Chat
from app.ui.chat.drafting import Drafting
from app.ui.presets.preset_words import preset_name, settings_line, used_words

if TYPE_CHECKING:
    from app.ui.chat.answer_settings import AnswerSettings


class ChatTuning(QObject):
    """Joins panel, composer and presets with the open chat's settings.

    Signals:
        refused: What was pasted was not accepted; the error to show.
    """

    refused = Signal(object)

    def __init__(
        self,
        drafting: Drafting,
        library: ChatLibrary,
        presets: ChatPresets,
        models: Callable[[], list[ModelFile]],
        parent: QObject,
    ) -> None:
        """Wire it; `models` tells which files a preset can ask for."""
        super().__init__(parent)
        self._drafting = drafting
        self._composer = drafting.composer
        self._panel: AnswerSettings | None = None
        self._library = library
        self._presets = presets
        self._models = models
        self._open: Chat | None = None
        presets.on_change = self._show_name
        self._composer.settings_made.connect(self._serve)

    def load(self) -> None:
        """The chats are open: so are the presets."""
        self._presets.load()

    def open_chat(self, chat: Chat) -> None:
        """Show that chat; what is being written belongs to the one before."""
        if self._panel:
            self._panel.chat.finish()
        self._open = chat
        if self._panel:
            self._panel.close_panel()
        self._show_name()

    def show_change(self, chat: Chat) -> None:
        """Something about a chat changed."""
        if chat is self._open:
            self._show_name()
            self._composer.effort.show_effort(self._drafting.effort)
            if self._panel and self._panel.isVisible():
                self.show()

    def show(self) -> None:
        """Bring the panel up to date."""
        if self._open is None or self._panel is None:
            return
        used = self._used()
        preset = None if used.is_changed else used.preset
        is_default = preset is not None and self._presets.is_default(preset)
        self._panel.chat.show_chat(self._open.settings, used, is_default=is_default)

    def hand_on(self, chat: Chat) -> None:
        """Have another chat answered like the open one: it goes on there."""
        if self._open:
            self._library.change(chat, settings=self._open.settings)

    def use_model(self, model: ModelFile) -> None:
        """The person chose a model while a chat is open that asks for another one."""
        if self._open and self._open.settings.model_path not in ("", str(model.path)):
            self._change({"model": "", "model_path": ""})

    @Slot()
    def manage(self) -> None:
        """Open the list of all presets."""
        # The start does without it.
        from app.ui.presets.preset_manager import PresetManager

        chosen = self._used().preset or self._presets.built_in[0]
        manager = PresetManager(
            self._presets, self._models(), chosen, parent=self._composer.window()
        )
        if self._panel:
            self._panel.close_panel()
        self._open_dialog(manager)

    @Slot(object)
    def _serve(self, panel: "AnswerSettings") -> None:
        from app.ui.presets.preset_menu import PresetMenu

        self._panel = panel
        fields = panel.chat
        fields.changed.connect(self._change)
        fields.default_requested.connect(self._use_for_new_chats)
        fields.system.field.refused.connect(self.refused)
        fields.presets.menu().aboutToShow.connect(fields.finish)
        menu = PresetMenu(fields.presets.menu(), self._presets, self._used)
        menu.chosen.connect(self._apply)
        menu.update_requested.connect(self._update_preset)
        menu.save_requested.connect(lambda: self._ask_for_name(is_default=False))
        menu.manage_requested.connect(self.manage)

    def _used(self) -> Used:
        return self._presets.of(self._open) if self._open else Used(None, is_changed=False)

    def _show_name(self) -> None:
        """Say on the composer what is special about the chat."""
        button = self._composer.settings_button
        if self._open is None or self._open.settings == ChatSettings():
            button.show_preset("", "")
            return
        used = self._used()
        words = used_words(used)
        button.show_preset(preset_name(used.preset) if used.preset else words, words)

    def _settings(self) -> ChatSettings:
        """What a preset of this chat holds: with the mode that was chosen for it."""
        settings = self._open.settings if self._open else ChatSettings()
        chosen = self._drafting.chosen_effort
        if chosen is None or (chosen is Effort.FAST and settings.effort is None):
            return settings
        return msgspec.structs.replace(settings, effort=chosen)

    @Slot(object)
    def _change(self, changes: dict[str, object]) -> None:
        if self._open:
            settings = msgspec.structs.replace(self._open.settings, **changes)
            self._library.change(self._open, settings=settings)

    @Slot(object)
    def _apply(self, preset: Preset) -> None:
        if self._open:
            self._drafting.forget_effort()
            self._presets.apply(self._open, preset)

    @Slot(object)
    def _update_preset(self, preset: Preset) -> None:
        self._apply(self._presets.change(preset, self._settings()))

    @Slot()
    def _use_for_new_chats(self) -> None:
        if self._panel:
            self._panel.chat.finish()
        used, settings = self._used(), self._settings()
        if used.preset and not used.is_changed and self._open and settings == self._open.settings:
            self._presets.use_for_new_chats(used.preset)
            self.show()
        else:
            self._ask_for_name(is_default=True)

    def _ask_for_name(self, *, is_default: bool) -> None:
        from app.ui.presets.save_dialog import SavePresetDialog

        settings, used = self._settings(), self._used()
        wanted = preset_name(used.preset) if used.preset else self.tr("My preset")

        def save(name: str, is_default: bool) -> None:
            preset = self._presets.add(name, settings)
            if is_default:
                self._presets.use_for_new_chats(preset)
            self._apply(preset)

        if self._panel:
            self._panel.close_panel()
        dialog = SavePresetDialog(
            self._composer.window(),
            name=self._presets.free_name(wanted),
            line=settings_line(settings),
            is_default=is_default,
            save=save,
        )
        self._open_dialog(dialog)

    def _open_dialog(self, dialog: QDialog) -> None:
        """Open it; afterwards the person goes on writing."""
        dialog.finished.connect(self._go_on)
        dialog.open()

    @Slot()
    def _go_on(self) -> None:
        self._composer.input.setFocus(Qt.FocusReason.OtherFocusReason)
