"""The settings page: sections below one another."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.ui.library.source import ModelLibrary
from app.ui.page_frame import PageFrame
from app.ui.plain_text import PlainLabel
from app.ui.settings.connections_section import ConnectionsSection
from app.ui.settings.folders_section import FoldersSection
from app.ui.settings.network_section import NetworkSection
from app.ui.settings.source import (
    ChatBackups,
    NetworkLog,
    SettingsSource,
    StorageUse,
    TokenStore,
)
from app.ui.settings.storage_section import StorageSection


class SettingsPage(PageFrame):
    """Shows what holds; whoever owns the library's `on_change` calls `show_library` after it.

    Signals:
        changed: A setting or the token has another value now.
    """

    changed = Signal()

    def __init__(
        self,
        *,
        settings: SettingsSource,
        tokens: TokenStore,
        network_log: NetworkLog,
        library: ModelLibrary,
        storage: StorageUse,
        backups: ChatBackups,
    ) -> None:
        super().__init__("settings", self.tr("Settings"))
        self._library = library
        self._network = NetworkSection(settings, tokens)
        self._folders = FoldersSection(library)
        self._storage = StorageSection(storage, backups)
        sections: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Network"), self._network),
            (self.tr("Model folders"), self._folders),
            (self.tr("Storage"), self._storage),
            (self.tr("What went over the network"), ConnectionsSection(network_log)),
        )
        for title, section in sections:
            self.column.addWidget(_Section(title, section))
        self.column.addStretch(1)
        self._network.changed.connect(self.changed)
        self.show_library()

    def arrive(self) -> None:
        """The page is on the screen: show what may have changed."""
        self._network.arrive()
        self._library.refresh()
        self.back_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._storage.arrive()
        if self._storage.is_alarming:
            self.show_part(self._storage)

    @Slot()
    def show_library(self) -> None:
        """Show the model folders as they are now."""
        self._folders.show_library()


class _Section(QFrame):
    """A title and what belongs to it."""

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__()
        self.setObjectName("settingsSection")
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 18)
        column.setSpacing(12)
        column.addWidget(PlainLabel(title, kind="heading"))
        column.addWidget(content)
