"""The window: page and sidebar, what the keyboard and dropped files do, and its geometry."""

import pathlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QWidget

from app.services.models import model_at
from app.ui.chat.page import ChatPage
from app.ui.chat.page_links import Page
from app.ui.chat.picture_sources import has_only_image, local_files
from app.ui.chat.send_key import needs_ctrl
from app.ui.look.app_icon import app_icon
from app.ui.on_screen import bring_back
from app.ui.shell import Shell
from app.ui.shortcuts import Keys
from app.ui.window_actions import WindowActions

if TYPE_CHECKING:  # they are built when they are asked for; the start must not pay for them
    from app.ui.exchange.dialogs import ExchangeDialogs
    from app.ui.pages import Pages

_MINIMUM = QSize(300, 360)
_FIRST_SIZE = QSize(1080, 740)


class MainWindow(QMainWindow):
    """The one window of the program.

    Attributes:
        stays_when_closed: Asked when the person closes it: whether it is only hidden then.

    Signals:
        preferences_changed: `ChatService.wishes` or something of `IdleWork` was changed.
        text_size_requested: 1 for the next larger, -1 for the next smaller, 0 for the usual one.
        hidden_away: It was closed and stays.
        left: It was closed and the program ends.
    """

    preferences_changed = Signal()
    text_size_requested = Signal(int)
    hidden_away = Signal()
    left = Signal()

    def __init__(
        self,
        *,
        page: ChatPage,
        geometry: bytes | None,
        make_pages: "Callable[[Shell], Pages] | None" = None,
        make_exchange: "Callable[[QWidget], ExchangeDialogs] | None" = None,
        show_about: Callable[[QWidget], None] | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Cierzo")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(_MINIMUM)
        self.setAcceptDrops(True)
        self.stays_when_closed: Callable[[], bool] = lambda: False
        self._is_quitting = False
        self._page = page
        self._make_pages = make_pages
        self._make_exchange = make_exchange
        self._show_about = show_about
        self._pages: Pages | None = None
        self._exchange: ExchangeDialogs | None = None
        self._shell = Shell(page.sidebar, page)
        self.setCentralWidget(self._shell)
        self._add_actions()
        page.open_model_requested.connect(self.ask_for_model)
        page.preferences_changed.connect(self.preferences_changed)
        page.top_bar.sidebar_button.clicked.connect(self._shell.toggle_sidebar)
        page.sidebar.chat_clicked.connect(self._shell.close_overlay)
        page.sidebar.new_chat_requested.connect(self._shell.close_overlay)
        page.sidebar.private_chat_requested.connect(self._shell.close_overlay)
        page.sidebar.hit_chosen.connect(self._shell.close_overlay)
        page.sidebar.left.connect(self._focus_input)
        # Whatever leads to a chat leads to its page.
        page.chat_opened.connect(self.show_chat)
        page.sidebar.chat_clicked.connect(self.show_chat)
        page.sidebar.new_chat_requested.connect(self.show_chat)
        page.sidebar.private_chat_requested.connect(self.show_chat)
        page.sidebar.hit_chosen.connect(self.show_chat)
        page.sidebar.links.requested.connect(self.go_to)
        page.sidebar.export_requested.connect(self.export_chats)
        page.top_bar.chip.all_requested.connect(lambda: self.go_to(Page.MODELS))
        if make_pages:
            page.sidebar.links.offer()
            page.top_bar.chip.offer_models()
            self._page.welcome.expect_first_run()
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(_FIRST_SIZE)
        bring_back(self)
        for moved in (_application().screenRemoved, _application().primaryScreenChanged):
            moved.connect(self._bring_back)
        page.composer.input.setFocus()

    def geometry_bytes(self) -> bytes:
        """Where the window is, for the next time."""
        return bytes(self.saveGeometry().data())

    def settle(self) -> None:
        """Have everything that is being written where it stays; before the end."""
        self._page.settle()

    def show_defect(self, error: Exception) -> None:
        """Say that something went wrong inside the program."""
        self._page.show_defect(error)

    def open_model(self, path: pathlib.Path) -> None:
        """Use a model file of the person's."""
        offered = self._page.top_bar.chip.offered()
        toy = next((model for model in offered if model.is_toy and model.path == path), None)
        self._page.use_model(toy or model_at(path))
        self.show_chat()

    def open_chat(self, chat_id: int) -> None:
        """Go to a chat; it is known to exist."""
        self._page.open_chat(chat_id)
        self._focus_input()

    @Slot()
    def quit(self) -> None:
        """End the program, also where closing the window would not."""
        self._is_quitting = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go, or only out of sight."""
        if not self._is_quitting and self.stays_when_closed():
            event.ignore()
            self._page.settle()
            self.hide()
            self.hidden_away.emit()
            return
        super().closeEvent(event)
        self.left.emit()

    @Slot()
    def end_session(self) -> None:
        """The person logs off: a window that stayed would be in the way."""
        self._is_quitting = True

    def make_pages(self) -> None:
        """Have what the other pages show, and what the window shows of them, from now on."""
        if self._pages or not self._make_pages:
            return
        self._pages = pages = self._make_pages(self._shell)
        pages.back_requested.connect(self._focus_input)
        pages.model_used.connect(self._focus_input)
        pages.open_file_requested.connect(self.ask_for_model)
        pages.sidebar_requested.connect(self._shell.toggle_sidebar)
        pages.file_used.connect(lambda path: self.open_model(pathlib.Path(path)))
        pages.installed_changed.connect(self._page.show_installed)
        pages.news_came.connect(self._page.news.say)
        self._page.news.acted.connect(self._show_updates)
        pages.begin_first_run(self._page.welcome, lambda: self.go_to(Page.MODELS))
        self._page.sidebar.links.put_badge(Page.MODELS, pages.badge, pages.badge.said)

    def make_pages_ahead(self) -> None:
        """The same, and have them there before somebody goes to one."""
        self.make_pages()
        if self._pages:
            self._pages.make_ahead()

    @Slot(object)
    def go_to(self, which: Page) -> None:
        """Go to a page that is not the chat."""
        self.make_pages()
        if self._pages is None:
            return
        self._shell.close_overlay()
        self._shell.show_page(self._pages.page(which))
        self._page.sidebar.links.show_open(which)
        self._pages.arrive(which)

    @Slot()
    def _show_updates(self) -> None:
        self._page.news.hide()
        self.go_to(Page.SETTINGS)
        if self._pages:
            self._pages.show_updates()

    @Slot()
    def show_chat(self) -> None:
        """Go to the open chat; the keyboard goes along if it was on another page before."""
        focus = self.focusWidget()
        other = self._shell.page
        if other is not self._page and focus and other.isAncestorOf(focus):
            self._page.composer.input.setFocus()
        self._shell.show_page(self._page)
        self._page.sidebar.links.show_open(None)

    @Slot()
    def ask_for_model(self) -> None:
        """Let the person choose a file."""
        dialog = QFileDialog(self, self.tr("Open a model file"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Models (*.gguf)"))
        dialog.fileSelected.connect(lambda chosen: self.open_model(pathlib.Path(chosen)))
        dialog.open()

    @Slot(int)
    def export_chats(self, chat_id: int | None = None) -> None:
        """Let the person write chats to files: that one, or the open one, or all."""
        if dialogs := self._exchange_dialogs():
            dialogs.export_chats(self._page.sidebar.open_chat_id if chat_id is None else chat_id)

    @Slot()
    def import_chats(self) -> None:
        """Let the person bring in chats of files."""
        if dialogs := self._exchange_dialogs():
            dialogs.import_chats()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files; what is done with them depends on what they are."""
        if local_files(event.mimeData()) or has_only_image(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Use a model that is dropped alone; attach what is, and say what cannot be."""
        event.acceptProposedAction()
        if path := _model_file(event.mimeData()):
            self.open_model(path)
        else:
            self.show_chat()
            self._page.drafting.attaching.take(event.mimeData())

    @Slot()
    def search(self) -> None:
        """Go to the search field, showing it first."""
        self._shell.show_sidebar(is_shown=True)
        self._page.sidebar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._page.sidebar.search.selectAll()

    @Slot()
    def show_shortcuts(self) -> None:
        """List what can be done by key."""
        from app.ui.shortcuts_dialog import ShortcutsDialog  # the start does without it

        ShortcutsDialog(self, sends_with_ctrl=needs_ctrl()).open()

    def _add_actions(self) -> None:
        page, step = self._page, self._page.sidebar.step
        menu, about = QMenu(self), self.tr("About Cierzo")
        actions = WindowActions(self, page.slash)
        make, plain = actions.by_key, actions.plain
        stop = make(Keys.STOP, page.stop)
        stop.setEnabled(False)
        page.work_changed.connect(stop.setEnabled)
        groups = [
            self._finding_actions(actions),
            [
                stop,
                make(Keys.WRITE, self._focus_input),
                make(Keys.PROMPTS, self._show_prompts, self.tr("prompts")),
                make(Keys.EFFORT, page.drafting.toggle_effort),
                make(Keys.NEXT_CHAT, lambda: step(1)),
                make(Keys.PREVIOUS_CHAT, lambda: step(-1)),
                make(Keys.SIDEBAR, self._shell.toggle_sidebar),
            ],
            [
                make(Keys.SHORTCUTS, self.show_shortcuts, self.tr("shortcuts")),
                *([plain(about, partial(self._show_about, self))] if self._show_about else []),
                make(Keys.QUIT, self.quit),
            ],
        ]
        if self._make_exchange:
            exchange = [
                make(Keys.EXPORT, self.export_chats, self.tr("export")),
                plain(self.tr("Import chats…"), self.import_chats, self.tr("import")),
            ]
            groups.insert(1, exchange)
        for group in groups:
            self.addActions(group)
            menu.addActions(group)
            menu.addSeparator()
        resize = self.text_size_requested.emit
        sizes = ((Keys.LARGER, 1), (Keys.SMALLER, -1), (Keys.USUAL_SIZE, 0))
        self.addActions([make(key, partial(resize, step)) for key, step in sizes])
        page.top_bar.menu_button.setMenu(menu)

    def _finding_actions(self, actions: WindowActions) -> list[QAction]:
        """Those that lead somewhere."""
        make, go = actions.by_key, self.go_to
        group = [
            make(Keys.NEW_CHAT, self.new_chat, self.tr("new")),
            make(Keys.NEW_PRIVATE_CHAT, self._new_private_chat, self.tr("private")),
            make(Keys.OPEN_MODEL, self.ask_for_model),
            make(Keys.SEARCH, self.search, self.tr("search")),
            make(Keys.FIND, self._find, self.tr("find")),
        ]
        if self._make_pages:
            group += [
                make(Keys.MODELS, lambda: go(Page.MODELS), self.tr("models")),
                make(Keys.SETTINGS, lambda: go(Page.SETTINGS), self.tr("settings")),
            ]
        return group

    def _exchange_dialogs(self) -> "ExchangeDialogs | None":
        if self._exchange is None and self._make_exchange:
            self._exchange = self._make_exchange(self)
        return self._exchange

    def _go_to_chat(self) -> None:
        self._shell.close_overlay()
        self.show_chat()

    def _find(self) -> None:
        self._go_to_chat()
        self._page.find_bar.open_bar()

    @Slot()
    def new_chat(self) -> None:
        """Begin a chat."""
        self._page.new_chat()
        self._go_to_chat()

    def _new_private_chat(self) -> None:
        self._page.new_private_chat()
        self._go_to_chat()

    def _show_prompts(self) -> None:
        self._go_to_chat()
        self._page.prompts.toggle()

    @Slot()
    def _bring_back(self) -> None:
        # When Qt has moved what was on a screen that is gone.
        QTimer.singleShot(0, self, lambda: bring_back(self))

    @Slot()
    def _focus_input(self) -> None:
        self._go_to_chat()
        self._page.composer.input.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _application() -> QGuiApplication:
    application = QGuiApplication.instance()
    assert isinstance(application, QGuiApplication)
    return application


def _model_file(data: QMimeData) -> pathlib.Path | None:
    """The model, where nothing but one is dropped."""
    files = local_files(data)
    return files[0] if len(files) == 1 and files[0].suffix.lower() == ".gguf" else None
