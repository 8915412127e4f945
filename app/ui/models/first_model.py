"""The model to begin with on this PC: its size, speed and licence, and the way to it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.offers import BuildOffer, ModelOffer
from app.ui.buttons import push_button
from app.ui.models.card_download import CardDownload
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.flow_row import FlowRow
from app.ui.models.words import download_words, speed_words
from app.ui.plain_text import PlainLabel, tooltip


class FirstModel(QWidget):
    """Shows one build of one `ModelOffer`, or that there is none.

    Signals:
        use_requested: Ids of model and build.
        all_requested: The person wants to see every model.
        open_requested: The person has a model file of their own.
    """

    use_requested = Signal(str, str)
    all_requested = Signal()
    open_requested = Signal()

    def __init__(self, feed: DownloadFeed) -> None:
        super().__init__()
        self.setObjectName("firstModel")
        self._offer: tuple[ModelOffer, BuildOffer] | None = None
        self._caption = PlainLabel(kind="small")
        self._name = PlainLabel(kind="heading", wraps=True)
        self._name.setObjectName("firstModelName")
        self._about = PlainLabel(wraps=True)
        self._facts = PlainLabel(wraps=True)
        self._facts.setObjectName("firstModelFacts")
        self._license = PlainLabel(kind="small", wraps=True)
        self._license.setObjectName("firstModelLicense")
        self._download = CardDownload(feed)
        self._use = push_button("useFirstModelButton", self.tr("Use it now"), "primary")
        self._all = push_button("allModelsButton", self.tr("See all models"))
        self._open = push_button("openOwnModelButton", self.tr("Open a model file…"))
        self._buttons = FlowRow(gap_px=8)
        self._buttons.show_members([self._use, *self._download.buttons, self._all, self._open])
        self._use.clicked.connect(self._use_pressed)
        self._all.clicked.connect(self.all_requested)
        self._open.clicked.connect(self.open_requested)
        self._arrange()

    def show_offer(self, model: ModelOffer, build: BuildOffer, *, has_gpu: bool) -> None:
        """Speak of this build."""
        self._offer = model, build
        is_here = build.path is not None
        self._caption.setText(
            self.tr("Installed") if is_here else self.tr("Recommended for this PC")
        )
        self._name.setText(model.name)
        self._name.setToolTip(tooltip(f"{build.id}\n{build.repository}"))
        self._about.setText(model.about)
        facts = " · ".join(filter(None, self._fact_words(model, build)))
        self._facts.setText(facts[:1].upper() + facts[1:])
        self._license.setText(model.license_note)
        self._use.setVisible(is_here)
        self._use.setAccessibleDescription(self._name.text())
        self._download.show_build(model, build, has_gpu=has_gpu)
        self._hide_empty()

    def show_none(self) -> None:
        """Nothing of the catalogue fits."""
        self._offer = None
        self._caption.setText("")
        self._name.setText(self.tr("No model of the catalogue fits this PC"))
        self._about.setText(
            self.tr(
                "All of them need more memory than there is. You can try the starter model, or "
                "open a smaller model file of your own."
            )
        )
        self._facts.setText("")
        self._license.setText("")
        self._use.hide()
        self._download.hide()
        self._hide_empty()

    def refresh(self) -> None:
        """Follow the queue."""
        if self._offer:
            self._download.refresh()

    def words(self) -> str:
        """All of it for screen readers."""
        parts = (self._caption, self._name, self._about, self._facts, self._license)
        said = [part.text() for part in parts if part.text()]
        return ". ".join([*said, self._download.words()] if self._offer else said)

    def _fact_words(self, model: ModelOffer, build: BuildOffer) -> tuple[str, ...]:
        size = download_words(build)
        return (
            size if build.path else self.tr("{size} to download").format(size=size),
            speed_words(build.plan.tokens_per_s) if build.plan else "",
            self.tr("licence {name}").format(name=model.license) if model.license else "",
        )

    def _hide_empty(self) -> None:
        for part in (self._caption, self._about, self._facts, self._license):
            part.setVisible(bool(part.text()))

    @Slot()
    def _use_pressed(self) -> None:
        if self._offer:
            model, build = self._offer
            self.use_requested.emit(model.id, build.id)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        parts = (self._caption, self._name, self._about, self._facts, self._license)
        for part in parts:
            column.addWidget(part)
        column.addSpacing(4)
        column.addWidget(self._download)
        column.addStretch(1)
        column.addSpacing(8)
        column.addWidget(self._buttons)
