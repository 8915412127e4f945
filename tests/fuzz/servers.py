"""What a server, or whoever sits between, answers to a request for a file."""

import pathlib

import httpx2

from app.domain.downloads.retry import LONGEST_SERVER_WAIT_S, server_wait_s
from app.domain.errors import AddressInsecure, AppError
from app.downloads.worker.addresses import check_address
from app.downloads.worker.answer import UnfitAnswerError, check_answer, check_beginning
from app.downloads.worker.wanted import WantedFile
from tests.fuzz.target import Target

_NAMES = ("Content-Range", "Content-Length", "Content-Type", "Retry-After", "Date")
_WANTED = WantedFile(
    name="m.gguf",
    bytes=1000,
    sha256="0" * 64,
    part=pathlib.Path("0.part"),
    journal=pathlib.Path("0.json"),
    is_gguf=True,
)


def _fuzz(data: bytes) -> None:
    """A line for the status, then one for each header and what is behind them."""
    status, *values = data.split(b"\n", len(_NAMES) + 1)
    values += [b""] * (len(_NAMES) + 1 - len(values))
    headers = [(name, value) for name, value in zip(_NAMES, values, strict=False) if value]
    code = int(status) if status.isdigit() and len(status) == 3 else 206
    request = httpx2.Request("GET", "https://hub.example/m.gguf")
    answer = httpx2.Response(code, headers=headers, request=request)
    try:
        assert check_answer(answer, _WANTED, first=100) in (True, False)
        check_beginning(values[-1], answer, _WANTED)
    except UnfitAnswerError as error:
        assert isinstance(error.problem, AppError)  # noqa: PT017
        assert error.wait_s is None or 0 <= error.wait_s <= LONGEST_SERVER_WAIT_S  # noqa: PT017
    wait_s = server_wait_s(*(value.decode("latin-1") for value in values[3:5]))
    assert wait_s is None or 0 <= wait_s <= LONGEST_SERVER_WAIT_S
    try:
        check_address(values[-1].decode("utf-8", "replace"))
    except AddressInsecure as error:
        assert str(error)  # noqa: PT017


TARGET = Target(
    name="servers",
    promise="an answer is the part that was asked for, or it is refused with a reason",
    fuzz_one=_fuzz,
    words=(
        *(b"206\n", b"200\n", b"429\n", b"503\n", b"\n", b"bytes 100-199/1000", b"bytes 0-0/*"),
        *(b"text/html", b"Mon, 30 Nov 2026 09:00:00 GMT", b"-9999999999999", b"+0000", b"1" * 5000),
        *(
            b"https://",
            b"http://127.0.0.1",
            b"[::1]",
            b"user:pw@",
            b"%00",
            b"GGUF",
            b"<html>",
            b"60",
        ),
    ),
)
