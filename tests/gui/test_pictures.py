"""Pictures: attaching them in every way, what they cost, and seeing them again."""

import pathlib

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from app.domain.attachments import Detail
from app.domain.chat import Effort, PicturePart, Thinking
from app.domain.errors import ContextFull, PictureDamaged
from app.domain.picture_grid import PictureGrid
from app.engine.protocol import Count, Generate, Load, Prepare
from app.services.idle_work import ReadAhead
from tests.helpers import fake_reader

GRID = PictureGrid(cell_px=28, longest_px=1540)
CAT = "/photos/cat.JPG"


def bmp() -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image = QImage(8, 4, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    QImageWriter(buffer, QByteArray(b"bmp")).write(image)
    return bytes(buffer.data().data())


@pytest.fixture
def seeing(desk):
    desk.load(grid=GRID)
    return desk


def sizes(desk) -> list[str]:
    return [label.text() for label in desk.seen("attachmentSize")]


def attach(desk, *names: str) -> None:
    desk.drop(*(names or (CAT,)))
    for _ in names or (CAT,):
        desk.reader.finish()


def paste(desk, qtbot, data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)
    qtbot.keyClick(desk.widget("messageInput"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def pictures_asked(desk) -> list[PicturePart]:
    request = [r for r in desk.client.requests if isinstance(r, Generate)][-1]
    return [p for p in request.conversation.messages[-1].parts if isinstance(p, PicturePart)]


def test_a_dropped_picture_is_opened_and_shown_with_its_cost(seeing):
    assert seeing.drop(CAT)
    assert sizes(seeing) == ["Opening…"]
    seeing.write("What is this?")
    assert not seeing.widget("sendButton").isEnabled()
    seeing.reader.finish()
    assert sizes(seeing) == ["1540 × 1036 · 2,072 tokens"]
    (chip,) = seeing.seen("attachmentChip")
    assert chip.accessibleName() == "Picture cat.JPG, 1540 × 1036, 2,072 tokens"
    seeing.press("sendButton")
    assert len(pictures_asked(seeing)) == 1
    assert seeing.seen("attachmentChip") == []


def test_a_question_may_be_a_picture_alone(seeing):
    attach(seeing)
    seeing.press("sendButton")
    assert len(pictures_asked(seeing)) == 1
    assert seeing.chats.chats[0].title == "cat.JPG"
    (tile,) = seeing.seen("pictureTile")
    assert "cat.JPG" in tile.accessibleName()
    assert seeing.texts() == []


def test_several_pictures_keep_their_order(seeing):
    seeing.drop("/a.png", "/b.webp", "/c.heic")
    assert [source.name for source in seeing.reader.sources] == ["a.png", "b.webp", "c.heic"]
    for _ in range(3):
        seeing.reader.finish()
    names = [chip.accessibleName().split(",")[0] for chip in seeing.seen("attachmentChip")]
    assert names == ["Picture a.png", "Picture b.webp", "Picture c.heic"]


def test_the_button_opens_a_dialog_for_several_files(seeing):
    seeing.press("attachButton")
    (dialog,) = seeing.window.findChildren(QFileDialog, "attachDialog")
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    patterns = dialog.nameFilters()[1]
    for suffix in ("png", "jpg", "webp", "avif", "gif", "bmp", "tiff", "heic"):
        assert f"*.{suffix}" in patterns
    dialog.filesSelected.emit(["/a.png", "/b.png"])
    dialog.reject()
    assert len(seeing.seen("attachmentChip")) == 2


def test_an_image_on_the_clipboard_is_pasted(seeing, qtbot):
    data = QMimeData()
    image = QImage(8, 4, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    data.setImageData(image)
    paste(seeing, qtbot, data)
    (source,) = seeing.reader.sources
    assert source.data.startswith(b"\x89PNG")
    assert (source.path, source.name) == ("", "Pasted picture")


def test_an_image_beside_text_is_not_what_was_copied(seeing, qtbot):
    data = QMimeData()
    data.setText("from a letter")
    data.setImageData(QImage(8, 4, QImage.Format.Format_RGB888))
    paste(seeing, qtbot, data)
    assert seeing.draft() == "from a letter"
    assert seeing.reader.sources == []


def test_copied_image_files_are_pasted(seeing, qtbot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/photos/a.png"), QUrl.fromLocalFile("/photos/b.jpg")])
    paste(seeing, qtbot, data)
    assert [source.name for source in seeing.reader.sources] == ["a.png", "b.jpg"]
    assert seeing.draft() == ""


def test_attaching_loads_the_model_first(desk):
    assert desk.widget("attachButton").isEnabled()
    desk.drop(CAT)
    assert desk.client.is_open(Load)
    assert not desk.reader.is_busy
    assert sizes(desk) == ["Opening…"]
    desk.client.finish_load(grid=GRID)
    assert desk.reader.is_busy


def test_a_model_that_reads_text_only_refuses_in_one_sentence(desk):
    desk.drop(CAT)
    desk.client.finish_load()
    assert desk.seen("attachmentChip") == []
    assert "reads text only" in desk.widget("errorText").text()
    words = "Attach documents; this model sees no pictures."
    assert desk.widget("attachButton").toolTip() == words
    desk.press("dismissButton")
    desk.drop(CAT)
    assert "reads text only" in desk.widget("errorText").text()


def test_a_picture_that_cannot_be_used_leaves_the_draft(seeing):
    seeing.write("What is this?")
    seeing.drop(CAT)
    seeing.reader.finish(PictureDamaged(name="cat.JPG"))
    assert "“cat.JPG” is damaged" in seeing.widget("errorText").text()
    assert seeing.draft() == "What is this?"
    assert seeing.seen("attachmentChip") == []
    assert seeing.widget("sendButton").isEnabled()


def test_less_detail_is_opened_again(seeing):
    attach(seeing)
    (button,) = seeing.seen("detailButton")
    assert button.accessibleName() == "Detail of cat.JPG: Full detail"
    half = next(a for a in button.menu().actions() if a.data() == Detail.HALF)
    half.trigger()
    assert sizes(seeing) == ["Opening…"]
    assert seeing.reader.limits == [1540, 770]
    seeing.reader.finish(columns=27, rows=18)
    assert sizes(seeing) == ["756 × 504 · 504 tokens"]
    assert button.accessibleName() == "Detail of cat.JPG: Half the detail"


def test_a_late_end_of_an_earlier_detail_is_ignored(seeing):
    seeing.drop(CAT)
    attaching = seeing.widget("chatPage").drafting.attaching
    (picture,) = attaching.items.of(seeing.chats.chats[0].chat_id)
    attaching._change_detail(picture.item_id, Detail.HALF)
    seeing.reader.finish()
    assert sizes(seeing) == ["Opening…"]
    seeing.reader.finish(columns=27, rows=18)
    assert sizes(seeing) == ["756 × 504 · 504 tokens"]


def test_a_picture_can_be_removed_while_it_is_opened(seeing):
    seeing.drop(CAT)
    (cross,) = seeing.seen("removeAttachmentButton")
    assert cross.accessibleName() == "Remove cat.JPG"
    seeing.press("removeAttachmentButton")
    assert seeing.seen("attachmentChip") == []
    seeing.reader.finish()
    assert seeing.seen("attachmentChip") == []


def test_every_chat_keeps_its_pictures(seeing):
    seeing.ask("A")
    seeing.client.finish_answer()
    seeing.drop(CAT)
    seeing.press("newChatButton")
    assert seeing.seen("attachmentChip") == []
    seeing.reader.finish()
    assert seeing.seen("attachmentChip") == []
    seeing.widget("chatPage").open_chat(seeing.chats.chats[-1].chat_id)
    assert sizes(seeing) == ["1540 × 1036 · 2,072 tokens"]


def test_a_question_that_comes_back_brings_its_pictures(seeing):
    attach(seeing)
    seeing.ask("What is this?")
    request = seeing.client.open_id(Generate)
    seeing.client.end(request, ContextFull(context_tokens=4096, needed_tokens=9000))
    assert seeing.draft() == "What is this?"
    assert sizes(seeing) == ["1540 × 1036 · 2,072 tokens"]
    assert seeing.widget("sendButton").isEnabled()


def test_another_model_gets_its_own_size(seeing):
    attach(seeing)
    seeing.window.open_model(pathlib.Path("/models/other.gguf"))
    seeing.load(grid=PictureGrid(cell_px=32, longest_px=1024))
    assert sizes(seeing) == ["Opening…"]
    seeing.reader.finish(columns=32, rows=21)
    assert sizes(seeing) == ["1024 × 672 · 693 tokens"]


@pytest.mark.parametrize("is_in_file", [True, False])
def test_a_sent_picture_opens_large_and_escape_closes_it(seeing, qtbot, tmp_path, is_in_file):
    seeing.reader.folder = tmp_path if is_in_file else None
    attach(seeing)
    seeing.press("sendButton")
    seeing.press("pictureTile")
    dialog = seeing.window.findChild(QWidget, "pictureDialog")
    assert dialog.isVisible()
    assert "cat.JPG" in dialog.accessibleName()
    middle = dialog.grab().toImage().pixelColor(dialog.width() // 2, dialog.height() // 2)
    assert middle.getRgb()[:3] == (13, 108, 105)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("data", [b"<svg xmlns='x'><rect/></svg>", bmp(), b""])
def test_a_thumbnail_that_is_no_png_is_not_drawn(seeing, monkeypatch, data):
    monkeypatch.setattr(fake_reader, "png", lambda *size: data)
    attach(seeing)
    (chip,) = seeing.seen("attachmentChip")
    assert all(label.pixmap().isNull() for label in chip.findChildren(QLabel))


def test_attached_pictures_are_read_while_nobody_waits(seeing):
    attach(seeing)
    seeing.count(image_tokens=2072, history_tokens=8)
    request = seeing.client.requests[seeing.client.open_id(Prepare) - 1]
    parts = request.conversation.messages[-1].parts
    assert [type(part) for part in parts] == [PicturePart]
    seeing.write("W")
    assert seeing.client.cancelled == [request.request_id]


def test_reading_ahead_can_be_switched_off(seeing):
    seeing.idle.read_ahead = ReadAhead.OFF
    attach(seeing)
    seeing.count(image_tokens=2072, history_tokens=8)
    assert not seeing.client.is_open(Prepare)


def test_what_is_counted_includes_the_pictures_and_the_effort(desk):
    desk.load(grid=GRID, thinking=Thinking.SWITCH)
    desk.widget("effortSwitch").toggle()
    attach(desk)
    desk.write("What is this?")
    desk.wait_for(lambda: desk.client.is_open(Count))
    conversation = desk.client.requests[desk.client.open_id(Count) - 1].conversation
    assert len(conversation.pictures) == 1
    assert conversation.messages[-1].text == "What is this?"
    assert conversation.effort is Effort.DEEP


def test_looking_at_a_picture_is_said(seeing):
    attach(seeing)
    seeing.press("sendButton")
    seeing.client.look()
    assert seeing.statuses() == ["Looking at the picture…"]


def test_attaching_is_an_act_of_the_person(seeing):
    before = seeing.acts
    seeing.drop(CAT)
    assert seeing.acts > before


def test_long_names_and_many_pictures_fit_a_narrow_window(seeing):
    seeing.window.resize(480, 640)
    attach(seeing, *(f"/photos/{'very-long-name-' * 12}{n}.png" for n in range(9)))
    row = seeing.widget("attachmentRow")
    assert row.height() < 200
    assert all(chip.width() <= row.width() for chip in seeing.seen("attachmentChip"))
    seeing.press("sendButton")
    tiles = seeing.seen("pictureTile")
    assert len(tiles) == 9
    corners = [tile.mapTo(seeing.window, tile.rect().topRight()).x() for tile in tiles]
    assert max(corners) <= seeing.window.width()
