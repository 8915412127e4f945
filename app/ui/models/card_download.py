"""What a card says and offers about downloading the build that it speaks of."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from app.domain.downloads.jobs import Download, State
from app.services.offers import BuildOffer, ModelOffer
from app.ui.models.download_controls import DownloadControls
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.download_progress import DownloadProgress
from app.ui.models.download_words import doubts, shortage_words
from app.ui.models.question import Question
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_bytes


class CardDownload(QWidget):
    """Room that is missing, how far it is, and what is asked first.

    Attributes:
        buttons: For the card to place.

    Signals:
        begun: A download was asked for.
    """

    begun = Signal()

    def __init__(self, feed: DownloadFeed, *, kind: str = "primary") -> None:
        """Follow the feed; `kind` is that of the button that begins it."""
        super().__init__()
        self._feed = feed
        self._model: ModelOffer | None = None
        self._build: BuildOffer | None = None
        self._has_gpu = False
        # Ended well while it was looked at; the offers do not know yet.
        self._just_installed = ""
        self._states: dict[str, State] = {}
        self._start = QPushButton()
        self._start.setObjectName("downloadButton")
        self._start.setProperty("kind", kind)
        self._start.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._start.hide()
        self._shortage = PlainLabel(kind="alarm", wraps=True)
        self._shortage.setObjectName("shortageText")
        self._progress = DownloadProgress()
        self._controls = DownloadControls(feed, is_small=False, parent=self)
        self._doubt = Question("doubtQuestion", self.tr("Not now"))
        self.buttons: tuple[QWidget, ...] = (self._start, *self._controls.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 2)
        column.setSpacing(8)
        for part in (self._shortage, self._progress, self._controls.question, self._doubt):
            column.addWidget(part)
        self._start.clicked.connect(self.start)
        self._doubt.answered.connect(self._add)
        self._doubt.closed.connect(self._arrange)
        self._controls.question.closed.connect(self._arrange)

    def show_build(self, model: ModelOffer, build: BuildOffer | None, *, has_gpu: bool) -> None:
        """Speak of this build."""
        is_other = (build and build.id) != (self._build and self._build.id)
        self._model, self._build, self._has_gpu = model, build, has_gpu
        if is_other:
            self._doubt.leave()
            self._controls.question.leave()
        if build and build.path:
            self._just_installed = ""
        if build:
            size = "" if build.bytes is None else format_bytes(build.bytes)
            about = self.tr("about {size}").format(size=size) if build.is_approximate else size
            words = self.tr("Download {size}") if size else self.tr("Download")
            self._start.setText(words.format(size=about))
            name = self.tr("Download {name} {build}")
            self._start.setAccessibleName(name.format(name=model.name, build=build.id))
            self._start.setAccessibleDescription(about)
        self.refresh()

    def refresh(self) -> None:
        """Follow the queue."""
        download = self._download()
        focus = QApplication.focusWidget()
        had_focus = focus in self.buttons
        self._controls.show_download(download)
        if download:
            self._progress.show_download(download)
        self._progress.setVisible(download is not None)
        can_start = download is None and self._build is not None and self._build.path is None
        self._start.setVisible(can_start)
        missing_bytes = self._missing_bytes() if can_start else 0
        self._shortage.setText(shortage_words(missing_bytes))
        self._shortage.setVisible(missing_bytes > 0)
        if not can_start:
            self._doubt.leave()
        self._arrange()
        if had_focus and can_start and focus is not self._start:
            self._start.setFocus(Qt.FocusReason.OtherFocusReason)

    def words(self) -> str:
        """All of it for screen readers."""
        return self._progress.words() if self._download() else self._shortage.text()

    @Slot()
    def start(self) -> None:
        """Download it; where something speaks against it that is said first."""
        if self._build is None or self._build.path or self._download():
            return
        words = doubts(self._build, has_gpu=self._has_gpu, missing_bytes=self._missing_bytes())
        if not words:
            self._add()
            return
        self._doubt.ask(words, [("start", self.tr("Download anyway"))], self._start)
        self._arrange()

    def _add(self) -> None:
        if self._model and self._build:
            self._feed.add(self._model.id, self._build.id)
            self.begun.emit()

    def _download(self) -> Download | None:
        """What is to be shown; one that is done only until the card knows the file."""
        if self._model is None or self._build is None or self._build.path:
            return None
        build_id = self._build.id
        downloads = self._feed.of_model(self._model.id)
        for name, download in downloads.items():
            was = self._states.get(name)
            if download.state is State.INSTALLED and was not in (None, State.INSTALLED):
                self._just_installed = name
        self._states = {name: download.state for name, download in downloads.items()}
        found = downloads.get(build_id)
        is_over = found is not None and found.state is State.INSTALLED
        return None if is_over and self._just_installed != build_id else found

    def _missing_bytes(self) -> int:
        return self._feed.missing_bytes(self._build.bytes if self._build else None)

    @Slot()
    def _arrange(self) -> None:
        """Take no room where there is nothing to say."""
        parts = (self._shortage, self._progress, self._controls.question, self._doubt)
        self.setVisible(any(not part.isHidden() for part in parts))
