"""Whatever the keyboard reaches has a name for who does not see it, in every state."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.ui.chat.page_links import Page
from app.ui.exchange.dialogs import ExchangeDialogs
from tests.helpers.desk import Desk
from tests.helpers.download_page_desk import fill
from tests.helpers.fake_downloads import FakeDownloads
from tests.helpers.fake_exchange import FakeExchange
from tests.helpers.page_sources import page_sources
from tests.helpers.rich_answers import RICH


@pytest.fixture
def desk(qtbot, _dressed) -> Desk:
    """A window with everything that it can have."""
    downloads = FakeDownloads()
    made = Desk(
        qtbot,
        sources=page_sources(downloads=downloads),
        make_exchange=lambda window: ExchangeDialogs(
            FakeExchange(made.chat_library), made.chat_library, window
        ),
    )
    made.load()
    made.ask("Tell me all")
    made.client.write(RICH)
    made.client.finish_answer()
    made.window.make_pages()
    fill(downloads)
    return made


def press(desk: Desk, name: str) -> None:
    button = next(b for b in desk.seen(name) if isinstance(b, QAbstractButton))
    button.click()


STATES = {
    "chat": lambda desk: None,
    "editing": lambda desk: press(desk, "editButton"),
    "finding": lambda desk: desk.qtbot.keyClick(
        desk.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier
    ),
    "answer settings": lambda desk: press(desk, "answerSettingsButton"),
    "prompts": lambda desk: press(desk, "promptsButton"),
    "export": lambda desk: desk.window.export_chats(),
    "import": lambda desk: desk.window.import_chats(),
    "models": lambda desk: desk.window.go_to(Page.MODELS),
    "a model": lambda desk: (desk.window.go_to(Page.MODELS), press(desk, "settingsFold")),
    "builds": lambda desk: (desk.window.go_to(Page.MODELS), press(desk, "buildsFold")),
    "settings": lambda desk: desk.window.go_to(Page.SETTINGS),
}


@pytest.mark.parametrize("state", STATES)
def test_whatever_the_keyboard_reaches_has_a_name(desk, state):
    STATES[state](desk)
    QApplication.processEvents()
    reached = [w for w in desk.window.findChildren(QWidget) if w.isVisible() and is_reached(w)]
    assert len(reached) > 5
    assert [f"{type(w).__name__} {w.objectName()}" for w in reached if not name_of(w)] == []


def is_reached(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()


def name_of(widget: QWidget) -> str:
    proxy = widget.focusProxy() or widget
    return QAccessible.queryAccessibleInterface(proxy).text(QAccessible.Text.Name)
