"""A chat's pictures, large: going through them, zooming, copying, saving."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import PictureNotFound
from app.domain.picture_grid import PictureGrid

GRID = PictureGrid(cell_px=28, longest_px=1540)
TEAL = (13, 108, 105)


@pytest.fixture
def chat(desk):
    """Two questions with three pictures."""
    desk.load(grid=GRID)
    for names in (("/a.png", "/b.png"), ("/c.png",)):
        desk.drop(*names)
        for _ in names:
            desk.reader.finish()
        desk.press("sendButton")
        desk.client.finish_answer()
    return desk


def opened(desk, place: int) -> QWidget:
    tiles = {tile.accessibleName().split(",")[0]: tile for tile in desk.seen("pictureTile")}
    tiles[f"Picture {'abc'[place]}.png"].click()
    return desk.window.findChild(QWidget, "pictureDialog")


def child(viewer: QWidget, name: str) -> QWidget:
    return viewer.findChild(QWidget, name)


def words(viewer: QWidget) -> str:
    return child(viewer, "pictureWords").text()


def test_the_arrows_go_through_all_pictures_of_the_chat(chat, qtbot):
    viewer = opened(chat, 1)
    assert viewer.accessibleName().startswith("Picture b.png,")
    assert viewer.accessibleName().endswith(", 2 of 3")
    qtbot.keyClick(child(viewer, "pictureCanvas"), Qt.Key.Key_Right)
    assert viewer.windowTitle() == "c.png"
    assert not child(viewer, "nextPictureButton").isEnabled()
    qtbot.keyClick(child(viewer, "pictureCanvas"), Qt.Key.Key_Right)
    assert viewer.windowTitle() == "c.png"
    child(viewer, "previousPictureButton").click()
    qtbot.keyClick(child(viewer, "pictureCanvas"), Qt.Key.Key_Left)
    assert viewer.windowTitle() == "a.png"
    assert not child(viewer, "previousPictureButton").isEnabled()


def test_it_is_fitted_first_and_then_as_large_as_it_is(chat, qtbot):
    viewer = opened(chat, 0)
    canvas = child(viewer, "pictureCanvas")
    assert canvas.widget().width() <= canvas.width()
    assert canvas.widget().height() <= canvas.height()
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert (canvas.widget().width(), canvas.widget().height()) == (1540, 1036)
    assert child(viewer, "zoomButton").isChecked()
    canvas.horizontalScrollBar().setValue(100)
    qtbot.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    grip = canvas.rect().center()
    grip.setX(grip.x() - 40)
    qtbot.mouseMove(canvas.viewport(), grip)
    qtbot.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=grip)
    assert canvas.horizontalScrollBar().value() == 140
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.horizontalScrollBar().value() < 140
    assert viewer.windowTitle() == "a.png"
    qtbot.keyClick(canvas, Qt.Key.Key_PageDown)
    assert viewer.windowTitle() == "b.png"
    assert not child(viewer, "zoomButton").isChecked()


def test_it_is_copied(chat, qtbot):
    viewer = opened(chat, 0)
    copy = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(child(viewer, "pictureCanvas"), Qt.Key.Key_C, copy)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (1540, 1036)
    assert words(viewer) == "Copied"


def save(viewer: QWidget, path) -> None:
    child(viewer, "savePictureButton").click()
    (dialog,) = viewer.findChildren(QFileDialog, "savePictureDialog")
    dialog.fileSelected.emit(str(path))
    dialog.reject()


def test_what_was_attached_is_saved_as_it_was(desk, tmp_path):
    original = tmp_path / "cat.jpg"
    original.write_bytes(b"the very bytes")
    desk.load(grid=GRID)
    desk.drop(original)
    desk.reader.finish()
    desk.press("sendButton")
    desk.press("pictureTile")
    viewer = desk.window.findChild(QWidget, "pictureDialog")
    save(viewer, tmp_path / "copy.jpg")
    desk.wait_for(lambda: words(viewer) == "Saved as “copy.jpg”")
    assert (tmp_path / "copy.jpg").read_bytes() == b"the very bytes"


def test_a_copy_that_cannot_be_written_is_said(chat, tmp_path):
    viewer = opened(chat, 0)
    save(viewer, tmp_path / "no folder" / "copy.png")
    chat.wait_for(lambda: "cannot be" in words(viewer) or "no longer" in words(viewer))


def opened_without_pixels(chat, folder) -> QWidget:
    """The viewer of a picture that was sent in an earlier run: its pixels are gone."""
    chat.reader.folder = folder
    chat.drop("/d.png")
    chat.reader.finish()
    chat.press("sendButton")
    next(folder.iterdir()).unlink()
    chat.seen("pictureTile")[-1].click()
    return chat.window.findChild(QWidget, "pictureDialog")


def test_what_is_not_open_any_more_is_opened_again(chat, tmp_path):
    viewer = opened_without_pixels(chat, tmp_path)
    assert words(viewer) == "Opening…"
    chat.reader.finish()
    middle = viewer.grab().toImage().pixelColor(viewer.rect().center())
    assert middle.getRgb()[:3] == TEAL
    assert words(viewer) != "Opening…"


def test_what_cannot_be_opened_again_is_said_in_its_place(chat, tmp_path):
    viewer = opened_without_pixels(chat, tmp_path)
    chat.reader.finish(PictureNotFound(name="d.png"))
    assert "d.png" in words(viewer)
    child(viewer, "previousPictureButton").click()
    assert "1540 × 1036" in words(viewer)
