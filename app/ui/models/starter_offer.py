"""The small model to try the app with, for whom there is no model at all."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.offers import ModelOffer
from app.ui.models.card_download import CardDownload
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import PlainLabel


class StarterOffer(QWidget):
    """Says honestly what it is, and fetches it at a press."""

    def __init__(self, feed: DownloadFeed, starter: ModelOffer) -> None:
        super().__init__()
        self.setObjectName("starterOffer")
        self._words = PlainLabel(kind="muted", wraps=True)
        self._words.setText(
            self.tr(
                "Or try Cierzo at once with {name}, a small toy model that often gets things wrong "
                "(licence {license})."
            ).format(name=starter.name, license=starter.license)
        )
        self._download = CardDownload(feed, kind="outline")
        buttons = FlowRow(gap_px=8)
        buttons.show_members(self._download.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self._words, self._download, buttons):
            column.addWidget(part)
        (build,) = starter.builds
        self._download.show_build(starter, build, has_gpu=False)

    def refresh(self) -> None:
        """Follow the queue."""
        self._download.refresh()

    def words(self) -> str:
        """All of it for screen readers."""
        return " ".join(filter(None, (self._words.text(), self._download.words())))
