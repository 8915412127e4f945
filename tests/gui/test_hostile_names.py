"""Names that turn the text around them, break lines or look like markup: on no label."""

import itertools
import pathlib
import re

import msgspec
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QTableView,
    QWidget,
)

from app.domain.model_file import ModelFile
from app.ui.chat.page_links import Page
from tests.helpers.desk import Desk
from tests.helpers.download_page_desk import fill
from tests.helpers.fake_downloads import FakeDownloads, job
from tests.helpers.fake_library import FOLDERS, MODELS, FakeLibrary
from tests.helpers.fake_offers import CATALOGUE, GAMER, FakeOffers
from tests.helpers.old_chats import fill as fill_library
from tests.helpers.old_chats import old_chat
from tests.helpers.page_sources import page_sources

EVIL = "Evil\u202egnp.exe\u2066\u200b\x07 <img src=x><b>bold</b>\u2028next\u0085one"
TURNING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
PLAIN = "<span style='white-space: pre-wrap'>"


@pytest.fixture
def evil(qtbot, _dressed) -> Desk:
    """A window in which everything that others name has that name."""
    offers = tuple(
        (
            msgspec.structs.replace(model, name=EVIL, about=EVIL, license=EVIL, license_note=EVIL),
            facts,
        )
        for model, facts in CATALOGUE
    )
    folder = msgspec.structs.replace(FOLDERS[1], path=pathlib.Path("/media") / EVIL)
    installed = tuple(msgspec.structs.replace(m, name=EVIL, build=EVIL, app=EVIL) for m in MODELS)
    downloads = FakeDownloads()
    sources = page_sources(
        offers=FakeOffers(GAMER, offers),
        library=FakeLibrary(installed, (FOLDERS[0], folder)),
        downloads=downloads,
    )
    desk = Desk(qtbot, sources=sources)
    fill_library(desk.chat_library, [old_chat(7, EVIL, folder=EVIL, says=EVIL)], (EVIL,))
    desk.engine.use(ModelFile(name=EVIL, path=pathlib.Path("/models") / f"{EVIL}.gguf"))
    desk.load(name=EVIL)
    desk.window.findChild(QWidget, "chatPage").open_chat(7)
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(f"/papers/{EVIL}.txt")])
    desk.widget("messageInput").insertFromMimeData(dropped)
    desk.window.make_pages()
    fill(downloads)
    downloads.put(job(EVIL, EVIL, model_id=EVIL))
    return desk


def shown(window: QWidget) -> dict[str, str]:
    """Every text that a label, a button, a menu or a list shows, by where it is."""
    texts: dict[str, str] = {}
    for widget in [window, *window.findChildren(QWidget)]:
        name = f"{type(widget).__name__} {widget.objectName()}"
        if isinstance(widget, QLabel):
            assert widget.textFormat() is Qt.TextFormat.PlainText or not widget.text(), name
        if isinstance(widget, QLabel | QAbstractButton):
            texts[f"{name}: {widget.text()!r}"] = widget.text()
        if isinstance(widget, QComboBox):
            texts |= {f"{name} {i}": widget.itemText(i) for i in range(widget.count())}
        if isinstance(widget, QAbstractItemView) and (model := widget.model()):
            columns = widget.model().columnCount() if isinstance(widget, QTableView) else 1
            cells = itertools.product(range(model.rowCount()), range(columns))
            texts |= {f"{name} {r, c}": str(model.index(r, c).data() or "") for r, c in cells}
        texts[f"title of {name}"] = widget.windowTitle()
        texts[f"tooltip of {name}: {widget.toolTip()!r}"] = widget.toolTip()
    for action in window.findChildren(QAction):
        texts[f"action {action.text()!r}"] = action.text()
    return texts


def test_no_label_is_turned_broken_or_dressed(evil):
    for page in Page:
        evil.window.go_to(page)
    evil.window.show_chat()
    evil.widget("modelPicker").menu().aboutToShow.emit()
    evil.window.grab()
    texts = shown(evil.window)
    assert sum("Evil" in text for text in texts.values()) > 20
    assert [place for place, text in texts.items() if TURNING.search(text)] == []
    tips = [text for place, text in texts.items() if place.startswith("tooltip")]
    assert [
        tip for tip in tips if "<img" in tip or ("Evil" in tip and not tip.startswith(PLAIN))
    ] == []
