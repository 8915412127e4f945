"""Whether and how the network is reached."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.plain_text import PlainLabel
from app.ui.settings.entries import limit_entry, limit_text, mirror_entry, proxy_entry
from app.ui.settings.entry_field import EntryField
from app.ui.settings.source import SettingsSource, TokenStore
from app.ui.settings.switch import Switch
from app.ui.settings.token_field import TokenField


class NetworkSection(QWidget):
    """Offline, speed limit, mirror, proxy and token; everything takes effect at once.

    Signals:
        changed: Something of it has another value now.
    """

    changed = Signal()

    def __init__(self, settings: SettingsSource, tokens: TokenStore) -> None:
        super().__init__()
        self._settings = settings
        self._offline = Switch("offlineSwitch", self.tr("Offline"))
        self._limit = EntryField(
            "limitField",
            self.tr("Speed limit"),
            check=lambda text: limit_text(limit_entry(text)),
            hint=self.tr("For all downloads together."),
            empty=self.tr("No limit"),
            unit=self.tr("MB/s"),
        )
        self._mirror = EntryField(
            "mirrorField",
            self.tr("Mirror of Hugging Face"),
            check=mirror_entry,
            hint=self.tr(
                "A server with the same files, such as your company's. Whatever it sends, only "
                "files with the published hash are installed."
            ),
            empty=self.tr("Hugging Face itself"),
        )
        self._proxy = EntryField(
            "proxyField",
            self.tr("Proxy"),
            check=proxy_entry,
            hint=self.tr("Kind, host and port, as in “socks5://localhost:1080”."),
            empty=self.tr("As this system says"),
        )
        self._token = TokenField(tokens)
        self._arrange()
        self._offline.toggled.connect(lambda is_on: self._change(is_offline=is_on))
        self._limit.entered.connect(
            lambda text: self._change(download_bytes_per_s=limit_entry(text))
        )
        self._mirror.entered.connect(lambda text: self._change(hub_endpoint=text))
        self._proxy.entered.connect(lambda text: self._change(proxy=text))
        self._token.changed.connect(self.changed)

    def arrive(self) -> None:
        """The page is on the screen."""
        self.show_settings()
        self._token.look()

    @Slot()
    def show_settings(self) -> None:
        """Show what holds now."""
        value = self._settings.value
        self._offline.blockSignals(True)
        self._offline.setChecked(value.is_offline)
        self._offline.blockSignals(False)
        self._limit.show_value(limit_text(value.download_bytes_per_s))
        self._mirror.show_value(value.hub_endpoint)
        self._proxy.show_value(value.proxy)

    def _change(self, **changes: str | int) -> None:
        self._settings.change(**changes)
        self.changed.emit()

    def _arrange(self) -> None:
        words = self.tr(
            "Nothing is fetched: no downloads, no look-ups. Chatting never needs the network."
        )
        self._offline.setAccessibleDescription(words)
        label = PlainLabel(self.tr("Offline"), kind="strong")
        label.setBuddy(self._offline)
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addWidget(label)
        said.addWidget(PlainLabel(words, kind="small", wraps=True))
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addLayout(said, 1)
        line.addWidget(self._offline, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(18)
        column.addLayout(line)
        for field in (self._limit, self._mirror, self._proxy, self._token):
            column.addWidget(field)
