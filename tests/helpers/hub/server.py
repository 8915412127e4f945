"""A web server of threads that can do wrong: cut, stall, crawl and flip bytes.

Not `http.server.HTTPServer`: its loop polls, and it can neither be stopped at once nor begun again.
"""

import contextlib
import itertools
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import msgspec

from tests.helpers.hub.content import PIECE_BYTES, piece_of
from tests.helpers.hub.faults import Fault, Origin
from tests.helpers.hub.log import Logged
from tests.helpers.hub.reply import Reply, forced_reply, spoil
from tests.helpers.hub.state import State

_HOST = "127.0.0.1"
# Slow answers come in pieces of so long; small ones would cost more than they send.
_PIECE_S = 0.02
# What lies in the system's buffers was sent by the log's count and never arrives after a cut.
_SEND_BUFFER_BYTES = 1 << 18


class Asked(msgspec.Struct, kw_only=True):
    """A request; the names of its headers are in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[State, Asked, Fault], Reply]


class Server:
    """One origin: listens on a port of its own, which it keeps when it is stopped and started."""

    def __init__(self, origin: Origin, state: State, answer: Answer) -> None:
        self.origin: Origin = origin
        self.state = state
        self.answer = answer
        self.closing = threading.Event()
        self.broken: list[BaseException] = []
        self._port = 0
        self._listener: socket.socket
        self._threads: set[threading.Thread] = set()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://{_HOST}:{self._port}"

    def start(self) -> None:
        """Listen."""
        self.closing.clear()
        self._listener = socket.create_server((_HOST, self._port), backlog=64)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        self._port = self._listener.getsockname()[1]
        self._run(self._accept)

    def stop(self) -> None:
        """Hang up on everybody and listen no more."""
        self.closing.set()
        with socket.create_connection((_HOST, self._port)):
            pass  # wakes the thread that accepts
        with self._lock:
            for connection in self._connections:
                _hang_up(connection)
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def _accept(self) -> None:
        with self._listener:
            while True:
                connection, address = self._listener.accept()
                if self.closing.is_set():
                    connection.close()
                    return
                self._run(lambda c=connection, a=address: self._serve(c, a))

    def _run(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001  a defect of the hub, told by its owner
                self.broken.append(error)
            finally:
                with self._lock:
                    self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=run, name=f"test-{self.origin}", daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def _serve(self, connection: socket.socket, address: tuple[str, int]) -> None:
        with self._lock:
            self._connections.add(connection)
            if self.closing.is_set():
                _hang_up(connection)
        try:
            _Connection(connection, address, self)
        except OSError:
            pass  # the client went away
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()


class _Connection(BaseHTTPRequestHandler):
    """Answers all requests of one connection while it is made."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = None

    def log_message(self, *args: object) -> None:
        """The hub has a log of its own."""

    def _handle(self) -> None:
        server, state = self.server, self.server.state
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        entry = Logged(
            origin=server.origin,
            method=self.command,
            path=self.path,
            range=self.headers.get("Range", ""),
            had_auth="Authorization" in self.headers or state.token in self.path,
            headers=tuple(self.headers.items()),
        )
        state.log.begin(entry)
        is_ranged = bool(entry.range)
        fault = state.faults.take(server.origin, self.command, self.path, is_ranged=is_ranged)
        if fault.delay_s and server.closing.wait(fault.delay_s):
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(method=self.command, target=self.path, headers=headers, body=body)
        reply = forced_reply(fault) or server.answer(state, asked, fault)
        spoil(reply, fault)
        try:
            self._send(reply, fault, entry)
        finally:
            state.log.change(entry, is_over=True)

    do_GET = do_HEAD = do_POST = _handle  # noqa: N815

    def _send(self, reply: Reply, fault: Fault, entry: Logged) -> None:
        self.server.state.log.change(entry, status=reply.status)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers:
            self.send_header("Connection", "close")  # sets `close_connection` too
        self.end_headers()
        if self.command == "HEAD":
            return
        end_bytes = reply.length_bytes
        if fault.cut_after_bytes is not None:
            end_bytes = min(end_bytes, fault.cut_after_bytes)
        marks = sorted({0, min(end_bytes, fault.stall_after_bytes or 0), end_bytes})
        for first, last in itertools.pairwise(marks):
            if first == (fault.stall_after_bytes or 0) and fault.stall_s:
                self.server.closing.wait(fault.stall_s)
            self._send_part(reply, first, last, fault, entry)
        if fault.cut_after_bytes is not None:
            self._cut(fault)

    def _send_part(self, reply: Reply, first: int, last: int, fault: Fault, entry: Logged) -> None:
        offset, end, due_s = reply.start + first, reply.start + last, time.monotonic()
        while offset < end:
            # Looked at for every piece, so that an answer under way can be sped up.
            rate = fault.bytes_per_s or self.server.state.bytes_per_s_per_connection
            most_bytes = max(1, min(PIECE_BYTES, int(rate * _PIECE_S))) if rate else PIECE_BYTES
            piece = piece_of(reply.content, offset, min(end, offset + most_bytes))
            self._send_piece(_flipped(piece, fault.wrong_byte_at, offset), entry)
            offset += len(piece)
            if rate:
                due_s += len(piece) / rate
                self.server.closing.wait(max(0.0, due_s - time.monotonic()))

    def _send_piece(self, piece: memoryview, entry: Logged) -> None:
        if self.server.closing.is_set():
            raise ConnectionAbortedError  # before somebody is hung up on, a wait may have ended
        log, left = self.server.state.log, len(piece)
        log.change(entry, sent=left)  # before the client can know that it has all of it
        try:
            while left:
                left -= self.connection.send(piece[-left:])
        except OSError:
            log.change(entry, sent=-left)
            raise

    def _cut(self, fault: Fault) -> None:
        if fault.resets:
            now = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
            self.rfile.close()
            self.connection.close()
        self.close_connection = True


def _flipped(piece: memoryview, at: int | None, offset: int) -> memoryview:
    if at is None or not offset <= at < offset + len(piece):
        return piece
    copy = bytearray(piece)
    copy[at - offset] ^= 0xFF
    return memoryview(copy)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is gone already
        connection.shutdown(socket.SHUT_RDWR)
