"""The measured search for the fastest setting of one build."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.ui.announce import announce
from app.ui.buttons import push_button
from app.ui.models.source import Tuning, TuningResult
from app.ui.models.words import rate_words, trial_words
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_decimal

_BAR_PX = 6
_WORTH_SAYING = 1.05


class BestSetting(QWidget):
    """Start, progress and stop, then the result and the way back.

    Signals:
        start_requested, stop_requested, undo_requested: A button was pressed.
    """

    start_requested = Signal()
    stop_requested = Signal()
    undo_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = PlainLabel(kind="muted", wraps=True)
        self._words.setObjectName("tuningText")
        self._bar = QProgressBar()
        self._bar.setObjectName("tuningProgress")
        self._bar.setProperty("kind", "thin")
        self._bar.setAccessibleName(self.tr("Search for the best setting"))
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_PX)
        self._start = push_button("tuneButton", self.tr("Find the best setting for this PC"))
        self._stop = push_button("stopTuningButton", self.tr("Stop the search"))
        self._undo = push_button("undoTuningButton", self.tr("Undo"))
        self._start.setToolTip(self.tr("Tries several settings; takes a minute or two"))
        self._undo.setToolTip(self.tr("Go back to the setting before the search"))
        self._start.clicked.connect(self.start_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._undo.clicked.connect(self.undo_requested)
        self._said = ""
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._start, self._stop, self._undo):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        column.addLayout(buttons)

    def show_not_installed(self) -> None:
        """There is nothing to measure yet."""
        self._show_buttons()
        self._say(self.tr("Once it is on this PC, Cierzo can measure which setting is fastest."))

    def show_running(self, tuning: Tuning) -> None:
        """Say how far the search is."""
        self._show_buttons(self._stop, is_running=True)
        self._bar.setRange(0, max(1, tuning.steps))
        self._bar.setValue(tuning.step)
        step = self.tr("Step {step} of {steps}").format(step=tuning.step, steps=tuning.steps)
        words = [step, trial_words(tuning)]
        if tuning.best_tokens_per_s is not None:
            best = self.tr("best so far: {rate}")
            words.append(best.format(rate=rate_words(tuning.best_tokens_per_s)))
        self._say(" · ".join(word for word in words if word))

    def show_ready(self, result: TuningResult | None, *, is_other_running: bool) -> None:
        """Offer a search, and say how the last one ended."""
        buttons = [self._start] if result is None else [self._start, self._undo]
        self._show_buttons(*buttons)
        self._start.setEnabled(not is_other_running)
        self._start.setText(
            self.tr("Find the best setting for this PC")
            if result is None
            else self.tr("Search again")
        )
        if is_other_running:
            self._say(self.tr("Another model is being measured; one at a time."))
        elif result is None:
            self._say(
                self.tr(
                    "Cierzo can measure which setting is fastest here. "
                    "It takes a minute or two, and can be undone."
                )
            )
        else:
            self._say_result(result)

    def _say_result(self, result: TuningResult) -> None:
        before, after = result.before_tokens_per_s, result.after_tokens_per_s
        if after < before * _WORTH_SAYING:
            words = self.tr("The setting was the best already: {after}.")
        else:
            words = self.tr("Before {before}, now {after}: {factor} times as fast.")
        factor = after / before if before else 1.0
        self._announce(
            words.format(
                before=rate_words(before),
                after=rate_words(after),
                factor=format_decimal(factor, 1),
            )
        )

    def _show_buttons(self, *shown: QPushButton, is_running: bool = False) -> None:
        had_focus = any(b.hasFocus() for b in (self._start, self._stop, self._undo))
        self._bar.setVisible(is_running)
        for button in (self._start, self._stop, self._undo):
            button.setVisible(button in shown)
        if had_focus and shown and not any(b.hasFocus() for b in shown):
            shown[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, words: str) -> None:
        self._words.setText(words)

    def _announce(self, words: str) -> None:
        self._say(words)
        if words != self._said:
            self._said = words
            announce(self, words)
