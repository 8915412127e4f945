"""A real store for chats that came from elsewhere; one for all inputs of a process."""

import atexit
import functools
import itertools
import pathlib
import shutil
import tempfile
from collections.abc import Iterable

import msgspec

from app.domain.attachments import Source
from app.domain.kept_chat import KeptChat
from app.services.added_chats import as_new, keep_new
from app.store.store import Store
from tests.helpers.keeping import comparable

_ids = itertools.count(1)
_NOW_MS = 1_800_000_000_000


@functools.cache
def _store() -> Store:
    folder = tempfile.mkdtemp(prefix="cierzo-fuzz-")
    atexit.register(shutil.rmtree, folder)
    return Store(pathlib.Path(folder))


def keep(chats: Iterable[KeptChat]) -> bool:
    """Keep them, read them again and delete them; whether they are what they were."""
    store = _store()
    new = as_new(chats, _ids, _ids, _NOW_MS)
    keep_new(store, new)
    try:
        again = [store.chats.load(kept.info.chat_id) for kept in new]
        return [_bare(kept) for kept in again] == [_bare(kept) for kept in new]
    finally:
        store.chats.delete([kept.info.chat_id for kept in new])


def _bare(kept: KeptChat) -> KeptChat:
    """Without the contents of files: those of earlier inputs may still be there."""
    chat = comparable(kept)
    messages = tuple(
        msgspec.structs.replace(
            message,
            attachments=tuple(
                msgspec.structs.replace(a, source=Source(name=a.name)) for a in message.attachments
            ),
        )
        for message in chat.messages
    )
    return KeptChat(info=chat.info, messages=messages)
