"""What goes with questions that are not sent yet: pictures for the model that is loaded, documents.

Of a chat that is kept the files are kept first, so that they survive a restart and the person
moving them.
"""

import itertools
from collections.abc import Iterable

import msgspec
from PySide6.QtCore import QObject, Signal

from app.domain.attachments import (
    Attachment,
    Detail,
    DocumentAttachment,
    PictureAttachment,
    Source,
)
from app.domain.errors import (
    AppError,
    Cancelled,
    NoModelYet,
    PicturesUnavailable,
    SeveralNotAttached,
    TooManyAttachments,
)
from app.domain.picture_grid import PictureGrid
from app.services.attachments import Attachments
from app.services.chat_library import ChatLibrary
from app.services.engine_service import EngineService

# More chips than a person can keep an eye on; each picture is a process to open.
MOST_ATTACHMENTS = 50
_NAMED = 3  # in one sentence


class DraftItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a draft; `attachment` is None until it is open.

    Attributes:
        is_kept: Its content is where it stays.
        tokens: What a document takes of the context; None before it was counted.
    """

    item_id: int
    source: Source
    is_document: bool = False
    is_kept: bool = False
    detail: Detail = Detail.FULL
    attachment: Attachment | None = None
    tokens: int | None = None


class DraftAttachments(QObject):
    """Keeps them by chat.

    Signals:
        changed: The chat whose attachments changed.
        failed: A chat and the error that took one out of it.
    """

    changed = Signal(int)
    failed = Signal(int, object)

    def __init__(
        self,
        engine: EngineService,
        attachments: Attachments,
        library: ChatLibrary,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._attachments = attachments
        self._library = library
        self._ids = itertools.count(1)
        self._by_chat: dict[int, list[DraftItem]] = {}
        # What is being opened; the value tells a late end from the one that is waited for.
        self._tickets: dict[int, object] = {}
        self._failures: list[str] = []  # names of what could not be taken, of one batch

    def of(self, chat_id: int) -> list[DraftItem]:
        """Those of that chat's draft, in order."""
        return list(self._by_chat.get(chat_id, ()))

    def ready(self, chat_id: int) -> tuple[Attachment, ...]:
        """Those that are open."""
        return tuple(item.attachment for item in self.of(chat_id) if item.attachment)

    def kept(self, chat_id: int) -> tuple[Attachment, ...]:
        """Those whose content is where it stays, open or not."""
        return tuple(
            item.attachment or PictureAttachment(source=item.source, detail=item.detail)
            for item in self.of(chat_id)
            if item.is_kept and (item.attachment or not item.is_document)
        )

    def begin_batch(self) -> None:
        """What is added from now on was attached together: its failures are told as one."""
        self._failures = []

    def refuse(self, chat_id: int, error: AppError) -> None:
        """Tell why something cannot be taken, or how much of what was attached together."""
        name = str(error.facts.get("name", ""))
        if name:
            self._failures.append(name)
        if len(self._failures) > 1:
            names = ", ".join(f"“{name}”" for name in self._failures[:_NAMED])
            if len(self._failures) > _NAMED:
                names += "…"
            error = SeveralNotAttached(count=len(self._failures), names=names)
        self.failed.emit(chat_id, error)

    def add(self, chat_id: int, sources: Iterable[Source], *, are_documents: bool) -> None:
        """Open files for that chat, loading the model first where needed."""
        loaded = self._engine.state.loaded
        if loaded and loaded.grid is None and not are_documents:
            self.failed.emit(chat_id, PicturesUnavailable(name=self._engine.state.model_name))
            return
        new = [
            DraftItem(item_id=next(self._ids), source=source, is_document=are_documents)
            for source in sources
        ]
        room = MOST_ATTACHMENTS - len(self.of(chat_id))
        self._by_chat.setdefault(chat_id, []).extend(new[:room])
        self.changed.emit(chat_id)
        for item in new[:room]:
            self._keep(chat_id, item)
        self._engine.prepare()
        if self._engine.state.model is None and not are_documents:
            self.failed.emit(chat_id, NoModelYet())  # they are opened for a model
        if len(new) > room:
            self.failed.emit(chat_id, TooManyAttachments(limit=MOST_ATTACHMENTS))

    def add_document(self, chat_id: int, document: DocumentAttachment) -> None:
        """Take a document that is open already."""
        if len(self.of(chat_id)) >= MOST_ATTACHMENTS:
            self.failed.emit(chat_id, TooManyAttachments(limit=MOST_ATTACHMENTS))
            return
        item = DraftItem(
            item_id=next(self._ids),
            source=document.source,
            is_document=True,
            attachment=document,
        )
        self._by_chat.setdefault(chat_id, []).append(item)
        self.changed.emit(chat_id)
        self._keep(chat_id, item)
        self._engine.prepare()

    def put_back(self, chat_id: int, attachments: Iterable[Attachment]) -> None:
        """Take those of a question that came back, before those that are there."""
        back = [
            DraftItem(
                item_id=next(self._ids),
                source=a.source,
                is_document=isinstance(a, DocumentAttachment),
                is_kept=True,
                detail=a.detail if isinstance(a, PictureAttachment) else Detail.FULL,
                attachment=None if _is_closed(a) else a,
            )
            for a in attachments
        ]
        if back:
            self._by_chat[chat_id] = [*back, *self.of(chat_id)]
            self.changed.emit(chat_id)

    def remove(self, chat_id: int, item_id: int) -> None:
        """Leave one out."""
        self._tickets.pop(item_id, None)
        self._by_chat[chat_id] = [i for i in self.of(chat_id) if i.item_id != item_id]
        self.changed.emit(chat_id)

    def forget(self, chat_id: int) -> None:
        """Its chat is gone."""
        for item in self._by_chat.pop(chat_id, ()):
            self._tickets.pop(item.item_id, None)

    def change_detail(self, chat_id: int, item_id: int, detail: Detail) -> None:
        """Open a picture again with another detail."""
        self._tickets.pop(item_id, None)
        self._replace(chat_id, item_id, detail=detail, attachment=None)
        self._engine.prepare()
        self.open_waiting()

    def change_document(self, chat_id: int, item_id: int, document: DocumentAttachment) -> None:
        """Show the model other pages of it."""
        self._replace(chat_id, item_id, attachment=document, tokens=None)

    def note_tokens(self, chat_id: int, document: DocumentAttachment, tokens: int) -> None:
        """A document that is still there takes so many."""
        for item in self.of(chat_id):
            if item.attachment is document:
                self._replace(chat_id, item.item_id, tokens=tokens)

    def take(self, chat_id: int) -> tuple[Attachment, ...]:
        """Send them: the draft has none afterwards."""
        taken = self.ready(chat_id)
        self._by_chat.pop(chat_id, None)
        self.changed.emit(chat_id)
        return taken

    def move(self, from_chat_id: int, to_chat_id: int) -> None:
        """Take a draft's attachments along to another chat."""
        moved = self._by_chat.pop(from_chat_id, [])
        # What was attached before the chats were open is nowhere yet but where the person has it.
        moved = [msgspec.structs.replace(i, is_kept=bool(i.source.sha256)) for i in moved]
        self._by_chat[to_chat_id] = [*moved, *self.of(to_chat_id)]
        self.changed.emit(from_chat_id)
        self.changed.emit(to_chat_id)
        for item in moved:
            if not item.is_kept:
                self._keep(to_chat_id, item)

    def open_waiting(self) -> None:
        """Open the pictures that wait for the model, and what was open for another one."""
        loaded = self._engine.state.loaded
        if loaded is None:
            return
        for chat_id, items in list(self._by_chat.items()):
            for item in items:
                if item.is_document or not item.is_kept:
                    continue
                if loaded.grid is not None:
                    self._open_picture(chat_id, item, loaded.grid)
                elif item.attachment is None:
                    self.remove(chat_id, item.item_id)
                    error = PicturesUnavailable(name=self._engine.state.model_name)
                    self.failed.emit(chat_id, error)

    def _keep(self, chat_id: int, item: DraftItem) -> None:
        """Have the content where it stays, then open it."""
        item_id = item.item_id

        def kept(end: Source | Exception) -> None:
            holder = self._holder(item_id)
            if holder is None:
                return
            if isinstance(end, Exception):
                self._fail(holder, item_id, end)
                return
            changes: dict[str, object] = {"source": end, "is_kept": True}
            if item.attachment:
                changes["attachment"] = msgspec.structs.replace(item.attachment, source=end)
            self._replace(holder, item_id, **changes)
            if not item.is_document:
                self.open_waiting()
            elif item.attachment is None:
                self._attachments.read(end, on_end=lambda end: self._opened(item_id, end))

        self._library.keep_file(self._library.chat(chat_id), item.source, kept)

    def _open_picture(self, chat_id: int, item: DraftItem, grid: PictureGrid) -> None:
        item_id, attachment = item.item_id, item.attachment
        is_open = isinstance(attachment, PictureAttachment) and attachment.grid == grid
        ticket = (grid, item.detail)
        if is_open or self._tickets.get(item_id) == ticket:
            return
        self._tickets[item_id] = ticket

        def end(end: PictureAttachment | Exception) -> None:
            if self._tickets.get(item_id) is ticket:
                del self._tickets[item_id]
                self._opened(item_id, end)

        if attachment is not None:
            self._replace(chat_id, item_id, attachment=None)
        self._attachments.open(item.source, grid, item.detail, on_end=end)

    def _opened(self, item_id: int, end: Attachment | Exception) -> None:
        holder = self._holder(item_id)
        if holder is None:
            return
        if isinstance(end, Exception):
            self._fail(holder, item_id, end)
            return
        source = next(item.source for item in self.of(holder) if item.item_id == item_id)
        self._replace(holder, item_id, attachment=msgspec.structs.replace(end, source=source))

    def _fail(self, chat_id: int, item_id: int, error: Exception) -> None:
        self.remove(chat_id, item_id)
        if isinstance(error, AppError):
            self.refuse(chat_id, error)
        elif not isinstance(error, Cancelled):
            self.failed.emit(chat_id, error)

    def _holder(self, item_id: int) -> int | None:
        """Which draft it is in now; it may have been taken along to another chat, or out."""
        return next(
            (
                chat_id
                for chat_id, items in self._by_chat.items()
                if any(item.item_id == item_id for item in items)
            ),
            None,
        )

    def _replace(self, chat_id: int, item_id: int, **changes: object) -> None:
        self._by_chat[chat_id] = [
            msgspec.structs.replace(item, **changes) if item.item_id == item_id else item
            for item in self.of(chat_id)
        ]
        self.changed.emit(chat_id)


def _is_closed(attachment: Attachment) -> bool:
    """A picture that was not open yet when the draft was kept."""
    return isinstance(attachment, PictureAttachment) and not attachment.thumbnail_png
