"""One sentence about what went wrong, and what can be done about it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout

from app.domain.errors import AppError, EngineError, ModelError, NoModelYet
from app.ui.announce import announce
from app.ui.error_text import error_text
from app.ui.look.icons import IconFollower, Picture
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import PlainLabel

_PICTURE_PX = 20
_LINE_UP_PX = 4  # sentence and picture with the middle of the cross


class ErrorBanner(QFrame):
    """Shows one error at a time, or nothing.

    Signals:
        retry_requested, report_requested, model_requested, all_models_requested,
        open_requested, dismissed: A button was pressed.
    """

    retry_requested = Signal()
    report_requested = Signal()
    model_requested = Signal()
    all_models_requested = Signal()
    open_requested = Signal()
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("errorBanner")
        self.setAccessibleName(self.tr("Error"))
        self._words = PlainLabel(wraps=True)
        self._words.setObjectName("errorText")
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._retry = self._button("retryButton", self.tr("Try again"))
        self._report = self._button("reportButton", self.tr("Copy report"))
        self._model = self._button("otherModelButton", self.tr("Choose another model…"))
        self._all = self._button("allModelsOfErrorButton", self.tr("See all models"))
        self._open = self._button("openModelOfErrorButton", self.tr("Open a model file…"))
        self._ways = FlowRow(gap_px=4)
        self._dismiss = QToolButton()
        self._dismiss.setObjectName("dismissButton")
        self._dismiss.setToolTip(self.tr("Dismiss"))
        self._dismiss.setAccessibleName(self._dismiss.toolTip())
        self._dismiss.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        IconFollower(self._dismiss, "close", QPalette.ColorRole.BrightText, 16)
        self._arrange()
        self._retry.clicked.connect(self.retry_requested)
        self._report.clicked.connect(self._copy_report)
        self._model.clicked.connect(self.model_requested)
        self._all.clicked.connect(self.all_models_requested)
        self._open.clicked.connect(self.open_requested)
        self._dismiss.clicked.connect(self.dismissed)
        self._shown: Exception | None = None
        self.hide()

    def show_error(self, error: Exception | None, *, can_retry: bool) -> None:
        """Show it, or nothing; a new one is read out by screen readers."""
        self._retry.setVisible(can_retry)
        if error is self._shown:
            self._ways.arrange()
            return
        self._shown = error
        self.setVisible(error is not None)
        if error is None:
            return
        self._words.setText(error_text(error))
        self._report.setText(self.tr("Copy report"))
        lacks_model = isinstance(error, NoModelYet)
        is_technical = isinstance(error, EngineError | ModelError) and not lacks_model
        self._report.setVisible(is_technical or not isinstance(error, AppError))
        self._model.setVisible(is_technical)
        for button in (self._all, self._open):
            button.setVisible(lacks_model)
        self._ways.arrange()
        announce(self, self._words.text(), is_urgent=True)

    def _arrange(self) -> None:
        self._ways.show_members((self._retry, self._model, self._all, self._open, self._report))
        buttons = QHBoxLayout()
        buttons.addWidget(self._ways)
        # The words of the first button stand under those of the sentence.
        buttons.setContentsMargins(_PICTURE_PX, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        picture = QVBoxLayout()
        picture.setContentsMargins(0, _LINE_UP_PX, 0, 0)
        picture.addWidget(Picture("alert", _PICTURE_PX, QPalette.ColorRole.BrightText), 0, top)
        row.addLayout(picture)
        self._words.setContentsMargins(0, _LINE_UP_PX + 2, 0, 0)
        row.addWidget(self._words, 1, top)
        row.addWidget(self._dismiss, 0, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 8, 8)
        column.setSpacing(2)
        column.addLayout(row)
        column.addLayout(buttons)

    def _button(self, name: str, label: str) -> QPushButton:
        button = QPushButton(label)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def _copy_report(self) -> None:
        self.report_requested.emit()
        self._report.setText(self.tr("Copied"))
