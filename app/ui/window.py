"""The window on its services: the page of the chats, and what stands around it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.model_file import ModelFile
from app.services.attachments import Attachments
from app.services.chat_presets import ChatPresets
from app.services.chat_service import ChatService
from app.services.engine_service import EngineService
from app.services.idle_work import IdleWork
from app.services.saved_prompts import SavedPrompts
from app.ui.chat.page import ChatPage
from app.ui.main_window import MainWindow

if TYPE_CHECKING:
    from app.ui.exchange.dialogs import ExchangeDialogs
    from app.ui.pages import Pages
    from app.ui.shell import Shell


def build_window(
    *,
    engine: EngineService,
    chats: ChatService,
    attachments: Attachments,
    idle: IdleWork,
    models: list[ModelFile],
    geometry: bytes | None,
    report: Callable[[Exception], str],
    make_pages: "Callable[[Shell], Pages] | None" = None,
    make_exchange: "Callable[[QWidget], ExchangeDialogs] | None" = None,
    show_about: Callable[[QWidget], None] | None = None,
    presets: ChatPresets | None = None,
    prompts: SavedPrompts | None = None,
) -> MainWindow:
    """Make the window and connect it to the services.

    Args:
        engine: Its `on_state` is taken over.
        chats: Its `on_event` is taken over.
        attachments: Opens pictures.
        idle: Is told what the person does.
        models: What the model menu offers before it is known what is installed.
        geometry: `MainWindow.geometry_bytes` of the last time.
        report: Writes the text behind “Copy report”; without the person's words or paths.
        make_pages: Makes the other pages for the part of the window that shows them, when they are
            first needed; None leaves them out.
        make_exchange: The same for the dialogs that export and import chats.
        show_about: Says above the window what Cierzo is.
        presets: Its `on_change` is taken over; None: those that come along, and none is kept.
        prompts: The same for saved prompts.
    """
    page = ChatPage(
        engine=engine,
        chats=chats,
        attachments=attachments,
        idle=idle,
        models=models,
        report=report,
        presets=presets or ChatPresets(chats.library),
        prompts=prompts or SavedPrompts(chats.library),
    )
    return MainWindow(
        page=page,
        geometry=geometry,
        make_pages=make_pages,
        make_exchange=make_exchange,
        show_about=show_about,
    )
