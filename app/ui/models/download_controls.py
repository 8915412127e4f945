"""What can be done with one download: pause, go on, cancel."""

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton

from app.domain.downloads.jobs import Download, State
from app.ui.icon_button import IconButton
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.download_words import PENDING
from app.ui.models.question import Question
from app.ui.quantities import format_bytes

_ICON_PX = 18
_BUTTON_PX = 32
_KEEP, _DELETE = "keep", "delete"


class DownloadControls(QObject):
    """Three buttons, and the question that the last of them asks.

    Attributes:
        buttons: For their owner to place.
        question: The same.
    """

    def __init__(self, feed: DownloadFeed, *, is_small: bool, parent: QObject) -> None:
        """Make them.

        Args:
            feed: The queue.
            is_small: Icons in place of words.
            parent: Their owner.
        """
        super().__init__(parent)
        self._queue = feed.queue
        self._download: Download | None = None
        made = _icon_button if is_small else _word_button
        self._pause = made("pauseButton", _tr("Pause"), "pause")
        self._resume = made("resumeButton", _tr("Resume"), "play")
        self._retry = made("retryDownloadButton", _tr("Try again"), "retry")
        self._cancel = made("cancelDownloadButton", _tr("Cancel"), "close")
        self.buttons: tuple[QAbstractButton, ...] = (
            self._pause,
            self._resume,
            self._retry,
            self._cancel,
        )
        self.question = Question("cancelQuestion", _tr("Go back"))
        self._pause.clicked.connect(self._pause_pressed)
        self._resume.clicked.connect(self._resume_pressed)
        self._retry.clicked.connect(self._resume_pressed)
        self._cancel.clicked.connect(self._cancel_pressed)
        self.question.answered.connect(self._answered)
        self.show_download(None)

    def show_download(self, download: Download | None) -> None:
        """Offer what can be done with it now; the keyboard stays among them."""
        self._download = download
        focus = QApplication.focusWidget()
        had_focus = focus in self.buttons
        state = download.state if download else State.INSTALLED
        shown = {
            self._pause: state in PENDING,
            self._resume: state is State.PAUSED,
            self._retry: state is State.FAILED,
            self._cancel: state is not State.INSTALLED,
        }
        if download:
            for button in self.buttons:
                name = f"{button.text() or button.toolTip()}: {download.job.name}"
                button.setAccessibleName(name)
        for button, is_shown in shown.items():
            button.setVisible(is_shown)
        if download is None or state is State.INSTALLED:
            self.question.leave()
        visible = [button for button, is_shown in shown.items() if is_shown]
        if had_focus and visible and focus not in visible:
            visible[0].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _pause_pressed(self) -> None:
        if self._download:
            self._queue.pause(self._download.job.id)

    @Slot()
    def _resume_pressed(self) -> None:
        if self._download:
            self._queue.resume(self._download.job.id)

    @Slot()
    def _cancel_pressed(self) -> None:
        if self._download is None:
            return
        if not self._download.bytes_done:
            self._queue.cancel(self._download.job.id)
            return
        words = _tr("Stop downloading {name}? {amount} of it are on this PC already.")
        self.question.ask(
            words.format(
                name=self._download.job.name, amount=format_bytes(self._download.bytes_done)
            ),
            [(_KEEP, _tr("Keep what is there")), (_DELETE, _tr("Delete it"))],
            self._cancel,
        )

    @Slot(object)
    def _answered(self, answer: object) -> None:
        if self._download:
            self._queue.cancel(self._download.job.id, keeps_part=answer == _KEEP)


def _tr(text: str) -> str:
    return QCoreApplication.translate("downloads", text)


def _word_button(name: str, label: str, _icon: str) -> QPushButton:
    button = QPushButton(label)
    button.setObjectName(name)
    button.setProperty("kind", "outline")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _icon_button(name: str, label: str, icon: str) -> IconButton:
    return IconButton(name, icon, label, side_px=_BUTTON_PX, icon_px=_ICON_PX)
