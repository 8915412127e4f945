"""The model, what it does and what it takes; a menu of the others behind it."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton

from app.domain.model_file import ModelFile
from app.domain.placement.values import Change
from app.engine.protocol import Loaded
from app.services.engine_service import EnginePhase, EngineState
from app.services.memory_check import check_memory
from app.ui.look.icons import Picture
from app.ui.plain_text import ElidedLabel, PlainLabel, one_line, tooltip
from app.ui.quantities import format_bytes, listed


class ModelChip(QToolButton):
    """Shows the `EngineState` and lets the person choose another model.

    Signals:
        chosen: A `ModelFile` of the menu.
        open_requested: The person wants to look for a file.
        all_requested: The person wants to see what this PC can run.
    """

    chosen = Signal(object)
    open_requested = Signal()
    all_requested = Signal()

    def __init__(self, models: list[ModelFile]) -> None:
        super().__init__()
        self.setObjectName("modelPicker")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._models = list(models)
        self._installed: list[ModelFile] = []
        self._name = ElidedLabel()
        self._name.setObjectName("modelName")
        self._tag = PlainLabel(self.tr("toy"), kind="tag")
        self._state = PlainLabel(kind="small")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 5, 8, 5)
        self._row.setSpacing(8)
        muted = QPalette.ColorRole.PlaceholderText
        for part in (Picture("model", 18, muted), self._name, self._tag, self._state):
            self._row.addWidget(part)
        self._row.addWidget(Picture("chevron-down", 16, muted))
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("Models"))
        menu.aboutToShow.connect(self._fill_menu)
        self.setMenu(menu)
        self._current: ModelFile | None = None
        self._has_page = False
        self._has_room = True

    def offer_models(self) -> None:
        """There is a Models page to go to."""
        self._has_page = True

    def show_room(self, *, has_room: bool) -> None:
        """Whether there is room for more than the name."""
        self._has_room = has_room
        self._state.setVisible(has_room)
        self._tag.setVisible(has_room and self._current is not None and self._current.is_toy)
        self.updateGeometry()

    @Slot(object)
    def show_installed(self, models: list[ModelFile]) -> None:
        """Offer these beside the ones that were opened."""
        self._installed = models

    def offered(self) -> list[ModelFile]:
        """Every file once, under the name that the library has for it."""
        by_path = {model.path: model for model in (*self._models, *self._installed)}
        return list(by_path.values())

    def show_state(self, state: EngineState) -> None:
        """Show which model it is and what it is doing."""
        model = self._current = state.model
        if model is None:
            self._show_none()
            return
        if all(model.path != other.path for other in self.offered()):
            self._models.append(model)
        words = self._words(state)
        self._name.setText(model.name)
        self._tag.setVisible(model.is_toy and self._has_room)
        self._state.setText(words)
        described = [self.tr("Model: {name}").format(name=model.name), words]
        if model.is_toy:
            described.insert(1, self._tag.text())
        self.setAccessibleName(listed(described))
        details = self._details(state.loaded) if state.loaded else []
        self.setToolTip(tooltip("\n".join([f"{model.name} · {words}", *details])))
        self.setAccessibleDescription(" ".join(details))
        self.updateGeometry()

    def _show_none(self) -> None:
        self._name.setText(self.tr("No model yet"))
        self._tag.hide()
        self._state.clear()
        self.setAccessibleName(self._name.text())
        self.setToolTip(tooltip(self.tr("Download a model, or open a file that you have.")))
        self.setAccessibleDescription(self.toolTip())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as its parts."""
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Names can be shortened."""
        return self._row.minimumSize()

    def _words(self, state: EngineState) -> str:
        if state.phase is EnginePhase.LOADING:
            if state.is_checking:
                return self.tr("Checking the file")
            return self.tr("Loading {percent} %").format(percent=round(state.progress * 100))
        if state.phase is EnginePhase.FAILED:
            return self.tr("Could not be loaded")
        if state.phase is EnginePhase.READY and state.loaded:
            memory = format_bytes(_memory_bytes(state.loaded))
            if _given_up(state.loaded):
                return self.tr("{memory} · adjusted to fit").format(memory=memory)
            return memory
        return self.tr("Not loaded yet")

    def _details(self, loaded: Loaded) -> list[str]:
        """What was given up so that it fits, and how far the plan was off."""
        from app.ui.models.words import changes_words

        lines = [changes_words(given_up)] if (given_up := _given_up(loaded)) else []
        for check in check_memory(loaded):
            words = self.tr("{device}: planned {planned}, took {real}")
            lines.append(
                words.format(
                    device=check.device,
                    planned=format_bytes(check.planned_bytes),
                    real=format_bytes(check.real_bytes),
                )
            )
        return lines

    @Slot()
    def _fill_menu(self) -> None:
        menu = self.menu()
        menu.clear()
        group = QActionGroup(menu)
        for model in self.offered():
            name = one_line(model.name).replace("&", "&&")
            action = QAction(
                self.tr("{name} (toy)").format(name=name) if model.is_toy else name, group
            )
            action.setCheckable(True)
            action.setChecked(self._current is not None and model.path == self._current.path)
            action.triggered.connect(lambda _, model=model: self.chosen.emit(model))
            menu.addAction(action)
        menu.addSeparator()
        if self._has_page:
            menu.addAction(self.tr("All models…"), self.all_requested.emit)
        menu.addAction(self.tr("Open model file…"), self.open_requested.emit)


def _given_up(loaded: Loaded) -> tuple[Change, ...]:
    """What the person would notice."""
    return tuple(change for change in loaded.changes if change is not Change.KEPT_CHATS)


def _memory_bytes(loaded: Loaded) -> int:
    return sum(m.model_bytes + m.context_bytes + m.compute_bytes for m in loaded.memory)
