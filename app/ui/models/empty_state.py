"""What the Models page says while there is no card to show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.ui.look.pulse import Pulse
from app.ui.plain_text import PlainLabel

_ABOVE_PX = 48


class EmptyState(QWidget):
    """Measuring, nothing known, or nothing found.

    Signals:
        all_requested: The filters are to be taken away.
    """

    all_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("modelsEmpty")
        self._pulse = Pulse()
        self._title = PlainLabel(kind="strong", wraps=True)
        self._title.setObjectName("modelsEmptyTitle")
        self._words = PlainLabel(kind="muted", wraps=True)
        self._button = QPushButton(self.tr("Show all models"))
        self._button.setObjectName("showAllButton")
        self._button.setProperty("kind", "outline")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self.all_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _ABOVE_PX, 0, 0)
        column.setSpacing(10)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(self._pulse, 0, centre)
        for label in (self._title, self._words):
            label.setAlignment(centre)
            column.addWidget(label)
        column.addWidget(self._button, 0, centre)

    def show_measuring(self) -> None:
        """This PC is being looked at."""
        self._say(
            self.tr("Looking at this PC…"),
            self.tr("Cierzo measures memory and speed once; it takes a few seconds."),
        )
        self._pulse.show()

    def show_no_models(self) -> None:
        """The catalogue gave nothing."""
        self._say(
            self.tr("No models are known"),
            self.tr("The list of models could not be read. You can still open a model file."),
        )

    def show_no_match(self) -> None:
        """The filters leave nothing."""
        self._say(self.tr("No model matches"), self.tr("Try another word, or look at all of them."))
        self._button.show()

    def show_none_installed(self) -> None:
        """There is no model in the library."""
        self._say(
            self.tr("No model is on this PC yet"),
            self.tr("Download one of those that fit, or open a file that you have."),
        )
        self._button.show()

    def _say(self, title: str, words: str) -> None:
        self._title.setText(title)
        self._words.setText(words)
        self._pulse.hide()
        self._button.hide()
        self.show()
