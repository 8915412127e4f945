"""A screen reader: knows the program only by what it says on the accessibility bus (AT-SPI).

`desktop` is what a screen reader needs around it: an X server and the buses of a session, all of
the test's own.
"""

import collections
import contextlib
import ctypes.util
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Properties,
    new_method_call,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_SERVICE = pathlib.Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
_ROOT = "/org/a11y/atspi/accessible/root"
_REGISTRY = "org.a11y.atspi.Registry"
_ENABLED, _SHOWING = 8, 25  # bits of AT-SPI's state set
_PATIENCE_S = 40.0
_TURN_S = 0.05


def missing() -> list[str]:
    """What this PC lacks for it, by Debian's names."""
    wanted = {
        "xvfb": shutil.which("Xvfb"),
        "dbus": shutil.which("dbus-daemon"),
        "at-spi2-core": _SERVICE.exists(),
        "libxcb-cursor0": ctypes.util.find_library("xcb-cursor"),
        "libxcb-icccm4": ctypes.util.find_library("xcb-icccm"),
        "libxcb-keysyms1": ctypes.util.find_library("xcb-keysyms"),
        "libxkbcommon-x11-0": ctypes.util.find_library("xkbcommon-x11"),
    }
    return [package for package, is_there in wanted.items() if not is_there]


@contextlib.contextmanager
def desktop(screen_px: str = "1280x900") -> "Iterator[tuple[dict[str, str], ScreenReader]]":
    """Start one with a screen reader; everything of it ends with the block.

    Yields:
        The environment of programs that are started in it, and the screen reader.
    """
    with screen(screen_px) as environment:
        address = _switch_on(environment["DBUS_SESSION_BUS_ADDRESS"])
        with _connection(address) as bus:
            yield environment, ScreenReader(bus)


@contextlib.contextmanager
def screen(screen_px: str = "1280x900") -> Iterator[dict[str, str]]:
    """An X server and the bus of a session, both at files: so they can be reached without network.

    Yields:
        The environment of programs that are started in it.
    """
    with contextlib.ExitStack() as stack:
        # Sockets have short names: the test's own folder would be too long.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-"))
        environment = {**os.environ, "XDG_RUNTIME_DIR": folder, "QT_QPA_PLATFORM": "xcb"}
        reading, writing = os.pipe()
        display = (
            "-screen",
            "0",
            f"{screen_px}x24",
            "-nolisten",
            "tcp",
            "-displayfd",
            f"{writing}",
        )
        server = _start(["Xvfb", *display], environment, passed=writing)
        stack.callback(_end, server)
        os.close(writing)
        with os.fdopen(reading) as number:
            environment["DISPLAY"] = f":{number.readline().strip()}"
        place = f"--address=unix:path={folder}/bus"
        bus = _start(
            ["dbus-daemon", "--session", "--nofork", "--print-address", place], environment
        )
        stack.callback(_end, bus)
        assert bus.stdout
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        yield environment


def _start(
    command: list[str], environment: dict[str, str], passed: int | None = None
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        env=environment,
        pass_fds=() if passed is None else (passed,),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    with process:
        process.wait(20)


def _connection(address: str) -> contextlib.closing[DBusConnection]:
    return contextlib.closing(open_dbus_connection(address, auth_timeout=_PATIENCE_S))


def _switch_on(session: str) -> str:
    """Say that there is a screen reader, as one does; returns the address of its bus."""
    with _connection(session) as connection:
        place = {"object_path": "/org/a11y/bus", "bus_name": "org.a11y.Bus"}
        status = Properties(DBusAddress(**place, interface="org.a11y.Status"))
        for switch in ("IsEnabled", "ScreenReaderEnabled"):
            _answer(connection, status.set(switch, "b", True))
        bus = DBusAddress(**place, interface="org.a11y.Bus")
        (address,) = _answer(connection, new_method_call(bus, "GetAddress"))
        return str(address)


def _answer(connection: DBusConnection, message: Message) -> tuple[Any, ...]:
    reply = connection.send_and_get_reply(message, timeout=_PATIENCE_S)
    if reply.header.message_type is MessageType.error:
        raise LookupError(reply.header.fields[HeaderFields.error_name], *reply.body)
    return tuple(reply.body)


class ScreenReader:
    """Reads and uses one program; hears what it announces."""

    def __init__(self, bus: DBusConnection) -> None:
        self._bus = bus
        self.heard: list[str] = []
        registry = DBusAddress("/org/a11y/atspi/registry", _REGISTRY, _REGISTRY)
        event = ("object:announcement", [], "")
        _answer(self._bus, new_method_call(registry, "RegisterEvent", "sass", event))
        rule = MatchRule(
            type="signal", interface="org.a11y.atspi.Event.Object", member="Announcement"
        )
        _answer(self._bus, message_bus.AddMatch(rule))
        self._announcements: collections.deque[Message] = collections.deque()
        self._filter = self._bus.filter(rule, queue=self._announcements)

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        """Listen until it holds.

        Returns:
            What `condition` returned then.

        Raises:
            TimeoutError: It never did; `what` says what was waited for.
        """
        deadline_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline_s:
            with contextlib.suppress(LookupError):  # what is read may just be going away
                if found := condition():
                    return found
            self._listen()
        raise TimeoutError(what)

    def program(self, name: str) -> "Thing":
        """The program's own entry among all."""
        desktop = Thing(self._bus, _REGISTRY, _ROOT)
        return self.wait(
            lambda: next((child for child in desktop.children() if child.name == name), None), name
        )

    def _listen(self) -> None:
        with contextlib.suppress(TimeoutError):
            self._bus.recv_messages(timeout=_TURN_S)
        while self._announcements:
            self.heard.append(self._announcements.popleft().body[3][1])


@dataclass(frozen=True)
class Thing:
    """One thing that the program shows."""

    bus: DBusConnection
    owner: str
    path: str

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self._property("Accessible", "Name"))

    @property
    def identifier(self) -> str:
        """What it is called among programmers: the last word of Qt's path of names."""
        return str(self._property("Accessible", "AccessibleId")).rpartition(".")[2]

    @property
    def role(self) -> str:
        """What kind of thing it is."""
        return str(self._call("Accessible", "GetRoleName")[0])

    @property
    def is_showing(self) -> bool:
        """Whether it is on the screen."""
        return self._has(_SHOWING)

    @property
    def is_enabled(self) -> bool:
        """Whether it can be used now."""
        return self._has(_ENABLED)

    def children(self) -> list["Thing"]:
        """What is in it, in order."""
        (found,) = self._call("Accessible", "GetChildren")
        return [Thing(self.bus, owner, path) for owner, path in found]

    def walk(self) -> Iterator["Thing"]:
        """It and all that is in it and on the screen, in reading order."""
        yield self
        for child in self.children():
            if child.is_showing:
                yield from child.walk()

    def find(self, identifier: str) -> "Thing | None":
        """The first of that name in it, on the screen or not."""
        if self.identifier == identifier:
            return self
        return next(filter(None, (child.find(identifier) for child in self.children())), None)

    def words(self) -> str:
        """Its text, or its name where it has none."""
        (interfaces,) = self._call("Accessible", "GetInterfaces")
        if "org.a11y.atspi.Text" in interfaces:
            return str(self._call("Text", "GetText", "ii", (0, -1))[0])
        return self.name

    def write(self, text: str) -> None:
        """Put words in."""
        assert self._call("EditableText", "SetTextContents", "s", (text,)) == (True,)

    def press(self) -> None:
        """Do what pressing it does."""
        (actions,) = self._call("Action", "GetActions")
        names = [name for name, _, _ in actions]
        number = next(names.index(name) for name in ("Press", "Toggle") if name in names)
        assert self._call("Action", "DoAction", "i", (number,)) == (True,)

    def _has(self, bit: int) -> bool:
        (words,) = self._call("Accessible", "GetState")
        return bool(words[bit // 32] >> bit % 32 & 1)

    def _property(self, interface: str, name: str) -> Any:
        ((_, value),) = _answer(self.bus, Properties(self._at(interface)).get(name))
        return value

    def _call(
        self, interface: str, method: str, signature: str | None = None, body: tuple[Any, ...] = ()
    ) -> tuple[Any, ...]:
        return _answer(self.bus, new_method_call(self._at(interface), method, signature, body))

    def _at(self, interface: str) -> DBusAddress:
        return DBusAddress(self.path, self.owner, f"org.a11y.atspi.{interface}")
