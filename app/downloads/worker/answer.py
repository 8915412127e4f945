"""Whether an answer is the part of the file that was asked for."""

import re

import httpx2

from app.domain.downloads.retry import Move, move_for, server_wait_s
from app.domain.errors import (
    AppError,
    HubBusy,
    HubRefused,
    HubTrouble,
    LoginPage,
    ProxyFailed,
    PublishedFileChanged,
)
from app.downloads.worker.wanted import WantedFile

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")
_MOST_DIGITS = 15
_MAGIC = b"GGUF"
_BUSY_WAIT_S = 5.0


class UnfitAnswerError(Exception):
    """An answer that brings nothing.

    Attributes:
        problem: What to tell the person if it stays so.
        move: What to do.
        wait_s: How long the server asks to wait; None where it does not.
    """

    def __init__(self, problem: AppError, move: Move, wait_s: float | None = None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.move = move
        self.wait_s = wait_s


def check_answer(answer: httpx2.Response, wanted: WantedFile, *, first: int) -> bool:
    """Look at the head of an answer.

    Args:
        answer: To a request for the bytes from `first` on.
        wanted: The file.
        first: Where the answer has to begin.

    Returns:
        Whether it begins at `first`; otherwise the server ignored the range and sends everything.

    Raises:
        UnfitAnswerError: It is something else.
    """
    host, status, headers = (
        answer.url.netloc.decode("ascii", "replace"),
        answer.status_code,
        answer.headers,
    )
    trouble = UnfitAnswerError(HubTrouble(host=host, status=status), Move.AGAIN)
    if status == 511 or (status in (200, 206) and _is_page(headers)):
        raise UnfitAnswerError(LoginPage(host=host), Move.AGAIN)
    if status not in (200, 206):
        raise _refusal(status, headers, host)
    if headers.get("Content-Encoding", "identity") != "identity":
        raise trouble
    if status == 200:
        _check_total(headers.get("Content-Length", "*"), wanted)
        return False
    found = _RANGE.fullmatch(headers.get("Content-Range", ""))
    if not found:
        raise trouble
    _check_total(found[3], wanted)
    if int(found[1]) != first:
        raise trouble
    return True


def check_beginning(chunk: bytes, answer: httpx2.Response, wanted: WantedFile) -> None:
    """Look at a file's first bytes.

    Raises:
        UnfitAnswerError: They are those of a web page.
    """
    if not wanted.is_gguf or chunk.startswith(_MAGIC[: len(chunk)]):
        return
    # A part of the right file from the right place is no page: then the hash decides.
    if answer.status_code == 200 or chunk.lstrip()[:1] == b"<":
        host = answer.url.netloc.decode("ascii", "replace")
        raise UnfitAnswerError(LoginPage(host=host), Move.AGAIN)


def _refusal(status: int, headers: httpx2.Headers, host: str) -> UnfitAnswerError:
    move = move_for(status)
    wait_s = server_wait_s(headers.get("Retry-After", ""), headers.get("Date", ""))
    if status == 407:
        problem: AppError = ProxyFailed(reason="it wants a name and a password")
        return UnfitAnswerError(problem, Move.AGAIN)
    if move is Move.LOCATE:
        return UnfitAnswerError(HubRefused(host=host, status=status), move)
    if status == 429:
        wait_s = _BUSY_WAIT_S if wait_s is None else wait_s
        return UnfitAnswerError(HubBusy(host=host, wait_s=max(1, round(wait_s))), move, wait_s)
    return UnfitAnswerError(HubTrouble(host=host, status=status), move, wait_s)


def _check_total(said: str, wanted: WantedFile) -> None:
    if said.isdecimal() and (len(said) > _MOST_DIGITS or int(said) != wanted.bytes):
        raise UnfitAnswerError(PublishedFileChanged(name=wanted.name), Move.LOCATE)


def _is_page(headers: httpx2.Headers) -> bool:
    return bool(headers.get("Content-Type", "").startswith("text/html"))
