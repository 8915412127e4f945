"""How pictures and documents get into a draft: chosen, dropped, pasted."""

import pathlib

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from app.domain.attachments import Detail, DocumentAttachment, DocumentPage, Source
from app.domain.errors import NotADocument
from app.domain.file_names import shown_name
from app.media.file_kinds import DOCUMENT_SUFFIXES, PICTURE_SUFFIXES, FileKind, kind_of_file
from app.services.attachments import Attachments
from app.services.chat_service import ChatService
from app.services.chats import Chat
from app.services.engine_service import EngineService
from app.services.idle_work import IdleWork
from app.ui.chat.composer import Composer
from app.ui.chat.document_words import can_be_divided
from app.ui.chat.draft_attachments import DraftAttachments, DraftItem
from app.ui.chat.picture_sources import (
    file_source,
    has_only_image,
    image_source,
    local_files,
    png_source,
)
from app.ui.chat.screenshot import Screenshot


class Attaching(QObject):
    """Fills the row above the words of the open chat's draft.

    Attributes:
        items: What is in the drafts of all chats.
        screenshot: Takes pictures of the screen.

    Signals:
        changed: What goes with the open chat's question.
        failed: A chat and why something could not go with its question.
    """

    changed = Signal()
    failed = Signal(int, object)

    def __init__(
        self,
        *,
        engine: EngineService,
        chats: ChatService,
        attachments: Attachments,
        idle: IdleWork,
        composer: Composer,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._chats = chats
        self._idle = idle
        self._composer = composer
        self._open: Chat | None = None
        self.items = DraftAttachments(engine, attachments, chats.library, self)
        self.items.changed.connect(self._show)
        self.items.failed.connect(self.failed)
        self.screenshot = Screenshot(composer)
        self.screenshot.taken.connect(self._take_screenshot)
        self.screenshot.refused.connect(self._refuse)
        composer.show_screenshot(is_possible=self.screenshot.is_possible)
        composer.screenshot_requested.connect(self.screenshot.take)
        composer.input.data_given.connect(self.take)
        composer.input.text_given.connect(self.take_text)
        composer.attach_requested.connect(self._choose_files)
        composer.attachments.removed.connect(self._remove)
        composer.attachments.detail_chosen.connect(self._change_detail)
        composer.attachments.pages_requested.connect(self.choose_pages)

    def open_chat(self, chat: Chat) -> None:
        """Show what goes with that chat's question."""
        self._open = chat
        self._composer.show_attachments(self.items.of(chat.chat_id))

    def take(self, data: QMimeData) -> None:
        """Attach what was dropped or pasted; one sentence for what cannot be."""
        if self._open is None:
            return
        self.items.begin_batch()
        files = local_files(data)
        if not files and has_only_image(data):
            image = image_source(data, self.tr("Pasted picture"))
            self.attach([image] if image else [])
            return
        kinds = {path: kind_of_file(path.name) for path in files}
        self.attach([file_source(p) for p in files if kinds[p] is FileKind.PICTURE])
        self.attach(
            [file_source(p) for p in files if kinds[p] is FileKind.DOCUMENT], are_documents=True
        )
        for path in files:
            if kinds[path] is None:
                self.items.refuse(self._open.chat_id, NotADocument(name=shown_name(path.name)))

    @Slot(QImage)
    def _take_screenshot(self, image: QImage) -> None:
        self.items.begin_batch()
        self.attach([png_source(image, self.tr("Screenshot"))])

    @Slot(object)
    def _refuse(self, error: Exception) -> None:
        if self._open:
            self.failed.emit(self._open.chat_id, error)

    @Slot(str)
    def take_text(self, text: str) -> None:
        """Attach a text that is too long for the field."""
        if self._open is None:
            return
        self._idle.person_acts()
        source = Source(name=self.tr("Pasted text"), data=text.encode("utf-8", "replace"))
        document = DocumentAttachment(
            source=source, kind=self.tr("Text"), pages=(DocumentPage(text=text),)
        )
        self.items.add_document(self._open.chat_id, document)

    def attach(self, sources: list[Source], *, are_documents: bool = False) -> None:
        """Put files to the open chat's question."""
        if self._open and sources:
            self._idle.person_acts()
            self.items.add(self._open.chat_id, sources, are_documents=are_documents)

    def count_documents(self) -> None:
        """Have the model count what nobody has counted yet, while it is at rest."""
        chat = self._open
        item = next((i for i in self._items() if _is_uncounted(i)), None)
        if chat is None or item is None or not isinstance(item.attachment, DocumentAttachment):
            return
        document = item.attachment

        def counted(tokens: int) -> None:
            self.items.note_tokens(chat.chat_id, document, tokens)
            self.count_documents()

        self._chats.count_document(document, on_counted=counted)

    @property
    def largest_document(self) -> DraftItem | None:
        """The document of the draft that takes most, of those that can be shown in part."""
        documents = [
            item
            for item in self._items()
            if isinstance(item.attachment, DocumentAttachment) and can_be_divided(item.attachment)
        ]
        return max(documents, key=lambda item: item.tokens or 0, default=None)

    @Slot(int)
    def choose_pages(self, item_id: int) -> None:
        """Let the person choose what of a document the model is shown."""
        item = next((i for i in self._items() if i.item_id == item_id), None)
        if item is None or not isinstance(item.attachment, DocumentAttachment) or not self._open:
            return
        chat_id, loaded = self._open.chat_id, self._engine.state.loaded
        from app.ui.chat.page_choice import PageChoice  # the start does without it

        dialog = PageChoice(
            item.attachment,
            tokens=item.tokens,
            room_tokens=loaded.context_tokens if loaded else None,
            parent=self._composer.window(),
        )
        dialog.chosen.connect(lambda end: self.items.change_document(chat_id, item_id, end))
        dialog.open()

    def _items(self) -> list[DraftItem]:
        return self.items.of(self._open.chat_id) if self._open else []

    @Slot(int)
    def _show(self, chat_id: int) -> None:
        if self._open and self._open.chat_id == chat_id:
            self._composer.show_attachments(self.items.of(chat_id))
            self.changed.emit()

    @Slot()
    def _choose_files(self) -> None:
        dialog = QFileDialog(self._composer.window(), self.tr("Attach files"))
        dialog.setObjectName("attachDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        pictures, documents = _patterns(PICTURE_SUFFIXES), _patterns(DOCUMENT_SUFFIXES)
        dialog.setNameFilters(
            [
                self.tr("Pictures and documents ({patterns})").format(
                    patterns=f"{pictures} {documents}"
                ),
                self.tr("Pictures ({patterns})").format(patterns=pictures),
                self.tr("Documents ({patterns})").format(patterns=documents),
                self.tr("All files (*)"),
            ]
        )
        dialog.filesSelected.connect(self._take_files)
        dialog.open()

    @Slot(list)
    def _take_files(self, chosen: list[str]) -> None:
        self.items.begin_batch()
        paths = [pathlib.Path(path) for path in chosen]
        pictures = [path for path in paths if kind_of_file(path.name) is FileKind.PICTURE]
        self.attach([file_source(path) for path in pictures])
        others = [file_source(path) for path in paths if path not in pictures]
        self.attach(others, are_documents=True)

    @Slot(int)
    def _remove(self, item_id: int) -> None:
        if self._open:
            self.items.remove(self._open.chat_id, item_id)
            self._composer.input.setFocus()

    @Slot(int, object)
    def _change_detail(self, item_id: int, detail: Detail) -> None:
        if self._open:
            self.items.begin_batch()
            self.items.change_detail(self._open.chat_id, item_id, detail)


def _is_uncounted(item: DraftItem) -> bool:
    return item.is_document and item.attachment is not None and item.tokens is None


def _patterns(suffixes: tuple[str, ...]) -> str:
    return " ".join(f"*{suffix}" for suffix in suffixes)
