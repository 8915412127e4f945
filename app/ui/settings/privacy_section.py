"""What leaves this PC: nothing but what is fetched, and the list of that."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.look.measures import SMALL_PX, WIDE_PX
from app.ui.plain_text import PlainLabel
from app.ui.settings.connections_section import ConnectionsSection
from app.ui.settings.source import NetworkLog


class PrivacySection(QWidget):
    """A plain statement, and what proves it."""

    def __init__(self, network_log: NetworkLog, *, fetches_news: bool = False) -> None:
        """Say what is true of this copy: not every one can fetch updates or runtime packs."""
        super().__init__()
        said = QVBoxLayout()
        said.setSpacing(SMALL_PX)
        stays = self.tr(
            "What you write, attach and are answered stays on this PC. There is no account, "
            "nothing is counted or reported, and Cierzo does not look for updates."
        )
        used = self.tr(
            "The network is used for one thing: to find and download models when you ask for "
            "them. Everything that was fetched is listed here, and nothing else went out."
        )
        if fetches_news:
            stays = self.tr(
                "What you write, attach and are answered stays on this PC. There is no account, "
                "nothing is counted or reported, and Cierzo looks for updates only if you switch "
                "that on."
            )
            used = self.tr(
                "The network is used for what you ask for: models, new versions of Cierzo, and "
                "packs for its engine. Everything that was fetched is listed here, and nothing "
                "else went out."
            )
        for words in (
            stays,
            used,
            self.tr(
                "Logs hold no prompts and no answers. Private chats are in memory alone and are "
                "gone when Cierzo ends."
            ),
        ):
            said.addWidget(PlainLabel(words, kind="muted", wraps=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE_PX)
        column.addLayout(said)
        inner = QVBoxLayout()
        inner.setSpacing(SMALL_PX)
        inner.addWidget(
            PlainLabel(self.tr("What went over the network"), kind="strong", wraps=True)
        )
        inner.addWidget(ConnectionsSection(network_log))
        column.addLayout(inner)
