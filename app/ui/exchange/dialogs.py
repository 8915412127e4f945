"""The ways to both dialogs."""

from PySide6.QtWidgets import QWidget

from app.services.chat_exchange import ChatExchange
from app.services.chat_library import ChatLibrary
from app.ui.exchange.export_dialog import ExportDialog
from app.ui.exchange.import_dialog import ImportDialog


class ExchangeDialogs:
    """Opens them above a window."""

    def __init__(self, exchange: ChatExchange, library: ChatLibrary, window: QWidget) -> None:
        self._exchange = exchange
        self._library = library
        self._window = window

    def export_chats(self, chat_id: int | None) -> None:
        """Have chats written to files; offer that one first."""
        chat = self._library.chat(chat_id) if chat_id is not None else None
        ExportDialog(self._exchange.exports, chat, self._window).open()

    def import_chats(self) -> None:
        """Have chats of files brought in."""
        ImportDialog(self._exchange.imports, self._window).open()
