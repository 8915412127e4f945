"""The first bytes of a published file, so that its header can be read before it is downloaded."""

import pathlib
from collections.abc import Callable

from app.domain.errors import (
    AppError,
    HubBusy,
    HubOverrun,
    HubRefused,
    HubTrouble,
    HubUnreachable,
    LoginNeeded,
    LoginPage,
    NetworkDown,
    PublishedFileChanged,
)
from app.downloads.worker.disk import disk_errors
from app.downloads.worker.wanted import Location
from app.downloads.worker.web import ConnectionBrokenError, Web, host_of

_CHUNK_BYTES = 64 << 10


async def save_start(
    location: Location,
    *,
    name: str,
    web: Web,
    length_bytes: int,
    target: pathlib.Path,
    on_bytes: Callable[[str, int], None],
) -> None:
    """Write the first bytes of a file, or all where it is shorter.

    Args:
        location: Where it is.
        name: Its published path, for the person.
        web: The client.
        length_bytes: At most so many.
        target: Made or replaced.
        on_bytes: Called with the host and what came from it.

    Raises:
        AppError: The server or the local disk.
    """
    if location.bytes is not None:
        length_bytes = min(length_bytes, location.bytes)
    host = host_of(location.url)
    done_bytes = 0
    with disk_errors(target.parent), target.open("wb") as file:
        try:
            async with web.get(
                location.url,
                location.headers,
                first=0,
                stop=length_bytes,
                on_host=lambda asked: on_bytes(asked, 0),
            ) as answer:
                host = host_of(str(answer.url))
                if answer.headers.get("Content-Type", "").startswith("text/html"):
                    raise LoginPage(host=host)
                if answer.status_code not in (200, 206):
                    raise HubRefused(host=host, status=answer.status_code)
                async for chunk in answer.aiter_raw(_CHUNK_BYTES):
                    file.write(chunk[: length_bytes - done_bytes])
                    done_bytes += len(chunk)
                    if done_bytes >= length_bytes:
                        break
        except ConnectionBrokenError as error:
            raise interactive(error.problem) from None
        finally:
            on_bytes(host, done_bytes)
    if done_bytes < length_bytes:
        raise PublishedFileChanged(name=name)


def interactive(problem: AppError) -> AppError:
    """Say the same where nobody waits for the network."""
    if isinstance(problem, NetworkDown):
        return HubUnreachable(host=problem.facts["host"])
    if isinstance(problem, HubTrouble):
        return HubRefused(host=problem.facts["host"], status=problem.facts["status"])
    if isinstance(problem, HubBusy):
        return HubOverrun(host=problem.facts["host"], wait_s=problem.facts["wait_s"])
    if isinstance(problem, LoginPage):
        return LoginNeeded(host=problem.facts["host"])
    return problem
