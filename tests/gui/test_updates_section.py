"""Updates and runtime packs in the window, with services that are made up."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMainWindow, QWidget

from app.domain.distribution import Kind
from app.domain.errors import UpdatesUntrusted
from app.services.runtime_packs import InstalledPack, PackPhase
from app.services.updates import UpdatePhase
from app.ui.settings.settings_page import SettingsPage
from app.ui.settings.switch import Switch
from tests.helpers.desk import Desk
from tests.helpers.fake_library import FakeLibrary, FakeNetworkLog, FakeSettings, FakeTokens
from tests.helpers.fake_news import (
    INSTALLED,
    LOOKED_AT,
    NOTES,
    PACK,
    RELEASE,
    FakePacks,
    FakeUpdates,
)
from tests.helpers.fake_storage import FakeBackups, FakeStorage
from tests.helpers.page_sources import page_sources


class Room:
    """A window that shows nothing but the settings page."""

    def __init__(self, qtbot, *, updates=None, packs=None) -> None:
        self.qtbot = qtbot
        self.settings = FakeSettings()
        self.page = SettingsPage(
            settings=self.settings,
            tokens=FakeTokens(),
            network_log=FakeNetworkLog(),
            library=FakeLibrary(),
            storage=FakeStorage(),
            backups=FakeBackups(),
            updates=updates,
            packs=packs,
        )
        self.page.make_all()
        self.window = QMainWindow()
        self.window.setCentralWidget(self.page)
        self.window.resize(820, 900)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.page.arrive()

    def text(self, name: str) -> str:
        label = self.window.findChild(QWidget, name)
        return label.text() if label and label.isVisibleTo(self.window) else ""

    def all_words(self) -> str:
        return " ".join(label.text() for label in self.window.findChildren(QLabel))

    def has(self, name: str) -> bool:
        found = self.window.findChild(QWidget, name)
        return found is not None and found.isVisibleTo(self.window)

    def click(self, name: str) -> None:
        button = self.window.findChild(QAbstractButton, name)
        assert button.isVisibleTo(self.window), name
        button.click()


@pytest.fixture
def room(qtbot, _dressed):
    def enter(updates=None, packs=None) -> Room:
        return Room(qtbot, updates=updates, packs=packs)

    return enter


def test_a_copy_without_updates_says_nothing_of_them(room):
    here = room()
    assert not here.has("updatesSection")
    assert not here.has("packsSection")
    titles = [w.accessibleName() for w in here.window.findChildren(QWidget, "settingsSection")]
    assert "Updates" not in titles
    assert "Cierzo does not look for updates" in here.all_words()


def test_the_switch_is_off_and_changes_the_setting(room):
    here = room(FakeUpdates())
    switch = here.window.findChild(Switch, "looks_for_updatesSetting")
    assert not switch.isChecked()
    switch.click()
    assert here.settings.value.looks_for_updates


def test_it_says_when_it_looked_and_looks_on_a_press(room):
    updates = FakeUpdates()
    here = room(updates)
    assert here.text("updatesLooked") == "Cierzo has not looked for updates yet."
    here.click("lookForUpdatesButton")
    assert updates.asked == ["look"]
    updates.become(phase=UpdatePhase.LOOKING)
    assert here.text("updateFound") == "Looking…"
    assert not here.window.findChild(QAbstractButton, "lookForUpdatesButton").isEnabled()
    updates.become(phase=UpdatePhase.RESTING, looked_at=LOOKED_AT)
    assert here.text("updatesLooked").startswith("Last looked: ")
    assert here.text("updateFound") == "There is no newer version for this PC."


def test_a_newer_version_is_downloaded_and_installed_after_a_word(room):
    updates = FakeUpdates()
    here = room(updates)
    updates.find()
    assert here.text("updateFound") == "Cierzo 0.2.0 is there."
    assert here.text("updateNotes") == NOTES
    assert not here.has("installUpdateButton")
    here.click("downloadUpdateButton")
    updates.become(phase=UpdatePhase.DOWNLOADING, done_bytes=36 << 20)
    assert here.text("workText") == "Downloading: 36 of 72 MiB"
    here.click("stopWorkButton")
    updates.become(phase=UpdatePhase.RESTING, is_downloaded=True)
    assert not here.has("downloadUpdateButton")
    here.click("installUpdateButton")
    assert updates.asked == ["download", "cancel"]
    assert "Close Cierzo and start the installer?" in here.text("questionText")
    here.click("answer_install")
    assert updates.asked[-1] == "install"


def test_saying_not_now_installs_nothing(room):
    updates = FakeUpdates(release=RELEASE, is_downloaded=True, looked_at=LOOKED_AT)
    here = room(updates)
    here.click("installUpdateButton")
    here.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert updates.asked == []
    assert not here.has("installQuestion")


@pytest.mark.parametrize("kind", [Kind.DEB, Kind.RPM, Kind.ARCHIVE, Kind.APPIMAGE])
def test_packages_show_a_way_and_no_download(room, kind):
    updates = FakeUpdates(kind=kind, release=RELEASE, looked_at=LOOKED_AT)
    here = room(updates)
    assert here.text("updateWay")
    assert not here.has("downloadUpdateButton")
    assert not here.has("homepageButton")


def test_the_homepage_is_shown_before_it_is_opened(room):
    page = "https:" + "//cierzo.example/"
    here = room(FakeUpdates(kind=Kind.ARCHIVE, homepage=page, release=RELEASE))
    here.click("homepageButton")
    box = here.window.findChild(QWidget, "openLinkDialog")
    assert page in box.informativeText()
    box.reject()


def test_what_went_wrong_is_one_sentence(room):
    updates = FakeUpdates()
    here = room(updates)
    updates.become(problem=UpdatesUntrusted(host="updates.example"))
    assert "is not signed by the publisher" in here.text("updateProblem")
    updates.become(problem=None)
    assert not here.has("updateProblem")


def test_the_notes_of_a_publisher_are_plain_words(room):
    evil = "<b>new</b> <img src='x'>\u202eEvil" + "x" * 10_000
    updates = FakeUpdates(release=msgspec.structs.replace(RELEASE, notes=evil))
    said = room(updates).text("updateNotes")
    assert said.startswith("<b>new</b> <img")
    assert "\u202e" not in said
    assert len(said) <= 4000


@pytest.mark.usefixtures("_dressed")
def test_the_window_says_that_a_version_is_there_and_leads_to_it(qtbot):
    updates = FakeUpdates()
    desk = Desk(qtbot, sources=page_sources(updates=updates))
    desk.window.make_pages()
    updates.find()
    assert desk.widget("updateNotice").text() == "Cierzo 0.2.0 is there."
    desk.press("updateNoticeButton")
    assert desk.widget("updateNotes").text() == NOTES
    assert not desk.seen("updateNotice")


@pytest.mark.usefixtures("_dressed")
def test_the_notice_can_be_put_away(qtbot):
    updates = FakeUpdates()
    desk = Desk(qtbot, sources=page_sources(updates=updates))
    desk.window.make_pages()
    updates.find()
    desk.press("updateNoticeDismiss")
    assert not desk.seen("updateNotice")


def test_the_privacy_section_says_what_is_true_of_this_copy(room):
    here = room(FakeUpdates())
    assert "Cierzo looks for updates only if you switch that on" in here.all_words()
    assert "does not look for updates" not in here.all_words()


# -- runtime packs -----------------------------------------------------------------------------


def test_this_pc_is_looked_at_when_the_section_is_seen(room):
    packs = FakePacks()
    here = room(packs=packs)
    assert packs.asked[:1] == ["read"]
    assert here.text("packWords") == "Looking at this PC…"
    packs.become(has_card=False)
    assert "no graphics card of NVIDIA's" in here.text("packWords")
    assert not here.has("lookForPacksButton")


def test_a_pack_is_installed_only_after_its_licence_was_accepted(room):
    packs = FakePacks(has_card=True)
    here = room(packs=packs)
    here.click("lookForPacksButton")
    packs.offer()
    assert "NVIDIA GeForce RTX 3060" in here.text("packWords")
    assert "570 MiB" in here.text("packWords")
    here.click("installPackButton")
    dialog = here.window.findChild(QWidget, "licenceDialog")
    text = dialog.findChild(QWidget, "licenceText")
    assert text.toPlainText() == PACK.licence
    assert text.isReadOnly()
    dialog.findChild(QAbstractButton, "refuseLicenceButton").click()
    assert "install" not in packs.asked
    here.qtbot.waitUntil(lambda: here.window.findChild(QWidget, "licenceDialog") is None)
    here.click("installPackButton")
    dialog = here.window.findChild(QWidget, "licenceDialog")
    dialog.findChild(QAbstractButton, "acceptLicenceButton").click()
    assert packs.asked[-1] == "install"


def test_the_work_on_a_pack_can_be_stopped(room):
    packs = FakePacks()
    here = room(packs=packs)
    packs.offer()
    packs.become(phase=PackPhase.DOWNLOADING, done_bytes=57 << 20)
    assert here.text("workText") == "Downloading: 57 of 570 MiB"
    assert not here.has("installPackButton")
    here.click("stopWorkButton")
    assert packs.asked[-1] == "cancel"
    packs.become(phase=PackPhase.UNPACKING)
    assert here.text("workText") == "Unpacking…"


def test_an_installed_pack_can_be_removed_after_a_word(room):
    packs = FakePacks(has_card=True, installed=(INSTALLED,))
    here = room(packs=packs)
    assert here.text("packWords").startswith("Installed, 650 MiB.")
    here.click("removePackButton")
    assert "remove cuda13" not in packs.asked
    here.click("answer_remove")
    assert packs.asked[-1] == "remove cuda13"


def test_a_broken_pack_says_why_it_is_not_used(room):
    broken = InstalledPack(name="cuda13", fault="is damaged")
    here = room(packs=FakePacks(has_card=True, installed=(broken,)))
    assert here.text("packWords") == (
        "It is not used because it is damaged. Remove it and install it again."
    )
    assert here.has("removePackButton")


def test_after_an_update_the_pack_is_asked_for_again(room):
    here = room(packs=FakePacks(has_card=True, was_removed=True))
    assert "needs a new pack" in here.text("packWords")
    assert here.has("lookForPacksButton")
