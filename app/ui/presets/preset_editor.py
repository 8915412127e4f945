"""Everything about one preset."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.chat import Effort
from app.domain.errors import PresetError
from app.domain.kept_chat import ChatSettings, Preset
from app.domain.model_file import ModelFile
from app.services.chat_presets import BuiltInPreset, ChatPresets
from app.ui.error_text import error_text
from app.ui.look.icons import IconFollower, Picture
from app.ui.models.choice_button import ChoiceButton
from app.ui.plain_text import ElidedLabel, PlainLabel
from app.ui.presets.chat_fields import LINK_EDGE_PX
from app.ui.presets.preset_words import effort_words, preset_line, preset_name, shortened
from app.ui.presets.sampling_fields import SamplingFields
from app.ui.presets.system_box import SystemBox
from app.ui.segments import Segments
from app.ui.settings.entries import EntryRefused
from app.ui.settings.entry_field import EntryField

_SYSTEM_LINES = 6
_MODEL_CHARACTERS = 26
_FIELD_PX = 236
_WIDEST_PX = 1 << 16


class PresetEditor(QWidget):
    """Changes one of the person's own at once; shows one that comes along.

    Attributes:
        preset: The one that is shown.

    Signals:
        shown: The preset has another name or settings now.
        refused: What was pasted was not accepted; the error to show.
    """

    shown = Signal(object)
    refused = Signal(object)

    def __init__(self, presets: ChatPresets, models: Sequence[ModelFile], preset: Preset) -> None:
        super().__init__()
        self.preset = preset
        self._presets = presets
        self._models = models
        self._title = ElidedLabel(kind="heading")
        self._title.setObjectName("presetTitle")
        self._about = PlainLabel(kind="muted", wraps=True)
        self._name = EntryField(
            "presetName",
            self.tr("Name"),
            check=self._check_name,
            hint="",
            empty="",
            width_px=_WIDEST_PX,
        )
        self.system = SystemBox("presetSystemField", lines=_SYSTEM_LINES)
        self.system.field.setMinimumHeight(self.system.field.room_px())
        self._effort = Segments([(e, effort_words(e)) for e in (None, Effort.FAST, Effort.DEEP)])
        self._effort.setObjectName("presetEffort")
        self._model = ChoiceButton("presetModel", self.tr("Model"))
        self._numbers = SamplingFields("preset", width_px=_FIELD_PX)
        self._star = QPushButton(self.tr("Use for new chats"))
        self._star.setObjectName("presetStar")
        self._star.setProperty("kind", "link")
        self._star.setCursor(Qt.CursorShape.PointingHandCursor)
        self._star.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(self._star, "star", QPalette.ColorRole.Highlight, 16)
        self._starred = QWidget()
        self._arrange()
        self._name.entered.connect(self._rename)
        self.system.written.connect(lambda text: self._change({"system": text}))
        self.system.field.refused.connect(self.refused)
        self._effort.chosen.connect(lambda effort: self._change({"effort": effort}))
        self._model.chosen.connect(self._model_chosen)
        self._numbers.changed.connect(self._change)
        self._star.clicked.connect(self._use_for_new_chats)
        self.show_preset(preset)

    def show_preset(self, preset: Preset) -> None:
        """Show another one, or what became of this one."""
        self.preset = preset
        is_own = not isinstance(preset, BuiltInPreset)
        settings = preset.settings
        self._title.setText(preset_name(preset))
        self._title.setVisible(not is_own)
        mode = effort_words(settings.effort) if settings.effort else ""
        self._about.setText(" · ".join(part for part in (preset_line(preset), mode) if part))
        self._about.setVisible(not is_own)
        self._name.setVisible(is_own)
        self._name.show_value(preset.name)
        self.system.field.show_text(settings.system)
        self.system.setVisible(is_own or bool(settings.system))
        self._stretch.setVisible(self.system.isHidden())
        self.system.field.setReadOnly(not is_own)
        self._effort.show_choice(settings.effort)
        self._show_model(settings)
        self._numbers.show_settings(settings)
        self._numbers.setVisible(is_own)
        is_default = self._presets.is_default(preset)
        self._star.setVisible(not is_default)
        self._starred.setVisible(is_default)

    def name_it(self) -> None:
        """Have the name written first."""
        field = self._name.findChild(QWidget, "presetName")
        if field:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_model(self, settings: ChatSettings) -> None:
        choices: list[tuple[object, str]] = [("", self.tr("Any model"))]
        choices += [(str(m.path), shortened(m.name, _MODEL_CHARACTERS)) for m in self._models]
        if settings.model_path not in [path for path, _ in choices]:
            name = shortened(settings.model, _MODEL_CHARACTERS)
            choices.append((settings.model_path, self.tr("{model} (gone)").format(model=name)))
        self._model.show_choices(choices, settings.model_path)

    def _check_name(self, written: str) -> str:
        try:
            return self._presets.checked_name(written, replacing=self.preset.name)
        except PresetError as error:
            raise EntryRefused(error_text(error)) from None

    @Slot(str)
    def _rename(self, name: str) -> None:
        self.preset = self._presets.rename(self.preset, name)
        self.shown.emit(self.preset)

    def _change(self, changes: dict[str, object]) -> None:
        if isinstance(self.preset, BuiltInPreset):
            return
        settings = msgspec.structs.replace(self.preset.settings, **changes)
        self.preset = self._presets.change(self.preset, settings)
        self.shown.emit(self.preset)

    @Slot(object)
    def _model_chosen(self, path: str) -> None:
        name = next((m.name for m in self._models if str(m.path) == path), "")
        if path and not name:
            return  # the one that is gone, once more
        self._change({"model": name, "model_path": path})

    @Slot()
    def _use_for_new_chats(self) -> None:
        self._presets.use_for_new_chats(self.preset)
        self.shown.emit(self.preset)

    def _arrange(self) -> None:
        self._numbers.add_row(self.tr("Mode"), self._effort)
        self._numbers.add_row(self.tr("Model"), self._model)
        names = QVBoxLayout()
        names.setSpacing(2)
        for part in (self._title, self._about, self._name):
            names.addWidget(part)
        mark = QHBoxLayout(self._starred)
        mark.setContentsMargins(LINK_EDGE_PX, 3, 0, 3)
        mark.setSpacing(6)
        mark.addWidget(Picture("star-full", 16, QPalette.ColorRole.Highlight))
        mark.addWidget(PlainLabel(self.tr("New chats begin with it."), kind="small"))
        star = QHBoxLayout()
        star.addWidget(self._star)
        star.addWidget(self._starred)
        star.addStretch()
        self._stretch = QWidget()
        fields = QVBoxLayout()
        fields.setContentsMargins(LINK_EDGE_PX, 0, 0, 0)
        fields.setSpacing(12)
        fields.addLayout(names)
        fields.addWidget(self.system, 1)
        fields.addWidget(self._numbers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(fields, 1)
        column.addLayout(star)
        column.addWidget(self._stretch, 1)
