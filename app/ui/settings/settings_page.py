"""The settings page: parts below one another, and a search through all of them."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.search_words import SearchWords
from app.ui.announce import announce
from app.ui.library.source import ModelLibrary
from app.ui.page_frame import PageFrame
from app.ui.plain_text import PlainLabel
from app.ui.search_field import SearchField
from app.ui.settings.declarations import Part, declared
from app.ui.settings.folders_section import FoldersSection
from app.ui.settings.keyboard_section import KeyboardSection
from app.ui.settings.network_section import NetworkSection
from app.ui.settings.packs_section import PacksSection
from app.ui.settings.privacy_section import PrivacySection
from app.ui.settings.section import Section
from app.ui.settings.setting_row import SettingRow
from app.ui.settings.source import (
    ChatBackups,
    NetworkLog,
    SettingsSource,
    StorageUse,
    TokenStore,
)
from app.ui.settings.storage_section import StorageSection
from app.ui.settings.update_source import RuntimePacks, Updates
from app.ui.settings.updates_section import UpdatesSection


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
        updates: Updates | None = None,
        packs: RuntimePacks | None = None,
    ) -> None:
        """Show these; without updates or packs there is nothing of them on the page."""
        super().__init__("settings", self.tr("Settings"))
        self._settings = settings
        self._library = library
        self._updates = UpdatesSection(updates) if updates else None
        self._packs = PacksSection(packs) if packs else None
        self._search = SearchField("settingsSearch", self.tr("Search settings"))
        self._nothing = PlainLabel(kind="muted", wraps=True)
        self._nothing.setObjectName("noSettings")
        self._nothing.hide()
        self._sections: list[Section] = []
        self._declared = declared()
        privacy = PrivacySection(network_log, fetches_news=bool(updates or packs))
        self._coming = self._make_sections(settings, tokens, privacy, storage, backups)
        for part in (self._search, self._nothing):
            self.column.addWidget(part)
        self._search.textChanged.connect(self._filter)
        self._search.left.connect(self._enter)

    def make_next(self) -> bool:
        """Make another section; whether there was one."""
        if section := next(self._coming, None):
            self._sections.append(section)
            self.column.addWidget(section)
            return True
        return False

    def make_all(self) -> None:
        """Make the sections that are not there yet; before that the page is not used."""
        while self.make_next():
            pass

    def arrive(self) -> None:
        """The page is on the screen: show what may have changed."""
        self._search.clear()
        self.show_settings()
        self._network.arrive()
        self._library.refresh()
        self.back_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._storage.arrive()
        if self._storage.is_alarming:
            self.show_part(self._storage)

    def show_updates(self) -> None:
        """Go to what is new."""
        if self._updates and (section := self._updates.parentWidget()):
            self.show_part(section)

    @Slot()
    def show_library(self) -> None:
        """Show the model folders as they are now."""
        self._folders.show_library()

    @Slot()
    def show_settings(self) -> None:
        """Show what holds now."""
        value = self._settings.value
        self._keyboard.show_settings(value)
        for section in self._sections:
            for row in section.rows:
                row.show_value(value)

    def _make_sections(
        self,
        settings: SettingsSource,
        tokens: TokenStore,
        privacy: PrivacySection,
        storage: StorageUse,
        backups: ChatBackups,
    ) -> Iterator[Section]:
        make = self._section
        yield make(Part.APPEARANCE, self.tr("Appearance"))
        yield make(Part.LANGUAGE, self.tr("Language"))
        self._keyboard = KeyboardSection()
        yield make(Part.KEYBOARD, self.tr("Keyboard"), self._keyboard)
        yield make(Part.DESKTOP, self.tr("Desktop"))
        yield make(Part.CHAT, self.tr("Chat"))
        yield make(Part.ENGINE, self.tr("Engine"), self._packs, self.tr("GPU CUDA NVIDIA"))
        self._network = NetworkSection(settings, tokens)
        self._network.changed.connect(self.changed)
        words = self.tr("network internet Hub speed bandwidth")
        yield make(Part.DOWNLOADS, self.tr("Downloads"), self._network, words)
        if self._updates:
            yield make(Part.UPDATES, self.tr("Updates"), self._updates)
        words = self.tr("network data telemetry tracking connections")
        yield make(Part.PRIVACY, self.tr("Privacy"), privacy, words)
        self._folders = FoldersSection(self._library)
        words = self.tr("drive path place")
        yield make(Part.FOLDERS, self.tr("Model folders"), self._folders, words)
        self._storage = StorageSection(storage, backups)
        words = self.tr("disk space backup clean delete")
        yield make(Part.STORAGE, self.tr("Storage"), self._storage, words)
        self.column.addStretch(1)
        self.show_library()
        self.show_settings()

    def _section(
        self, part: Part, title: str, view: QWidget | None = None, also: str = ""
    ) -> Section:
        rows = tuple(SettingRow(setting) for setting in self._declared if setting.part is part)
        for row in rows:
            row.changed.connect(self._change)
        return Section(title, rows, (view,) if view else (), also)

    @Slot(str, object)
    def _change(self, name: str, value: str | float | None) -> None:
        self._settings.change(**{name: value})
        self._keyboard.show_settings(self._settings.value)
        self.changed.emit()

    @Slot(str)
    def _filter(self, text: str) -> None:
        searched = SearchWords(text) if text.strip() else None
        found = [section.filter(searched) for section in self._sections]
        self._nothing.setText(self.tr("No setting is called “{words}”.").format(words=text.strip()))
        self._nothing.setVisible(not any(found))
        self.scroll_to_top()
        if not any(found):
            announce(self, self._nothing.text())

    @Slot()
    def _enter(self) -> None:
        """Go from the search to the first setting that was found."""
        self._search.focusNextChild()
