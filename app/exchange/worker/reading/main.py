"""The process that reads one file or folder with chats, then is gone."""

import os
import pathlib
import time
from collections.abc import Iterator

import msgspec

from app.domain.errors import ImportDamaged, ImportTooLarge, NoChats
from app.exchange.reader_protocol import MAX_LINE_BYTES, ChatFound, ChatsRead, ReadChats, Why
from app.exchange.worker.reading.files import MAX_BYTES, open_files
from app.exchange.worker.reading.keep import Keeper
from app.exchange.worker.reading.outcome import Outcome
from app.exchange.worker.reading.recognise import Recogniser
from app.pipe.limits import limit_resources, stay_inside
from app.pipe.messages import Progress
from app.pipe.once import REQUEST_ID, Say, answer_in_lines
from app.pipe.silence import stay_silent

_CPU_S = 600
# Twice the largest file, which may have to be mended, and the largest chat some times.
_ADDRESS_SPACE_BYTES = 3 << 30
_ORPHAN_S = 3600.0
_OPEN_FILES = 64
_ALIVE_S = 1.0


def run() -> int:
    """Read a job from stdin and answer it on what was stdout."""
    stay_silent(is_throw_away=True)
    return answer_in_lines(lambda line, _behind, say: _work(line, say))


def _work(line: bytes, say: Say) -> ChatsRead:
    job = msgspec.json.decode(line, type=ReadChats)
    limit_resources(
        cpu_s=_CPU_S,
        address_space_bytes=_ADDRESS_SPACE_BYTES,
        orphan_s=_ORPHAN_S,
        open_files=_OPEN_FILES,
    )
    stay_inside()
    try:
        return _read(job, say)
    except MemoryError:
        raise ImportTooLarge(name=job.name, limit_bytes=MAX_BYTES) from None


def _read(job: ReadChats, say: Say) -> ChatsRead:
    folder = pathlib.Path(os.fsdecode(job.folder))
    keeper = Keeper(folder)
    # Nothing has to be closed: the process is gone when this is done.
    files = open_files(pathlib.Path(os.fsdecode(job.path)), job.name, _Alive(say))
    recogniser = Recogniser(files, folder, keeper)
    skipped: dict[Why, int] = {}
    chats = 0
    for outcome in _distinct(recogniser.outcomes()):
        if not isinstance(outcome, Why):
            found = msgspec.json.encode(ChatFound(request_id=REQUEST_ID, chat=outcome))
            if len(found) <= MAX_LINE_BYTES:
                say(found)
                chats += 1
                continue
        why = outcome if isinstance(outcome, Why) else Why.TOO_LARGE
        skipped[why] = skipped.get(why, 0) + 1
    if not chats:
        raise (ImportDamaged if skipped.get(Why.BROKEN) else NoChats)(name=job.name)
    return ChatsRead(
        request_id=REQUEST_ID,
        program=", ".join(recogniser.programs),
        folders=tuple(recogniser.folders),
        chats=chats,
        skipped=skipped,
        missing_attachments=keeper.missing,
    )


def _distinct(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """Let every key pass once."""
    keys: set[str] = set()
    for outcome in outcomes:
        if isinstance(outcome, Why):
            yield outcome
        elif outcome.info.key in keys:
            yield Why.REPEATED
        else:
            keys.add(outcome.info.key)
            yield outcome


class _Alive:
    """Tells the parent that something is going on, once a second at most."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said_s = time.monotonic()
        self._line = msgspec.json.encode(
            Progress(request_id=REQUEST_ID, stage="read", done=0, total=0)
        )

    def __call__(self) -> None:
        now_s = time.monotonic()
        if now_s - self._said_s > _ALIVE_S:
            self._said_s = now_s
            self._say(self._line)
