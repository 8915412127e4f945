"""What a signed list names by its address: a small answer, or a file of known size and hash."""

import asyncio
import contextlib
import pathlib
from collections.abc import Callable

from app.domain.downloads.lanes import Lanes
from app.domain.errors import (
    AnswerTooLong,
    AppError,
    FileUnavailable,
    HubRefused,
    LoginPage,
    NetworkDown,
    PublishedFileChanged,
    WrongBytes,
)
from app.downloads.protocol import FetchUrl
from app.downloads.worker.disk import check_room, disk_errors
from app.downloads.worker.file_fetch import fetch_file
from app.downloads.worker.file_work import run_in_thread
from app.downloads.worker.hashing import hash_file
from app.downloads.worker.install import install
from app.downloads.worker.limiter import Limiter
from app.downloads.worker.timing import Timing
from app.downloads.worker.wanted import Location, OnTraffic, Report, WantedFile
from app.downloads.worker.web import ConnectionBrokenError, Web, host_of

_CHUNK_BYTES = 64 << 10
# An answer that drips is none.
_ANSWER_READS = 5


async def read_small(
    url: str, *, most_bytes: int, web: Web, timing: Timing, on_bytes: Callable[[str, int], None]
) -> bytes:
    """Return a whole answer.

    Args:
        url: Of the file.
        most_bytes: A longer answer is none.
        web: The client.
        timing: Its waits.
        on_bytes: Called with the host and what came from it.

    Raises:
        AddressInsecure: It is not encrypted all the way.
        AnswerTooLong: There was more.
        FileUnavailable: The server refuses.
        AppError: The network.
    """
    try:
        async with asyncio.timeout(_ANSWER_READS * timing.read_s):
            return await _read(url, most_bytes, web, on_bytes)
    except TimeoutError:
        raise NetworkDown(host=host_of(url)) from None
    except ConnectionBrokenError as error:
        raise error.problem from None


async def _read(url: str, most_bytes: int, web: Web, on_bytes: Callable[[str, int], None]) -> bytes:
    content = bytearray()
    async with web.get(
        url, {}, first=0, stop=most_bytes + 1, on_host=lambda host: on_bytes(host, 0)
    ) as answer:
        host = host_of(str(answer.url))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            raise LoginPage(host=host)
        if answer.status_code not in (200, 206):
            raise FileUnavailable(host=host, status=answer.status_code)
        async with contextlib.aclosing(answer.aiter_raw(_CHUNK_BYTES)) as chunks:
            async for chunk in chunks:
                on_bytes(host, len(chunk))
                content += chunk
                if len(content) > most_bytes:
                    raise AnswerTooLong(host=host, most_bytes=most_bytes)
    return bytes(content)


async def fetch_to(
    request: FetchUrl,
    *,
    web: Web,
    lanes: Lanes,
    limiter: Limiter,
    timing: Timing,
    report: Report,
    on_traffic: OnTraffic,
) -> None:
    """Have the file at its place, whole; what is there is not fetched again.

    Args:
        request: Which file, and where to.
        web: The client, which lets only encrypted addresses pass.
        lanes: Shared by all files, as is `limiter`.
        limiter: The person's limit.
        timing: All waits.
        report: Called about five times a second.
        on_traffic: Called with host and bytes when something came.

    Raises:
        FileUnavailable: The server refuses for good.
        WrongBytes: What came has another hash, or the server another file; nothing of it is kept.
        AppError: The disk or the network.
    """
    target = pathlib.Path(request.target)
    folder, wanted = target.parent, _wanted(request, target)
    if await _is_there(target, wanted):
        return
    await asyncio.to_thread(_make_room, folder, wanted)

    async def locate() -> Location:
        return Location(url=request.url, headers={}, bytes=None, sha256="")

    try:
        await fetch_file(
            wanted,
            locate=locate,
            web=web,
            lanes=lanes,
            limiter=limiter,
            timing=timing,
            report=report,
            on_traffic=on_traffic,
        )
    except (WrongBytes, PublishedFileChanged):
        _forget(wanted, with_part=True)
        raise WrongBytes(name=target.name) from None
    except HubRefused as refusal:
        facts = refusal.facts
        raise FileUnavailable(host=facts["host"], status=facts["status"]) from None
    with disk_errors(folder):
        await run_in_thread(lambda stop: install(wanted.part, target, stop, replaces=True))
    _forget(wanted, with_part=False)


def _wanted(request: FetchUrl, target: pathlib.Path) -> WantedFile:
    return WantedFile(
        name=target.name,
        bytes=request.bytes,
        sha256=request.sha256,
        part=target.with_name(f"{target.name}.part"),
        journal=target.with_name(f"{target.name}.json"),
        is_gguf=False,
    )


async def _is_there(target: pathlib.Path, wanted: WantedFile) -> bool:
    """Whether it was fetched before; a file with other content goes."""
    try:
        if target.stat().st_size == wanted.bytes:
            found = await hash_file(target, is_urgent=True, on_progress=lambda done, total: None)
            if found.sha256 == wanted.sha256:
                return True
        target.unlink()
    except (OSError, AppError):
        return False  # then it is fetched, and replaced
    return False


def _make_room(folder: pathlib.Path, wanted: WantedFile) -> None:
    with disk_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept_bytes = wanted.part.stat().st_size if wanted.part.exists() else 0
    check_room(folder, needed_bytes=max(0, wanted.bytes - kept_bytes), other_bytes=0)


def _forget(wanted: WantedFile, *, with_part: bool) -> None:
    paths = [wanted.journal, wanted.journal.with_suffix(".synced")]
    for path in [*paths, wanted.part] if with_part else paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
