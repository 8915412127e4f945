"""Windows in odd conditions: tiny, huge letters, mirrored, off the screen, without fonts."""

import gc
import os
import pathlib
import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPalette
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.ui.look.icons import pixmap
from app.ui.look.measures import measures
from app.ui.look.theme import Appearance
from tests.helpers.desk import Desk
from tests.helpers.fake_library import FakeLibrary, FakeNetworkLog, connection
from tests.helpers.fake_storage import FakeBackups, copy_of
from tests.helpers.page_sources import page_sources

PAGES = ("modelsButton", "settingsButton")


@pytest.fixture
def sources():
    return page_sources(
        library=FakeLibrary(),
        network_log=FakeNetworkLog(connection()),
        backups=FakeBackups(copy_of(0), copy_of(1)),
    )


@pytest.fixture
def large_text(_dressed):
    """Twice the system's."""
    gc.collect()
    _dressed.wear(Appearance(text_percent=200))
    measures().take(text_percent=200)
    yield
    _dressed.wear(Appearance())
    measures().take()


@pytest.fixture
def mirrored(qapp):
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def go_to(desk: Desk, button: str) -> QScrollArea:
    desk.window.findChild(QWidget, button).click()
    name = button.removesuffix("Button")
    area = desk.widget(f"{name}Scroll")
    desk.wait_for(area.isVisible)
    return area


def fits(area: QScrollArea) -> bool:
    return area.widget().width() <= area.viewport().width()


@pytest.mark.parametrize("button", PAGES)
@pytest.mark.usefixtures("_dressed")
def test_pages_fit_a_window_of_300_pixels(qtbot, sources, button):
    desk = Desk(qtbot, sources=sources)
    desk.window.resize(300, 600)
    area = go_to(desk, button)
    desk.wait_for(lambda: area.width() == 300 and fits(area))


@pytest.mark.parametrize("button", PAGES)
def test_pages_fit_with_letters_of_twice_the_size(qtbot, large_text, sources, button):
    desk = Desk(qtbot, sources=sources)
    desk.window.resize(450, 700)
    area = go_to(desk, button)
    desk.wait_for(lambda: fits(area))


def test_a_conversation_fits_a_window_of_300_pixels(desk):
    desk.window.resize(300, 500)
    desk.load()
    desk.ask("A question that is somewhat longer than the window is wide " * 3)
    desk.client.write("# An answer\n\nwith " + "words " * 60)
    desk.client.finish_answer(tokens=60)
    desk.wait_for(lambda: desk.window.width() == 300 and len(desk.texts()) > 1)
    for name in ("attachButton", "effortSwitch", "contextGauge", "sendButton"):
        part = desk.widget(name)
        assert part.width() >= 0.9 * part.sizeHint().width(), name
        assert desk.widget("composer").rect().contains(part.geometry()), name
    column = desk.widget("transcript").viewport().width()
    for text in desk.texts():
        left = text.mapTo(desk.widget("transcript"), QPoint(0, 0)).x()
        assert left >= 0
        assert left + text.width() <= column


def test_the_sidebar_and_the_rows_are_mirrored(mirrored, desk):
    desk.ask("First")
    desk.press("newChatButton")
    sidebar, page = desk.widget("sidebar"), desk.widget("chatPage")
    assert sidebar.geometry().right() == desk.window.width() - 1
    assert page.x() == 0
    view = desk.widget("chatList")
    row = view.visualRect(view.model().index(1, 0))
    more = view._row.more_rect(row)
    assert more.left() - row.left() < 8


def test_words_in_rows_begin_on_the_other_side(desk, qapp):
    desk.ask("Short")
    view = desk.widget("chatList")
    desk.wait_for(lambda: view.model().rowCount() > 1)
    usual = ink(view)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    other = ink(view)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    middle = view.viewport().width() / 2
    assert usual.right() < middle < other.left()


def ink(view: QWidget) -> QRect:
    """Where the words of the first chat are."""
    index = view.model().index(view.model().rowCount() - 1, 0)
    image = view.viewport().grab(view.visualRect(index)).toImage()
    return dark_part(image)


def dark_part(image: QImage) -> QRect:
    text = QGuiApplication.palette().color(QPalette.ColorRole.WindowText).lightness()
    columns = [
        x
        for x in range(image.width())
        if any(
            abs(image.pixelColor(x, y).lightness() - text) < 30
            and image.pixelColor(x, y).saturation() < 80
            for y in range(4, image.height() - 4)
        )
    ]
    return QRect(columns[0], 0, columns[-1] - columns[0] + 1, 1)


def test_a_question_can_be_read_where_lines_go_the_other_way(mirrored, desk):
    desk.load()
    desk.ask("Can this be read from its beginning to its end?")
    desk.client.write("Yes.")
    desk.client.finish_answer(tokens=2)
    text = desk.texts()[0]
    start = text.textCursor()
    start.setPosition(0)
    assert 0 <= text.cursorRect(start).left() < text.viewport().width()


@pytest.mark.parametrize(
    ("name", "points"), [("back", True), ("chevron-right", True), ("search", False)]
)
def test_icons_that_point_are_mirrored(qapp, name, points):
    colour = qapp.palette().color(QPalette.ColorRole.WindowText)
    usual = pixmap(name, colour, 20).toImage()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    other = pixmap(name, colour, 20).toImage()
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert (other == usual) is not points
    assert not points or other == usual.flipped(Qt.Orientation.Horizontal)


def is_seen(window: QWidget) -> bool:
    return any(
        screen.availableGeometry().intersects(window.frameGeometry())
        for screen in QGuiApplication.screens()
    )


def test_a_window_comes_back_when_its_screen_is_unplugged(desk, qapp):
    desk.window.move(-5000, 9000)
    assert not is_seen(desk.window)
    qapp.screenRemoved.emit(qapp.primaryScreen())
    desk.wait_for(lambda: is_seen(desk.window))
    room = qapp.primaryScreen().availableGeometry()
    assert room.contains(desk.window.frameGeometry())


def test_a_window_that_can_be_seen_stays_where_it_is(desk, qapp, qtbot):
    desk.window.resize(400, 400)
    desk.window.move(30, 40)
    place = desk.window.geometry()
    qapp.screenRemoved.emit(qapp.primaryScreen())
    qtbot.wait(1)
    assert desk.window.geometry() == place


NO_FONTS = """
import pathlib
from PySide6.QtWidgets import QApplication
from app.ui.look.theme import Theme
from app.ui.markdown.text import MarkdownText
application = QApplication([])
theme = Theme(application)
text = MarkdownText()
text.replace_text("# Words\\n\\n`code` and $x^2$")
text.resize(400, 300)
text.grab()
print(text.document().toPlainText().split()[0], text.font().pointSizeF() > 5)
"""


def test_without_any_font_the_window_still_opens(tmp_path):
    (tmp_path / "fonts").mkdir()
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path / 'fonts'}</dir></fontconfig>")
    done = subprocess.run(
        [sys.executable, "-c", NO_FONTS],
        env={**os.environ, "FONTCONFIG_FILE": str(config), "QT_QPA_FONTDIR": str(tmp_path)},
        cwd=pathlib.Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["Words", "True"]


class Requests(QObject):
    """What in the window asked to be laid out anew."""

    def __init__(self):
        super().__init__()
        self.names = []

    def eventFilter(self, watched, event):  # noqa: N802
        if event.type() == QEvent.Type.LayoutRequest:
            self.names.append(watched.objectName())
        return False


@pytest.mark.parametrize("page", ["", *PAGES])
@pytest.mark.parametrize("width_px", [1080, 420])
@pytest.mark.usefixtures("_dressed")
def test_a_window_at_rest_lays_out_nothing(qtbot, sources, page, width_px):
    """A layout that asks for another one keeps a core busy for ever."""
    desk = Desk(qtbot, sources=sources)
    desk.window.resize(width_px, 700)
    if page:
        go_to(desk, page)
    requests = Requests()
    QApplication.instance().installEventFilter(requests)
    for _ in range(60):
        QApplication.processEvents()
    requests.names.clear()
    for _ in range(60):
        QApplication.processEvents()
    assert requests.names == []
