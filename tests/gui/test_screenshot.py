"""Screenshots: the window steps aside, a part is chosen, the picture is attached."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPixmap, QScreen
from PySide6.QtWidgets import QApplication

from app.domain.picture_grid import PictureGrid
from app.ui.chat.screenshot import RegionOverlay
from tests.helpers.desk import Desk

GRID = PictureGrid(cell_px=28, longest_px=1540)


@pytest.fixture
def screen(desk, monkeypatch):
    """A screen that can be read, as offscreen ones cannot: red on the left, blue on the right."""
    desk.load(grid=GRID)
    size = desk.window.screen().size()
    picture = QPixmap(size * 2)
    picture.fill(QColor("red"))
    right = QPixmap(size.width(), size.height() * 2)
    right.fill(QColor("blue"))
    painter = QPainter(picture)
    painter.drawPixmap(size.width(), 0, right)
    painter.end()
    seen: list[bool] = []

    def grab(self, window):
        assert window == 0
        seen.append(desk.window.isVisible())
        return picture

    monkeypatch.setattr(QScreen, "grabWindow", grab)
    desk.was_seen = seen
    return desk


def overlay(desk) -> RegionOverlay:
    def find() -> list[RegionOverlay]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, RegionOverlay)]

    desk.wait_for(lambda: any(w.isVisible() for w in find()))
    (found,) = [w for w in find() if w.isVisible()]
    return found


def test_the_window_is_not_on_the_picture_and_comes_back(screen, qtbot):
    screen.press("screenshotButton")
    over = overlay(screen)
    assert screen.was_seen == [False]
    assert "Esc" in over.accessibleName()
    qtbot.keyClick(over, Qt.Key.Key_Return)
    assert screen.window.isVisible()
    (source,) = screen.reader.sources
    assert source.name == "Screenshot"
    assert source.data.startswith(b"\x89PNG")
    assert len(screen.seen("attachmentChip")) == 1


def test_a_part_is_drawn_with_the_mouse_in_the_screens_own_pixels(screen, qtbot):
    screen.press("screenshotButton")
    over = overlay(screen)
    taken = []
    over.chosen.connect(taken.append)
    middle = over.width() // 2
    qtbot.mousePress(over, Qt.MouseButton.LeftButton, pos=QPoint(middle + 10, 50))
    qtbot.mouseMove(over, QPoint(middle + 110, 90))
    over.grab()
    qtbot.mouseRelease(over, Qt.MouseButton.LeftButton, pos=QPoint(middle + 110, 90))
    (image,) = taken
    assert abs(image.width() - 202) <= 2
    assert abs(image.height() - 82) <= 2
    assert image.pixelColor(0, 0) == QColor("blue")


def test_a_click_takes_nothing_and_escape_ends_it(screen, qtbot):
    screen.press("screenshotButton")
    over = overlay(screen)
    qtbot.mouseClick(over, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert over.isVisible()
    qtbot.keyClick(over, Qt.Key.Key_Escape)
    assert screen.window.isVisible()
    assert screen.seen("attachmentChip") == []


def test_a_system_that_gives_no_picture_is_named(desk, monkeypatch):
    monkeypatch.setattr(QScreen, "grabWindow", lambda self, window: QPixmap())
    desk.press("screenshotButton")
    desk.wait_for(lambda: bool(desk.seen("errorBanner")))
    assert "record the screen" in desk.widget("errorText").text()
    assert desk.window.isVisible()


@pytest.mark.usefixtures("_dressed")
def test_there_is_no_such_button_on_wayland(qtbot, monkeypatch):
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    desk = Desk(qtbot)
    assert desk.seen("screenshotButton") == []
    desk.window.resize(900, 700)
    desk.window.resize(1000, 700)
    assert desk.seen("screenshotButton") == []
    desk.write("/scr")
    assert desk.seen("slashList") == []
