"""The pictures of questions that are not sent yet, opened for the model that is loaded."""

import itertools
from collections.abc import Iterable

import msgspec
from PySide6.QtCore import QObject, Signal

from app.domain.attachments import Attachment, Detail, PictureAttachment, Source
from app.domain.errors import Cancelled, PicturesUnavailable
from app.domain.picture_grid import PictureGrid
from app.services.attachments import Attachments
from app.services.engine_service import EngineService


class DraftPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture in a draft; `attachment` is None until it is open."""

    picture_id: int
    source: Source
    detail: Detail = Detail.FULL
    attachment: PictureAttachment | None = None


class DraftPictures(QObject):
    """Keeps them by chat.

    Signals:
        changed: The chat whose pictures changed.
        failed: A chat and the error that took a picture out of it.
    """

    changed = Signal(int)
    failed = Signal(int, object)

    def __init__(self, engine: EngineService, attachments: Attachments, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._attachments = attachments
        self._ids = itertools.count(1)
        self._by_chat: dict[int, list[DraftPicture]] = {}
        # What is being opened; the value tells a late end from the one that is waited for.
        self._tickets: dict[int, object] = {}

    def of(self, chat_id: int) -> list[DraftPicture]:
        """The pictures of that chat's draft, in order."""
        return list(self._by_chat.get(chat_id, ()))

    def ready(self, chat_id: int) -> tuple[PictureAttachment, ...]:
        """Those that are open."""
        return tuple(p.attachment for p in self.of(chat_id) if p.attachment)

    def add(self, chat_id: int, sources: Iterable[Source]) -> None:
        """Open pictures for that chat, loading the model first where needed."""
        loaded = self._engine.state.loaded
        if loaded and loaded.grid is None:
            self.failed.emit(chat_id, PicturesUnavailable(name=self._engine.state.model.name))
            return
        new = [DraftPicture(picture_id=next(self._ids), source=source) for source in sources]
        self._by_chat.setdefault(chat_id, []).extend(new)
        self.changed.emit(chat_id)
        self._engine.prepare()
        self.open_waiting()

    def put_back(self, chat_id: int, attachments: Iterable[Attachment]) -> None:
        """Take the pictures of a question that came back, before those that are there."""
        back = [
            DraftPicture(picture_id=next(self._ids), source=a.source, detail=a.detail, attachment=a)
            for a in attachments
            if isinstance(a, PictureAttachment)
        ]
        if back:
            self._by_chat[chat_id] = [*back, *self.of(chat_id)]
            self.changed.emit(chat_id)

    def remove(self, chat_id: int, picture_id: int) -> None:
        """Leave one out."""
        self._tickets.pop(picture_id, None)
        self._by_chat[chat_id] = [p for p in self.of(chat_id) if p.picture_id != picture_id]
        self.changed.emit(chat_id)

    def change_detail(self, chat_id: int, picture_id: int, detail: Detail) -> None:
        """Open one again with another detail."""
        self._tickets.pop(picture_id, None)
        self._replace(chat_id, picture_id, detail=detail, attachment=None)
        self._engine.prepare()
        self.open_waiting()

    def take(self, chat_id: int) -> tuple[PictureAttachment, ...]:
        """Send them: the draft has none afterwards."""
        taken = self.ready(chat_id)
        self._by_chat.pop(chat_id, None)
        self.changed.emit(chat_id)
        return taken

    def move(self, from_chat_id: int, to_chat_id: int) -> None:
        """Take a draft's pictures along to another chat."""
        moved = self._by_chat.pop(from_chat_id, [])
        self._by_chat[to_chat_id] = [*moved, *self.of(to_chat_id)]
        self.changed.emit(from_chat_id)
        self.changed.emit(to_chat_id)

    def open_waiting(self) -> None:
        """Open what waits for the model, and what was open for another one."""
        loaded = self._engine.state.loaded
        if loaded is None:
            return
        for chat_id, pictures in list(self._by_chat.items()):
            for picture in list(pictures):
                if loaded.grid is not None:
                    self._open(chat_id, picture, loaded.grid)
                elif picture.attachment is None:
                    self.remove(chat_id, picture.picture_id)
                    error = PicturesUnavailable(name=self._engine.state.model.name)
                    self.failed.emit(chat_id, error)

    def _open(self, chat_id: int, picture: DraftPicture, grid: PictureGrid) -> None:
        picture_id, detail = picture.picture_id, picture.detail
        is_open = picture.attachment is not None and picture.attachment.grid == grid
        ticket = (grid, detail)
        if is_open or self._tickets.get(picture_id) == ticket:
            return
        self._tickets[picture_id] = ticket

        def end(end: PictureAttachment | Exception) -> None:
            if self._tickets.get(picture_id) is not ticket:
                return
            del self._tickets[picture_id]
            holder = self._chat_of(picture_id)
            if isinstance(end, Exception):
                self.remove(holder, picture_id)
                if not isinstance(end, Cancelled):
                    self.failed.emit(holder, end)
            else:
                self._replace(holder, picture_id, attachment=end)

        if picture.attachment is not None:
            self._replace(chat_id, picture_id, attachment=None)
        self._attachments.open(picture.source, grid, detail, on_end=end)

    def _chat_of(self, picture_id: int) -> int:
        """Which draft it is in now; it may have been taken along to another chat."""
        return next(
            chat_id
            for chat_id, pictures in self._by_chat.items()
            if any(p.picture_id == picture_id for p in pictures)
        )

    def _replace(self, chat_id: int, picture_id: int, **changes: object) -> None:
        self._by_chat[chat_id] = [
            msgspec.structs.replace(p, **changes) if p.picture_id == picture_id else p
            for p in self.of(chat_id)
        ]
        self.changed.emit(chat_id)
