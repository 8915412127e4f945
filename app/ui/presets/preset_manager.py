"""All presets: made, changed, ordered, deleted."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.kept_chat import ChatSettings, Preset
from app.domain.model_file import ModelFile
from app.services.chat_presets import PLAIN, BuiltInPreset, ChatPresets, RemovedPreset
from app.ui.error_text import error_text
from app.ui.icon_button import IconButton
from app.ui.look.measures import measures
from app.ui.note import Note
from app.ui.plain_text import PlainLabel
from app.ui.presets.chat_fields import LINK_EDGE_PX
from app.ui.presets.entry_view import Entry, EntryView
from app.ui.presets.preset_editor import PresetEditor
from app.ui.presets.preset_words import preset_line, preset_name
from app.ui.scroll_column import ScrollColumn
from app.ui.shortcuts import Keys, add_shortcut

_SIZE = QSize(760, 620)
_EDGE_PX = 24
_NARROW_PX = 620
_LIST_PX = 236
_LIST_ROWS = 3
_BUTTON_PX = 32


class PresetManager(QDialog):
    """A list and what is in it; everything takes effect at once. Deletes itself when closed."""

    def __init__(
        self, presets: ChatPresets, models: Sequence[ModelFile], chosen: Preset, parent: QWidget
    ) -> None:
        """Show `presets`, that one first; `models` are those that one can ask for."""
        super().__init__(parent)
        self.setObjectName("presetManager")
        self.setWindowTitle(self.tr("Presets"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._presets = presets
        self._room = parent
        self._removed: RemovedPreset | None = None
        self._list = EntryView("presetList", self.tr("Presets"))
        self._editor = PresetEditor(presets, models, chosen)
        self._note = Note("presetDeleted", action=self.tr("Undo"))
        self._problem = Note("presetProblem", is_alarm=True)
        self._new = self._button("newPresetButton", "plus", self.tr("New preset"), self._make)
        self._copy = self._button(
            "duplicatePresetButton", "copy", self.tr("Duplicate"), self._duplicate
        )
        self._up = self._button(
            "presetUpButton", "chevron-up", self.tr("Move up (Alt+Up)"), lambda: self._move(-1)
        )
        self._down = self._button(
            "presetDownButton",
            "chevron-down",
            self.tr("Move down (Alt+Down)"),
            lambda: self._move(1),
        )
        self._delete = self._button(
            "deletePresetButton", "trash", self.tr("Delete"), self._delete_preset
        )
        self._arrange()
        add_shortcut(Keys.PRESET_UP, self._list, self._up.click)
        add_shortcut(Keys.PRESET_DOWN, self._list, self._down.click)
        add_shortcut(Keys.DELETE_PRESET, self._list, self._delete.click)
        self._list.moved.connect(self._show)
        self._list.taken.connect(lambda _: self._editor.name_it())
        self._note.acted.connect(self._undo)
        self._editor.shown.connect(lambda preset: self.show_presets(preset.name))
        self._editor.refused.connect(lambda error: self._problem.say(error_text(error)))
        self.show_presets(chosen.name)
        self._list.setFocus()

    @Slot()
    def show_presets(self, current: str = "") -> None:
        """Show what there is now; `current` is the name of the one to show."""
        presets = self._presets
        own = [self._entry(preset) for preset in presets.own]
        built_in = [self._entry(preset) for preset in presets.built_in]
        heads = (Entry("", self.tr("Yours")), Entry("", self.tr("Included")))
        entries = [heads[0], *own, heads[1], *built_in] if own else built_in
        self._list.show_entries(entries, current=current)
        self._show(self._list.current)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit into the window that it belongs to."""
        room = self._room.size() - QSize(_EDGE_PX, _EDGE_PX)
        self.resize(measures().size_at_text_size(_SIZE).boundedTo(room))
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the list above the editor where there is no room beside it."""
        super().resizeEvent(event)
        is_narrow = self.width() < measures().at_text_size(_NARROW_PX)
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._halves.setDirection(way)
        list_px = measures().at_text_size(_LIST_PX)
        self._left.setMaximumWidth(1 << 16 if is_narrow else list_px)
        self._left.setMinimumWidth(0 if is_narrow else list_px)
        rows = self._list.height_of(_LIST_ROWS)
        self._list.setMaximumHeight(rows + 4 if is_narrow else 1 << 16)

    def done(self, result: int) -> None:
        """Take over what is being written."""
        self._list.setFocus()
        super().done(result)

    def _entry(self, preset: Preset) -> Entry:
        is_default = self._presets.is_default(preset)
        return Entry(
            key=preset.name,
            name=preset_name(preset),
            line=preset_line(preset),
            mark="star-full" if is_default else "",
            mark_words=self.tr("for new chats") if is_default else "",
        )

    @Slot(str)
    def _show(self, name: str) -> None:
        preset = self._presets.find(name)
        if preset is None:
            return
        self._editor.show_preset(preset)
        is_own = not isinstance(preset, BuiltInPreset)
        names = [own.name for own in self._presets.own]
        place = names.index(preset.name) if is_own else -1
        self._delete.setEnabled(is_own)
        self._up.setEnabled(is_own and place > 0)
        self._down.setEnabled(is_own and place < len(names) - 1)
        self._hint.setVisible(not is_own)

    def _take(self, preset: Preset) -> None:
        """Show a new one, whose name is written next."""
        self.show_presets(preset.name)
        self._editor.name_it()

    def _act(self, act: Callable[[], object]) -> None:
        """Take over what is being written before anything else happens."""
        self._list.setFocus()
        act()

    @Slot()
    def _make(self) -> None:
        name = self._presets.free_name(self.tr("New preset"))
        self._take(self._presets.add(name, ChatSettings()))

    @Slot()
    def _duplicate(self) -> None:
        self._take(self._presets.duplicate(self._editor.preset))

    def _move(self, steps: int) -> None:
        self._presets.move(self._editor.preset, steps)
        self.show_presets(self._editor.preset.name)

    @Slot()
    def _delete_preset(self) -> None:
        preset = self._editor.preset
        names = [own.name for own in self._presets.own]
        place = names.index(preset.name)
        following = [*names[place + 1 :], *names[:place][::-1]]
        self._removed = self._presets.delete(preset)
        self._note.say(self.tr("“{name}” was deleted.").format(name=preset.name))
        self.show_presets(following[0] if following else PLAIN)

    @Slot()
    def _undo(self) -> None:
        removed, self._removed = self._removed, None
        self._note.say("")
        if removed:
            self.show_presets(self._presets.put_back(removed).name)
            self._list.setFocus()

    def _arrange(self) -> None:
        frame = QFrame()
        frame.setObjectName("foundFrame")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(5, 5, 5, 5)
        inside.addWidget(self._list)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for button in (self._new, self._copy, self._up, self._down):
            tools.addWidget(button)
        tools.addStretch()
        tools.addWidget(self._delete)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(6)
        left.addWidget(frame, 1)
        left.addLayout(tools)
        self._hint = PlainLabel(
            self.tr("This preset comes with Cierzo. Duplicate it to make one of your own."),
            kind="small",
            wraps=True,
        )
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._editor, 1)
        self._hint.setContentsMargins(LINK_EDGE_PX, 0, 0, 0)
        column.addWidget(self._hint)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(14)
        self._halves.addWidget(self._left)
        self._halves.addWidget(ScrollColumn(right), 1)
        done = QPushButton(self.tr("Done"))
        done.setObjectName("presetsDoneButton")
        done.setProperty("kind", "primary")
        done.setAutoDefault(False)
        done.clicked.connect(self.accept)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 18, 20, 16)
        whole.setSpacing(12)
        whole.addWidget(PlainLabel(self.tr("Presets"), kind="heading"))
        whole.addLayout(self._halves, 1)
        whole.addWidget(self._problem)
        whole.addWidget(self._note)
        whole.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)

    def _button(self, name: str, icon: str, label: str, act: Callable[[], object]) -> IconButton:
        button = IconButton(name, icon, label, side_px=_BUTTON_PX, icon_px=18)
        button.clicked.connect(lambda: self._act(act))
        return button
