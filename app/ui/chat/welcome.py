"""What an empty chat shows instead of messages; the composer below works all the while."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.model_file import ModelFile
from app.ui.announce import announce
from app.ui.buttons import push_button
from app.ui.look.icons import Picture
from app.ui.plain_text import PlainLabel
from app.ui.turning_line import TurningLine

_LOGO_PX = 44
_NARROW_PX = 380
# What the panel of the first run mostly takes: nothing moves when it is filled.
_PANEL_LINES = 9
_STARTER_LINES = 5


class Welcome(QWidget):
    """A headline, the promise, and an honest word about the starter model.

    Signals:
        open_model_requested: The person wants a model file of their own.
        height_changed: It says more or less than before.
    """

    open_model_requested = Signal()
    height_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model: ModelFile | None = None
        self._expects_first_run = False
        self._ready = ""
        logo = Picture("wind", _LOGO_PX, QPalette.ColorRole.Highlight)
        self._title = PlainLabel(kind="title", wraps=True)
        self._promise = PlainLabel(kind="muted", wraps=True)
        for words in (self._title, self._promise):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._private = self._private_note()
        self._note = self._toy_note()
        self._first = self._first_run_frame()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(logo, 0, Qt.AlignmentFlag.AlignHCenter)
        parts = ((16, self._title), (8, self._promise), (0, self._private), (32, self._note))
        for space, part in parts:
            column.addSpacing(space)
            column.addWidget(part)
        column.addWidget(self._first)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Tell when its parts take more or less room."""
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.height_changed.emit()
        return is_done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the button below the words where there is no room beside them."""
        super().resizeEvent(event)
        self._note_row.fit(self.width())

    @property
    def is_first_run(self) -> bool:
        """Whether the person has nothing but the starter model, as far as is known."""
        return self._expects_first_run and (self._model is None or self._model.is_toy)

    @property
    def lacks_model(self) -> bool:
        """Whether nobody can answer."""
        return self._model is None

    def show_private(self, *, is_private: bool) -> None:
        """Say that nothing of the chat is kept."""
        self._private.setVisible(is_private)

    def show_model(self, model: ModelFile | None) -> None:
        """Warn about a toy, and about nothing else."""
        self._model = model
        if model is None:
            self._arrange()
            return
        self._words.setText(
            self.tr(
                "You are talking to {name}, a small toy model to try Cierzo with. "
                "It often gets things wrong."
            ).format(name=model.name)
        )
        self._or_type.setText(
            self.tr(
                "Or just type: {name}, a small toy model, answers you meanwhile. It often gets "
                "things wrong."
            ).format(name=model.name)
        )
        self._arrange()

    def expect_first_run(self) -> None:
        """Keep the place for what `put_first_run` brings."""
        self._expects_first_run = True
        self._arrange()

    def say_first_run(self, words: str) -> None:
        """Say why there is nothing to recommend."""
        self._looking.setText(words)

    def put_first_run(self, panel: QWidget, words: str) -> None:
        """Show the panel with the model to begin with; `words` say it to screen readers."""
        self._first.setAccessibleDescription(words)
        if panel.parent() is not self._first:
            self._looking.hide()
            self._place.addWidget(panel)
            panel.setMinimumHeight(self._panel_px())
            panel.show()

    def put_starter(self, offer: QWidget, words: str) -> None:
        """Show the small model to try the app with; `words` say it to screen readers."""
        self._starter.setAccessibleDescription(words)
        if offer.parent() is not self._starter:
            self._starter_place.addWidget(offer)
            offer.show()

    def end_first_run(self, ready: str = "") -> None:
        """The person has a model of their own; `ready` is the name of one that has just come."""
        self._expects_first_run = False
        self._ready = ready
        self._arrange()
        if ready:
            announce(self, self._promise.text())

    def _arrange(self) -> None:
        """Show what fits the model and the run."""
        is_first, is_toy = self.is_first_run, self._model is not None and self._model.is_toy
        self._first.setVisible(is_first)
        self._starter.setVisible(self._model is None)
        self._or_type.setVisible(is_toy)
        self._note.setVisible(is_toy and not is_first)
        if is_first:
            self._title.setText(self.tr("Welcome to Cierzo"))
            promise = self.tr(
                "Open language models answer you here, on your own PC. Nothing you write is sent "
                "anywhere; only the download of a model goes over the network."
            )
        else:
            self._title.setText(self.tr("What would you like to know?"))
            promise = self.tr("Everything stays on this PC. Nothing you write is sent anywhere.")
        if self._ready and self._model and not is_toy:
            ready = self.tr("{name} is ready.").format(name=self._ready)
            promise = f"{ready} {promise}"
        self._promise.setText(promise)

    def _private_note(self) -> QWidget:
        note = QWidget()
        note.setObjectName("privateNote")
        row = QHBoxLayout(note)
        row.setContentsMargins(0, 12, 0, 0)
        row.setSpacing(8)
        words = PlainLabel(self.tr("Private chat: nothing of it touches the disk."), kind="strong")
        row.addStretch()
        row.addWidget(Picture("private", 18, QPalette.ColorRole.Highlight))
        row.addWidget(words)
        row.addStretch()
        note.hide()
        return note

    def _toy_note(self) -> QFrame:
        note = QFrame()
        note.setObjectName("toyNote")
        self._words = PlainLabel(wraps=True)
        button = push_button("openModelButton", self.tr("Open a model file…"))
        button.clicked.connect(self.open_model_requested)
        self._note_row = row = TurningLine(_NARROW_PX, gap_px=16, narrow_gap_px=12)
        note.setLayout(row)
        row.setContentsMargins(20, 16, 20, 16)
        row.addWidget(self._words, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        return note

    def _first_run_frame(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("firstRun")
        frame.setAccessibleName(self.tr("A model to begin with"))
        self._looking = PlainLabel(
            self.tr("Looking at this PC to find the best model for it…"), kind="muted", wraps=True
        )
        self._looking.setObjectName("firstRunLooking")
        self._looking.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._looking.setMinimumHeight(self._panel_px())
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedHeight(1)
        self._or_type = PlainLabel(kind="muted", wraps=True)
        self._starter = QWidget()
        self._starter.setObjectName("starterPlace")
        self._starter.setMinimumHeight(self.fontMetrics().lineSpacing() * _STARTER_LINES)
        self._starter_place = QVBoxLayout(self._starter)
        self._starter_place.setContentsMargins(0, 0, 0, 0)
        self._place = QVBoxLayout()
        self._place.addWidget(self._looking)
        column = QVBoxLayout(frame)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(12)
        column.addLayout(self._place)
        column.addWidget(line)
        column.addWidget(self._or_type)
        column.addWidget(self._starter)
        frame.hide()
        return frame

    def _panel_px(self) -> int:
        return self.fontMetrics().lineSpacing() * _PANEL_LINES
