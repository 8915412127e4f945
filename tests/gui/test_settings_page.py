"""The settings page on settings, key store, library and connections that are made up."""

import pathlib
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QWidget

from app.settings.model import Settings
from app.ui.settings.entries import (
    EntryRefused,
    limit_entry,
    limit_text,
    mirror_entry,
    proxy_entry,
    token_entry,
)
from app.ui.settings.settings_page import SettingsPage
from tests.helpers.fake_library import (
    OWN,
    USB,
    FakeLibrary,
    FakeNetworkLog,
    FakeSettings,
    FakeTokens,
    Folder,
    connection,
)
from tests.helpers.fake_storage import FakeBackups, FakeStorage


class Room:
    """A window that shows nothing but the page."""

    def __init__(
        self,
        qtbot,
        *,
        settings=None,
        tokens=None,
        log=None,
        library=None,
        storage=None,
        backups=None,
        updates=None,
    ) -> None:
        self.qtbot = qtbot
        self.storage = storage or FakeStorage()
        self.backups = backups or FakeBackups()
        self.settings = settings or FakeSettings()
        self.tokens = tokens or FakeTokens()
        self.log = log or FakeNetworkLog()
        self.library = library or FakeLibrary()
        self.page = SettingsPage(
            settings=self.settings,
            tokens=self.tokens,
            network_log=self.log,
            library=self.library,
            storage=self.storage,
            backups=self.backups,
            updates=updates,
        )
        self.page.make_all()
        self.library.on_change = self.page.show_library
        self.changes = 0
        self.page.changed.connect(self._changed)
        self.window = QMainWindow()
        self.window.setCentralWidget(self.page)
        self.window.resize(820, 900)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        self.wait_for(self.window.isActiveWindow)
        self.page.arrive()
        self.wait_for(lambda: "Asking" not in self.text("tokenState"))

    def _changed(self) -> None:
        self.changes += 1

    def wait_for(self, condition) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=5000)

    def widget(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert found is not None, name
        return found

    def seen(self, name: str) -> list[QWidget]:
        return [w for w in self.window.findChildren(QWidget, name) if w.isVisible()]

    def text(self, name: str) -> str:
        return self.widget(name).text()

    def press(self, name: str) -> None:
        (button,) = self.seen(name)
        button.click()

    def write(self, name: str, text: str, key=Qt.Key.Key_Return) -> None:
        field = self.widget(name)
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClick(field, Qt.Key.Key_Delete)
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, key)

    def folders(self) -> list[str]:
        return [label.text().replace("\u200b", "") for label in self.seen("folderPath")]

    def folder_part(self, folder: pathlib.Path, name: str) -> QWidget:
        (row,) = [r for r in self.seen("folderRow") if r.accessibleName() == str(folder)]
        return row.findChild(QWidget, name)


@pytest.fixture
def open_page(qtbot, _dressed):
    def make(**parts) -> Room:
        return Room(qtbot, **parts)

    return make


# The page


def test_escape_and_the_button_go_back(open_page, qtbot):
    room = open_page()
    with qtbot.waitSignal(room.page.back_requested):
        qtbot.keyClick(room.page, Qt.Key.Key_Escape)
    with qtbot.waitSignal(room.page.back_requested):
        room.press("settingsBackButton")
    with qtbot.waitSignal(room.page.sidebar_requested):
        room.press("settingsSidebarButton")


def test_everything_that_takes_the_keyboard_has_a_name(open_page):
    room = open_page(tokens=FakeTokens("hf_x"), log=FakeNetworkLog(connection()))
    parts = [
        w
        for w in room.window.findChildren(QWidget)
        if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(parts) > 10
    for part in parts:
        name = QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
        assert name, part.objectName()


@pytest.mark.parametrize("width", [480, 820])
def test_nothing_sticks_out_at_any_width(open_page, width):
    long = "/media/" + "averylongfolderwithoutanyplacetobreak" * 4
    folders = (*FakeLibrary().folders, Folder(path=pathlib.Path(long), is_there=False))
    room = open_page(library=FakeLibrary(folders=folders), log=FakeNetworkLog(connection()))
    room.window.resize(width, 700)
    area = room.widget("settingsScroll")
    room.wait_for(lambda: area.width() == width)
    assert area.widget().width() <= area.viewport().width()


# Network


def test_offline_takes_effect_at_once(open_page):
    room = open_page()
    room.press("offlineSwitch")
    assert room.settings.value.is_offline
    assert room.changes == 1
    room.press("offlineSwitch")
    assert not room.settings.value.is_offline


def test_the_page_shows_what_holds(open_page):
    settings = FakeSettings(
        is_offline=True,
        download_bytes_per_s=2_500_000,
        hub_endpoint="https://mirror.example.org",
        proxy="socks5://localhost:1080",
    )
    room = open_page(settings=settings)
    assert room.widget("offlineSwitch").isChecked()
    assert room.text("limitField") == "2.5"
    assert room.text("mirrorField") == "https://mirror.example.org"
    assert room.text("proxyField") == "socks5://localhost:1080"
    assert room.changes == 0


def test_a_speed_limit_is_written_in_megabytes(open_page):
    room = open_page()
    room.write("limitField", "2,5")
    assert room.settings.value.download_bytes_per_s == 2_500_000
    room.write("limitField", "")
    assert room.settings.value.download_bytes_per_s == 0
    assert room.changes == 2


def test_going_elsewhere_takes_the_text_over(open_page):
    room = open_page()
    room.write("proxyField", "http://proxy.example.org:3128", key=Qt.Key.Key_Tab)
    assert room.settings.value.proxy == "http://proxy.example.org:3128"


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("limitField", "fast", "Write a number"),
        ("mirrorField", "ftp://example.org", "Write the address of a server"),
        ("proxyField", "localhost:1080", "Begin with http"),
    ],
)
def test_a_refused_entry_changes_nothing_and_says_why(open_page, field, text, said):
    room = open_page()
    room.write(field, text)
    assert room.text(f"{field}Refusal").startswith(said)
    assert room.widget(field).accessibleDescription().startswith(said)
    assert room.text(field) == text
    assert room.settings.value == Settings()
    assert room.changes == 0


def test_a_refusal_goes_as_soon_as_it_is_mended(open_page, qtbot):
    room = open_page()
    room.write("limitField", "5x")
    assert room.seen("limitFieldRefusal")
    qtbot.keyClick(room.widget("limitField"), Qt.Key.Key_Backspace)
    assert not room.seen("limitFieldRefusal")
    assert room.settings.value.download_bytes_per_s == 0


def test_escape_takes_back_what_was_written_before_it_leaves_the_page(open_page, qtbot):
    room = open_page(settings=FakeSettings(proxy="http://proxy.example.org:3128"))
    left = []
    room.page.back_requested.connect(lambda: left.append(1))
    room.write("proxyField", "nonsense", key=Qt.Key.Key_Escape)
    assert room.text("proxyField") == "http://proxy.example.org:3128"
    assert left == []
    qtbot.keyClick(room.widget("proxyField"), Qt.Key.Key_Escape)
    assert left == [1]


def test_a_refused_entry_is_gone_when_the_page_opens_again(open_page):
    room = open_page()
    room.write("mirrorField", "not a server")
    room.widget("offlineSwitch").setFocus()
    room.page.arrive()
    assert room.text("mirrorField") == ""
    assert not room.seen("mirrorFieldRefusal")
    room.wait_for(lambda: "Asking" not in room.text("tokenState"))


# What may be written


@pytest.mark.parametrize(
    ("text", "bytes_per_s"),
    [("", 0), ("0", 0), ("5", 5_000_000), (" 2.5 MB/s ", 2_500_000), ("0,01", 10_000)],
)
def test_limits_that_are_read(text, bytes_per_s):
    assert limit_entry(text) == bytes_per_s
    assert limit_entry(limit_text(bytes_per_s)) == bytes_per_s


@pytest.mark.parametrize("text", ["x", "-1", "nan", "inf", "1e30", "0.001", "1 2"])
def test_limits_that_are_refused(text):
    with pytest.raises(EntryRefused):
        limit_entry(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ""),
        (" mirror.example.org/ ", "https://mirror.example.org"),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090"),
        ("https://[::1]:8090", "https://[::1]:8090"),
        ("https://example.org/artifactory/hf", "https://example.org/artifactory/hf"),
    ],
)
def test_mirrors_that_are_read(text, address):
    assert mirror_entry(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.org",
        "https://",
        "https://exa mple.org",
        "https://example.org?x=1",
        "https://me:secret@example.org",
        "https://example.org:0",
        "https://example.org:99999",
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_mirrors_that_are_refused(text):
    with pytest.raises(EntryRefused):
        mirror_entry(text)


@pytest.mark.parametrize("kind", ["http", "https", "socks5", "socks5h"])
def test_every_kind_of_proxy_is_read(kind):
    assert proxy_entry(f" {kind}://proxy:1080/ ") == f"{kind}://proxy:1080"


@pytest.mark.parametrize(
    "text",
    [
        "proxy:1080",
        "socks4://proxy:1080",
        "http://proxy",
        "http://me:secret@proxy:80",
        "http://:80",
    ],
)
def test_proxies_that_are_refused(text):
    with pytest.raises(EntryRefused):
        proxy_entry(text)


@pytest.mark.parametrize("text", ["", "  ", "hf_a b", "hf_ä", "hf_a\tb"])
def test_tokens_that_are_refused(text):
    with pytest.raises(EntryRefused):
        token_entry(text)


# The token


def test_a_token_is_added_and_never_shown_again(open_page):
    room = open_page()
    room.write("tokenField", " hf_secret ")
    room.wait_for(lambda: "key store." in room.text("tokenState"))
    assert room.tokens.token == "hf_secret"
    assert room.changes == 1
    assert room.text("tokenField") == ""
    assert not room.seen("tokenField")
    said = [getattr(w, "text", str)() for w in room.window.findChildren(QWidget)]
    assert not [words for words in said if "hf_secret" in words]


def test_without_a_key_store_the_page_says_how_long_it_holds(open_page):
    room = open_page(tokens=FakeTokens("hf_x", is_kept=False))
    assert "until Cierzo ends" in room.text("tokenState")


def test_a_token_is_replaced_and_forgotten(open_page):
    room = open_page(tokens=FakeTokens("hf_old"))
    room.press("replaceTokenButton")
    assert QApplication.focusWidget() is room.widget("tokenField")
    room.write("tokenField", "hf_new")
    room.wait_for(lambda: room.seen("forgetTokenButton"))
    assert room.tokens.token == "hf_new"
    room.press("forgetTokenButton")
    room.wait_for(lambda: room.seen("saveTokenButton"))
    assert room.tokens.token == ""
    assert room.changes == 2


def test_a_replacement_can_be_given_up(open_page, qtbot):
    room = open_page(tokens=FakeTokens("hf_old"))
    room.press("replaceTokenButton")
    room.press("cancelTokenButton")
    assert room.seen("forgetTokenButton")
    assert room.tokens.token == "hf_old"


def test_a_token_with_a_space_is_refused(open_page):
    room = open_page()
    room.write("tokenField", "hf_a b")
    assert room.text("tokenRefusal").startswith("Paste the token itself")
    assert room.tokens.token == ""


def test_a_key_store_that_waits_does_not_hold_the_window_up(open_page):
    tokens, answer = FakeTokens("hf_x"), threading.Event()
    room = open_page(tokens=tokens)
    tokens.get = lambda: str(answer.wait(timeout=10) or "")
    room.page.arrive()
    assert room.text("tokenState").startswith("Asking")
    room.press("offlineSwitch")
    assert room.settings.value.is_offline
    answer.set()
    room.wait_for(lambda: room.seen("forgetTokenButton"))


# Model folders


def test_folders_say_what_is_in_them_and_what_they_are_for(open_page):
    room = open_page()
    assert room.folders() == [str(OWN), str(USB)]
    facts = room.folder_part(OWN, "folderFacts").text()
    assert facts == "Cierzo's own · Models: 15 GiB · 120 GiB free"
    assert room.folder_part(OWN, "forgetFolderButton").isHidden()
    assert room.folder_part(OWN, "useFolderButton").isHidden()


def test_another_folder_gets_the_downloads(open_page):
    room = open_page()
    room.folder_part(USB, "useFolderButton").click()
    assert room.folder_part(USB, "useFolderButton").isHidden()
    assert not room.folder_part(OWN, "useFolderButton").isHidden()


def test_a_folder_is_added_and_forgotten(open_page):
    room = open_page()
    room.press("addModelsFolderButton")
    (dialog,) = room.window.findChildren(QFileDialog)
    dialog.fileSelected.emit("/new/models")
    dialog.reject()
    room.wait_for(lambda: room.folders()[-1] == "/new/models")
    forget = room.folder_part(pathlib.Path("/new/models"), "forgetFolderButton")
    forget.setFocus()
    forget.click()
    assert room.folders() == [str(OWN), str(USB)]
    assert room.window.focusWidget() is room.widget("addModelsFolderButton")


def test_a_missing_folder_is_said_to_be_missing(open_page):
    folders = (FakeLibrary().folders[0], Folder(path=USB, is_there=False))
    room = open_page(library=FakeLibrary(folders=folders))
    assert not room.folder_part(USB, "folderMissing").isHidden()
    assert room.folder_part(USB, "useFolderButton").isHidden()
    assert not room.folder_part(USB, "forgetFolderButton").isHidden()


# What went over the network


def test_without_connections_the_page_says_so(open_page):
    room = open_page()
    assert room.text("connectionsSummary") == "Nothing was fetched since this list was begun."
    assert not room.seen("connectionsTable")


def test_connections_are_listed_with_the_newest_first(open_page):
    room = open_page(
        log=FakeNetworkLog(
            connection("huggingface.co", 1000, days=3), connection("cdn.example.org", 5 << 20)
        )
    )
    table = room.widget("connectionsTable").model()
    cells = [[table.index(row, column).data() for column in range(4)] for row in range(2)]
    assert [row[1] for row in cells] == ["cdn.example.org", "huggingface.co"]
    assert cells[0][2:] == ["mistral/Small-GGUF: list of files", "5 MiB"]
    assert room.text("connectionsSummary") == "5 MiB from 2 hosts."


def test_a_new_connection_keeps_the_selected_one(open_page):
    room = open_page(log=FakeNetworkLog(connection("one.example.org")))
    view = room.widget("connectionsTable")
    view.selectRow(0)
    room.log.connections.append(connection("two.example.org"))
    view.parentWidget().show_connections()
    assert view.model().rowCount() == 2
    assert view.currentIndex().siblingAtColumn(1).data() == "one.example.org"


def test_the_list_is_cleared(open_page):
    room = open_page(log=FakeNetworkLog(connection()))
    room.press("clearConnectionsButton")
    assert room.log.connections == []
    assert not room.seen("connectionsTable")


def test_a_list_that_cannot_be_cleared_says_why(open_page):
    room = open_page(log=FakeNetworkLog(connection()))
    room.log.refusal = PermissionError(13, "Permission denied")
    room.press("clearConnectionsButton")
    assert room.text("connectionsProblem") == "The list could not be cleared (Permission denied)."
    assert room.seen("connectionsTable")
