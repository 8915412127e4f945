"""What Cierzo says of itself, as a person comes upon it: by the menu, with keyboard and mouse."""

import pathlib

import pytest
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QAccessible, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.domain.distribution import Kind
from app.domain.licences import Licence
from app.domain.version import VERSION
from app.settings.folders import folders_for
from app.settings.model import Settings
from app.ui.about.dialog import AboutDialog
from app.ui.about.source import about_source as real_source
from tests.helpers.desk import Desk
from tests.helpers.fake_about import OFFER, FakeLicences, about_source

PROGRAM, NEWS, LICENCES = range(3)


class AboutDesk:
    """The About window, opened by the menu."""

    def __init__(self, qtbot, source) -> None:
        self.desk = Desk(qtbot, show_about=lambda window: AboutDialog(source, window).open())
        menu = self.desk.widget("menuButton").menu()
        next(a for a in menu.actions() if a.text() == "About Cierzo").trigger()
        self.dialog = self.desk.widget("aboutDialog")
        qtbot.waitExposed(self.dialog)
        self.desk.wait_for(lambda: self.widget("copyDetailsButton").isEnabled())

    def widget(self, name: str) -> QWidget:
        return self.desk.widget(name)

    def go(self, part: int) -> None:
        self.widget("aboutParts").findChildren(QAbstractButton)[part].click()

    def words(self) -> str:
        labels = self.dialog.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    def read(self) -> str:
        """The licence that is shown, once it is there."""
        text = self.widget("licenceText")
        self.desk.wait_for(lambda: bool(text.toPlainText()))
        return text.toPlainText()

    def rows(self) -> list[str]:
        model = self.widget("licenceList").model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]


@pytest.fixture
def open_about(qtbot, _dressed, tmp_path):
    def make(**changes: object) -> AboutDesk:
        return AboutDesk(qtbot, about_source(tmp_path, **changes))

    return make


@pytest.fixture
def about(open_about) -> AboutDesk:
    return open_about()


def test_it_says_what_this_copy_is(about):
    words = about.words()
    assert f"Version {VERSION}, built from 0a1b2c3d4e5f" in words
    assert "Nothing you write leaves it" in words
    assert "Installed as a Debian package." in words
    assert "Uninstalling Cierzo leaves these folders" in words


@pytest.mark.parametrize("kind", Kind)
def test_every_way_of_installing_has_its_words(open_about, kind):
    about = open_about(kind=kind, commit="")
    assert about.widget("aboutKind").text().endswith(".")
    assert about.widget("aboutVersion").text() == f"Version {VERSION}"


def test_details_are_copied_for_a_report(about):
    about.widget("copyDetailsButton").click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Cierzo 0.1.0 (deb, commit 0a1b2c3d4e5f)\n")
    assert f"Qt {qVersion()}, PySide6 " in copied
    assert about.widget("copyDetailsButton").text() == "Copied"


@pytest.mark.usefixtures("_dressed")
def test_the_real_details_name_nobody(qtbot):
    source = real_source(folders_for(None), Settings())
    about = AboutDesk(qtbot, source)
    about.widget("copyDetailsButton").click()
    copied = QGuiApplication.clipboard().text()
    assert str(pathlib.Path.home()) not in copied
    assert copied.startswith(f"Cierzo {VERSION} (checkout)")
    assert "Engine llama-cpp-python" in copied
    about.go(NEWS)
    assert "Added" in about.widget("aboutNewsText").toPlainText()
    about.go(LICENCES)
    about.desk.wait_for(lambda: bool(about.rows()))
    assert "PySide6_Essentials" in about.rows()
    assert "How to replace Qt" not in about.rows()
    assert "Apache License" in about.read()


def test_folders_are_opened_and_nothing_else(about, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True
    )
    (tmp_path / "data").mkdir()
    buttons = about.desk.seen("openPlaceButton")
    assert buttons[0].accessibleName() == "Open the folder: Chats"
    buttons[0].click()
    assert opened == [str(tmp_path / "data")]
    assert about.desk.seen("placeEmpty") == []
    buttons[3].click()
    assert len(opened) == 1
    assert [label.text() for label in about.desk.seen("placeEmpty")] == ["Nothing is there yet."]


def test_what_is_new_is_read_as_markdown(about):
    about.go(NEWS)
    text = about.widget("aboutNewsText")
    assert text.isVisible()
    assert "Installers for Windows, macOS and Linux; About Cierzo says" in text.toPlainText()


def test_a_link_in_it_asks_first(about):
    about.go(NEWS)
    pane, text = about.widget("aboutNews"), about.widget("aboutNewsText")
    pane.setFocus()
    QTest.keyClick(pane, Qt.Key.Key_Tab)
    about.desk.wait_for(text.hasFocus)
    QTest.keyClick(text, Qt.Key.Key_Tab)
    QTest.keyClick(text, Qt.Key.Key_Return)
    box = about.widget("openLinkDialog")
    assert "https://example.org/ask" in box.informativeText()
    box.reject()


def test_a_licence_is_found_and_read_by_keyboard(about):
    about.go(LICENCES)
    about.desk.wait_for(lambda: bool(about.rows()))
    assert about.rows()[:2] == ["How to replace Qt", "Cierzo"]
    search = about.widget("licenceSearch")
    QTest.keyClicks(search, "mit")
    assert about.rows() == ["llama.cpp", "numpy"]
    assert about.read().startswith("The licence of llama.cpp.")
    QTest.keyClick(search, Qt.Key.Key_Down)
    about.desk.wait_for(about.widget("licenceList").hasFocus)
    QTest.keyClick(about.widget("licenceList"), Qt.Key.Key_Down)
    about.desk.wait_for(lambda: about.read().startswith("The licence of numpy."))
    assert about.widget("licenceName").text() == "numpy"
    assert "2.3.5 · BSD-3-Clause AND MIT AND Zlib" in about.widget("licenceFacts").text()
    assert about.desk.seen("licenceSourceButton") == []
    search.setFocus()
    QTest.keyClicks(search, "nothing")
    assert about.desk.seen("noLicence")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert len(about.rows()) == 6
    assert about.dialog.isVisible()
    QTest.keyClick(search, Qt.Key.Key_Escape)
    about.desk.wait_for(lambda: about.desk.seen("aboutDialog") == [])


def test_a_text_that_comes_late_is_not_shown_under_another_name(about):
    about.go(LICENCES)
    about.desk.wait_for(lambda: bool(about.rows()))
    entries = about.widget("licenceList")
    for row in (2, 3, 4):
        entries.setCurrentIndex(entries.model().index(row, 0))
    assert about.read().startswith("The licence of Qt.")
    assert about.widget("licenceName").text() == "Qt"


def test_the_source_of_a_part_is_opened_after_a_question(about):
    about.go(LICENCES)
    about.desk.wait_for(lambda: bool(about.rows()))
    QTest.keyClicks(about.widget("licenceSearch"), "llama")
    about.widget("licenceSourceButton").click()
    box = about.widget("openLinkDialog")
    assert "https://llama.example/source" in box.informativeText()
    box.reject()


def test_replacing_qt_is_told_first_and_its_source_is_offered(about):
    about.go(LICENCES)
    about.desk.wait_for(lambda: bool(about.rows()))
    assert about.widget("qtSwapText").isVisible()
    assert "/opt/cierzo/_internal/PySide6/Qt/lib" in about.widget("qtSwapText").toPlainText()
    assert "under the GNU LGPL: you may change and replace them" in about.words()
    about.widget("sourceOfferButton").click()
    box = about.widget("openLinkDialog")
    assert OFFER in box.informativeText()
    box.reject()


@pytest.mark.parametrize("address", ["", "file:///etc/passwd", "javascript:alert(1)"])
def test_a_build_that_offers_no_source_says_so(open_about, address):
    about = open_about(source_offer_url=address)
    about.go(LICENCES)
    assert "does not say where its source is offered" in about.words()
    assert about.desk.seen("sourceOfferButton") == []


def test_a_copy_that_nobody_packaged_says_so(open_about):
    about = open_about(kind=Kind.CHECKOUT, source_offer_url="", licences=FakeLicences(qt_swap=""))
    about.go(LICENCES)
    about.desk.wait_for(lambda: bool(about.rows()))
    assert "each part was installed on its own" in about.words()
    assert about.rows()[0] == "Cierzo"


def test_the_pages_are_gone_through_by_keyboard(about):
    first, second, third = about.widget("aboutParts").findChildren(QAbstractButton)
    about.desk.wait_for(first.hasFocus)
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert about.widget("aboutNews").isVisible()
    QTest.keyClick(second, Qt.Key.Key_Right)
    assert about.widget("aboutLicences").isVisible()
    assert third.isChecked()


@pytest.mark.parametrize("part", [PROGRAM, NEWS, LICENCES])
def test_whatever_the_keyboard_reaches_has_a_name(about, part):
    about.go(part)
    about.desk.wait_for(lambda: bool(about.rows()))
    reached = [
        w
        for w in about.dialog.findChildren(QWidget)
        if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled()
    ]
    assert len(reached) >= 4
    named = QAccessible.queryAccessibleInterface
    nameless = [w for w in reached if not named(w.focusProxy() or w).text(QAccessible.Text.Name)]
    assert [f"{type(w).__name__} {w.objectName()}" for w in nameless] == []


def test_odd_names_of_others_stay_words(open_about):
    evil = "Evil\u202egnp.exe <b>bold</b>"
    entry = Licence(name=evil, version=evil, licence=evil, file="x", note=evil, source="ftp://x")
    about = open_about(licences=FakeLicences((entry,), qt_swap=""))
    about.go(LICENCES)
    about.desk.wait_for(lambda: bool(about.rows()))
    assert "\u202e" not in about.words()
    assert "<b>bold</b>" in about.widget("licenceName").text()
    assert about.desk.seen("licenceSourceButton") == []
