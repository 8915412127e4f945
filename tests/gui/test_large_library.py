"""A library with more models than fit on the screen."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from app.ui.library.library_list import LibraryList
from app.ui.library.library_row import LibraryRow
from tests.helpers.fake_library import SMALL, FakeLibrary, Work, file

MODELS = 200


def model(number: int):
    path = f"/data/models/acme/M{number}-GGUF/m{number}.gguf"
    return msgspec.structs.replace(SMALL, id=str(number), name=f"M{number}", files=(file(path, 1),))


@pytest.fixture
def area(qtbot, _dressed):
    library = FakeLibrary(installed=tuple(map(model, range(MODELS))))
    shown, area = LibraryList(library), QScrollArea()
    library.on_change = shown.show_library
    area.setWidget(shown)
    area.setWidgetResizable(True)
    area.resize(700, 640)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    return area


def rows(area) -> list[LibraryRow]:
    made = area.findChildren(LibraryRow)
    return sorted((row for row in made if not row.isHidden()), key=lambda row: row.y())


def names(area) -> list[str]:
    return [row.accessibleName().split()[0] for row in rows(area)]


def test_rows_are_made_when_they_are_about_to_be_seen(area, qtbot):
    assert len(rows(area)) < MODELS / 4
    bar, seen = area.verticalScrollBar(), 0
    while seen < MODELS:
        seen = len(rows(area))
        bar.setValue(bar.maximum())
        qtbot.waitUntil(lambda seen=seen: len(rows(area)) in (MODELS, *range(seen + 1, MODELS)))
    assert names(area) == [f"M{number}" for number in range(MODELS)]


def test_a_search_finds_what_has_no_row_yet(area):
    area.widget().search("m199")
    assert names(area) == ["M199"]
    area.widget().search("")
    assert names(area)[:3] == ["M0", "M1", "M2"]
    assert names(area)[-1] == "M199"


def test_the_arrow_keys_lead_to_the_end(area, qtbot):
    area.activateWindow()
    qtbot.waitUntil(area.isActiveWindow)
    rows(area)[0].setFocus()
    for number in range(1, 60):
        qtbot.waitUntil(lambda number=number: len(rows(area)) > number)
        row = rows(area)[number - 1]
        qtbot.keyClick(row, Qt.Key.Key_Down)
        area.ensureWidgetVisible(rows(area)[number])
        assert rows(area)[number].hasFocus()


def test_a_change_touches_its_own_row(area, monkeypatch):
    touched = []
    show_work = LibraryRow._show_work
    monkeypatch.setattr(
        LibraryRow,
        "_show_work",
        lambda row, work, name: (touched.append(name), show_work(row, work, name)),
    )
    library = area.widget()._library
    library.works = {"3": Work(done_bytes=1)}
    library.on_change()
    assert touched == ["M3"]
