"""Reads what strace wrote: which processes there were, and what sockets each of them wanted."""

import collections
import pathlib
import re
from collections.abc import Iterable

import msgspec

INTERNET = ("AF_INET", "AF_INET6")
IO_URING = "io_uring"
# What the roles of the program are called among people; the rest are programs.
_ROLES = {
    "tests.helpers.silence.session": "window",
    "--engine-worker": "engine",
    "--engine-probe": "engine probe",
    "--engine-speed": "speed probe",
    "--media-worker": "media worker",
    "--download-worker": "download worker",
    "--header-reader": "header reader",
    "--chat-reader": "chat reader",
    "--chat-writer": "chat writer",
}
_LINE = re.compile(r"(?P<thread>\d+) +(?P<rest>.*)")
_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(?P<rest>.*)")
_CHILD = re.compile(r"\) += (?P<child>\d+)")
_PROGRAM = re.compile(r'exec\w+\([^"]*"(?P<path>[^"]*)", \[(?P<arguments>.*?)\]')
_FAMILY = re.compile(r"\b[AP]F_[A-Z0-9]+|\bsa_family=(?P<name>[A-Z0-9_]+)")
_MAKES = ("socket(", "socketpair(")


class Process(msgspec.Struct, kw_only=True, eq=False):
    """One process, its threads included.

    Attributes:
        role: What it is called among people.
        sockets: Calls that asked for a socket, refused ones included, by family.
        addressed: Families of addresses in all other calls, and `IO_URING`.
    """

    role: str
    sockets: collections.Counter[str] = msgspec.field(default_factory=collections.Counter)
    addressed: collections.Counter[str] = msgspec.field(default_factory=collections.Counter)

    @property
    def internet_calls(self) -> int:
        """Those that could reach another machine."""
        families = (*INTERNET, IO_URING)
        return sum(self.sockets[name] + self.addressed[name] for name in families)


class Trace:
    """Processes in the order in which they came."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self._of_thread: dict[str, Process] = {}
        self._unfinished: dict[str, str] = {}

    def take(self, lines: Iterable[str]) -> "Trace":
        """Read those lines."""
        for line in lines:
            if match := _LINE.fullmatch(line.rstrip("\n")):
                self._take(match["thread"], match["rest"])
        return self

    def _take(self, thread: str, words: str) -> None:
        if words.endswith(_UNFINISHED):
            # A program that starts is another role at once; the rest waits for its answer.
            self._unfinished[thread] = words.removesuffix(_UNFINISHED)
            return
        if resumed := _RESUMED.match(words):
            words = self._unfinished.pop(thread, "") + resumed["rest"]
        process = self._process(thread)
        if words.startswith("exec"):
            self._begins(process, words)
        elif words.startswith(("clone", "fork", "vfork")):
            if child := _CHILD.search(words):
                self._has_child(process, child["child"], is_thread="CLONE_THREAD" in words)
        elif words.startswith("io_uring_setup("):
            process.addressed[IO_URING] += 1
        elif family := _FAMILY.search(words):
            kind = process.sockets if words.startswith(_MAKES) else process.addressed
            kind[family["name"] or family.group()] += 1

    def _process(self, thread: str) -> Process:
        if thread not in self._of_thread:
            self._of_thread[thread] = self._new("?")
        return self._of_thread[thread]

    def _new(self, role: str) -> Process:
        self.processes.append(Process(role=role))
        return self.processes[-1]

    def _begins(self, process: Process, words: str) -> None:
        match = _PROGRAM.match(words)
        if not match or not words.endswith("= 0"):  # looked for along the PATH
            return
        arguments = re.findall(r'"([^"]*)"', match["arguments"])
        known = [_ROLES[word] for word in arguments if word in _ROLES]
        process.role = known[0] if known else pathlib.PurePath(match["path"]).name

    def _has_child(self, parent: Process, child: str, *, is_thread: bool) -> None:
        """Its first calls may have been seen before its parent knew of it."""
        early = self._of_thread.get(child)
        if is_thread:
            self._of_thread[child] = parent
            if early is not None:
                parent.sockets += early.sockets
                parent.addressed += early.addressed
                self.processes.remove(early)
        elif early is None:
            self._of_thread[child] = self._new(parent.role)
        elif early.role == "?":
            early.role = parent.role


def by_role(processes: Iterable[Process]) -> dict[str, list[Process]]:
    """Processes by their role, in the order in which the first of each came."""
    roles: dict[str, list[Process]] = {}
    for process in processes:
        roles.setdefault(process.role, []).append(process)
    return roles
