"""What a server does wrong, and to which requests."""

import re
import threading
from typing import Literal

import msgspec

Origin = Literal["hub", "cdn"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that goes wrong; several wrongs in one are done together.

    The first fault that matches a request is taken, the others do not see it.

    Attributes:
        method: Empty is any.
        path: A regular expression that is found in the request's path and query.
        only_ranged: Of requests for a part of a file.
        skip: So many matching requests are spared first.
        times: So many are hit then; 0 is all.
        status: Answered instead, with `headers` and nothing in it; `error` is its X-Error-Code.
        headers: Added to the answer, whatever it is.
        redirect_to: Answered as a 302.
        is_portal: A web page is answered instead.
        delay_s: Before the answer begins.
        cut_after_bytes: Of the body the connection is closed.
        resets: It is closed with a TCP RST, not in good order.
        stall_after_bytes: Of the body nothing comes for `stall_s`.
        bytes_per_s: How slowly the body comes.
        wrong_byte_at: The offset in the file of a byte that is flipped.
        ignores_range: The whole file is answered, with 200.
        shift_bytes: The part that is answered begins so much later, and says so.
        shorter_bytes: The body is so much shorter, and its length says so.
        has_no_length: The end of the body is the end of the connection.
        etag: ETag and X-Linked-Etag, without quotes.
        drops_headers: Are left out.
        size_bytes: What listings and X-Linked-Size say; the content stays as it is.
    """

    origin: Origin
    method: str = ""
    path: str = ""
    only_ranged: bool = False
    skip: int = 0
    times: int = 0
    status: int = 0
    error: str = ""
    headers: dict[str, str] = {}
    redirect_to: str = ""
    is_portal: bool = False
    delay_s: float = 0
    cut_after_bytes: int | None = None
    resets: bool = False
    stall_after_bytes: int | None = None
    stall_s: float = 0
    bytes_per_s: float = 0
    wrong_byte_at: int | None = None
    ignores_range: bool = False
    shift_bytes: int = 0
    shorter_bytes: int = 0
    has_no_length: bool = False
    etag: str = ""
    drops_headers: tuple[str, ...] = ()
    size_bytes: int | None = None


NONE = Fault(origin="hub")


class Faults:
    """Those that were ordered; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []
        self._seen: list[int] = []

    def add(self, fault: Fault) -> None:
        """Order one."""
        with self._lock:
            self._ordered.append(fault)
            self._seen.append(0)

    def clear(self) -> None:
        """Everything is well again."""
        with self._lock:
            self._ordered.clear()
            self._seen.clear()

    def take(self, origin: Origin, method: str, target: str, *, is_ranged: bool) -> Fault:
        """The fault that this request meets; `NONE` if it meets none."""
        with self._lock:
            for i, fault in enumerate(self._ordered):
                if (
                    fault.origin != origin
                    or fault.method not in ("", method)
                    or (fault.only_ranged and not is_ranged)
                    or not re.search(fault.path, target)
                    or (fault.times and self._seen[i] >= fault.skip + fault.times)
                ):
                    continue
                self._seen[i] += 1
                if self._seen[i] > fault.skip:
                    return fault
        return NONE
