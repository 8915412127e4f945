"""Chats out of the library and into it: both ways in one hand."""

import pathlib

from app.pipe.client import Post
from app.services.chat_export import ChatExport
from app.services.chat_import import ChatImport
from app.services.chat_library import ChatLibrary


class ChatExchange:
    """Made when one of both is first needed.

    Attributes:
        exports: To files.
        imports: From files.
    """

    def __init__(self, library: ChatLibrary, cache: pathlib.Path, *, post: Post) -> None:
        """Wire it; `cache` gets a folder for what is on its way."""
        self.exports = ChatExport(library, post=post)
        self.imports = ChatImport(library, cache / "imports", post=post)

    def close(self) -> None:
        """End what is running; no file is half written, and what came in so far stays."""
        self.exports.close()
        self.imports.close()
