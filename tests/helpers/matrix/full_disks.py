"""The disk full while the window sends, streams, imports, downloads, exports, writes settings."""

import hashlib
import json
import os
import pathlib
import subprocess
from collections.abc import Callable

import msgspec

from app.store.store import Store
from tests.helpers.download_kit import job_of
from tests.helpers.errands import ErrandWindow, Seen, has_words, working
from tests.helpers.foreign_chats import own_chat, own_file, write_json
from tests.helpers.hub import Hub, Pattern
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import LostError, NoDiskError, small_disk, trying

_KB = 1 << 10
_MB = 1 << 20
# What is left on the disk; 8 MB more where the window has its ballast to give up.
_ROOMS = (
    *(0, 4 * _KB, 8 * _KB, 12 * _KB, 16 * _KB, 24 * _KB, 32 * _KB, 48 * _KB, 64 * _KB, 96 * _KB),
    *(128 * _KB, 192 * _KB, 256 * _KB, 384 * _KB, 512 * _KB, _MB, 2 * _MB, 3 * _MB, 4 * _MB),
    6 * _MB,
)
# The download worker leaves a gigabyte to others.
_ROOMY = "2g"
_CHATS = 60
_MODEL = Pattern(3 * _MB, seed=9)
_REPOSITORY = "acme/tiny-GGUF"
_OLD_EXPORT = b"what was exported before"


class _Desk:
    """A window on a small disk, and what has to be there in the end."""

    def __init__(self, window: ErrandWindow, disk: pathlib.Path, hub: Hub, seed: int) -> None:
        self.window = window
        self.home = disk / "home"
        self.seed = seed
        self._disk = disk
        self.files = {"tiny-Q4_K_M.gguf": _MODEL}
        self.job = job_of(_REPOSITORY, hub.add(_REPOSITORY, self.files), self.files)
        self.source = disk.parent / f"in-{seed}.json"
        chats = [_chat(seed, number) for number in range(_CHATS)]
        write_json(self.source, own_file(*chats))
        self.out = disk / "out.json"
        self.out.write_bytes(_OLD_EXPORT)
        self.settings: dict[str, object] = {}

    def fill(self, room_bytes: int) -> None:
        """Leave so much."""
        facts = os.statvfs(self._disk)
        used = (facts.f_blocks - facts.f_bfree) * facts.f_bsize
        self._resize(str(max(used + room_bytes, facts.f_bsize)))

    def free(self) -> None:
        """Make room."""
        self._resize(_ROOMY)

    def _resize(self, size: str) -> None:
        command = ["mount", "-o", f"remount,size={size}", self._disk]
        subprocess.run(command, check=True, capture_output=True)


def _chat(seed: int, number: int) -> dict[str, object]:
    key = hashlib.sha256(f"{seed} {number}".encode()).hexdigest()[:32]
    return own_chat(key=key, title=f"Imported {number}", system="Be kind. " * 2000)


def _send(desk: _Desk, room_bytes: int) -> None:
    """A question is on the disk before the model gets it, or comes back to the field."""
    window, text = desk.window, f"{desk.seed}: " + "The sea is wide. " * 200
    before = window.look()["count"]
    desk.fill(room_bytes)
    window.do("ask", text=text)
    seen = window.until(lambda s: s["error"] or _is_answered(s, before), "words or a sentence")
    desk.free()
    if seen["count"] == before:
        assert seen["typed"] >= len(text), "the question is gone"
        window.do("send")
    window.until(lambda s: _is_answered(s, before), "an answer once there is room")
    _stop(window)


def _stream(desk: _Desk, room_bytes: int) -> None:
    """Words go on coming, and are kept when there is room."""
    window = desk.window
    before = window.look()["count"]
    window.do("ask", text=f"{desk.seed}: tell me a very long story about the wind.")
    seen = window.until(lambda s: _is_answered(s, before), "words")
    desk.fill(room_bytes)
    length = len(seen["messages"][-1]["text"])
    window.until(lambda s: len(s["messages"][-1]["text"]) > length + 80 or not working(s), "more")
    seen = _stop(window)
    desk.free()
    if seen["error"]:
        window.do("retry")
    window.until(lambda s: not s["error"], "that it is kept once there is room")


def _import(desk: _Desk, room_bytes: int) -> None:
    """What came stays; the rest comes once there is room."""
    desk.fill(room_bytes)
    desk.window.do("bring_in", path=str(desk.source))
    desk.window.until(lambda s: s["import"], "the end of the import")
    desk.free()
    desk.window.do("bring_in", path=str(desk.source))
    seen = desk.window.until(lambda s: s["import"], "the end of the second import")
    missing = {f"Imported {number}" for number in range(_CHATS)} - set(seen["titles"])
    assert not missing, f"{len(missing)} chats did not come: {seen['import']}"


def _download(desk: _Desk, room_bytes: int) -> None:
    """It waits for room, and goes on when there is some."""
    path = desk.home / "data" / "models" / _REPOSITORY / "tiny-Q4_K_M.gguf"
    desk.fill(room_bytes)
    desk.window.do("download", job=msgspec.to_builtins(desk.job))
    seen = desk.window.until(lambda s: s["downloads"] and _rests(s), "that it waits")
    (download,) = seen["downloads"]
    assert not path.exists(), "it was installed without room"
    assert download["problem"] or download["state"] == "failed", "it does not say why"
    desk.free()
    desk.window.do("resume", job_id="job")
    desk.window.until(lambda s: s["downloads"][0]["state"] == "installed", "the model")
    assert path.stat().st_size == _MODEL.size_bytes


def _export(desk: _Desk, room_bytes: int) -> None:
    """The old file or the whole new one, and no part of one."""
    desk.fill(room_bytes)
    desk.window.do("export", path=str(desk.out), file_format="json")
    seen = desk.window.until(lambda s: s["export"], "the end of the export")
    content = desk.out.read_bytes()
    if content != _OLD_EXPORT and not _is_whole_export(content):
        raise LostError(f"the old file is gone, and the new one is not whole ({seen['export']})")
    desk.free()
    desk.window.do("export", path=str(desk.out), file_format="json")
    desk.window.until(lambda s: s["export"], "the end of the second export")
    assert _is_whole_export(desk.out.read_bytes()), "the second one is not whole"
    there = {path.name for path in desk.out.parent.iterdir()}
    assert there <= {"home", desk.out.name}, f"left over: {there}"


def _set(desk: _Desk, room_bytes: int) -> None:
    """It holds at once; the file is the old one or the new one, and written once there is room."""
    path = desk.home / "config" / "settings.json"
    before = json.loads(path.read_bytes()) if path.exists() else {}
    desk.fill(room_bytes)
    desk.window.do("set", name="density", value="compact")
    desk.window.do("set", name="reading_column", value="wide")
    if path.exists():
        lost = before.keys() - json.loads(path.read_bytes()).keys()
        assert not lost, f"the file lost {lost}"
    desk.free()
    desk.settings = {"density": "compact", "reading_column": "wide"}


_DEEDS: tuple[Callable[[_Desk, int], None], ...] = (
    *(_send, _stream, _import, _export, _set, _download),
)


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """For every room a window, which does one thing after the other, beginning with another."""
    tally = Tally()
    with Hub() as hub:
        for number in range(0, count, len(_DEEDS)):
            seed = first_seed + number // len(_DEEDS)
            try:
                with small_disk(folder / f"disk-{seed}", f"size={_ROOMY}") as disk:
                    _try_all(tally, seed, disk, hub, count - number)
            except NoDiskError as error:
                tally.unavailable = str(error)
                return tally
    return tally


def _try_all(tally: Tally, seed: int, disk: pathlib.Path, hub: Hub, most: int) -> None:
    room = _ROOMS[(seed - 1) % len(_ROOMS)]
    first = seed % len(_DEEDS)
    environment = {"HF_ENDPOINT": hub.url, "NO_PROXY": "127.0.0.1", "HOME": str(disk.parent)}
    with ErrandWindow(disk / "home", environment=environment) as window:
        window.opened()
        window.ask_shortly("Hello")
        desk = _Desk(window, disk, hub, seed)
        for deed in (*_DEEDS[first:], *_DEEDS[:first])[:most]:
            with trying(tally, f"seed {seed}, {deed.__name__.strip('_')}, {room >> 10} KiB left"):
                try:
                    deed(desk, room)
                finally:
                    desk.free()
        with trying(tally, f"seed {seed}, closing after {room >> 10} KiB left"):
            tally.tried -= 1
            seen = window.look()
            window.close()
            _compare(desk, seen)


def _compare(desk: _Desk, seen: Seen) -> None:
    """Everything that was on the screen is on the disk."""
    with Store(desk.home / "data") as store:
        problems = store.problems()
        infos = store.chats.infos()
        kept = {m.message_id: m for i in infos for m in store.chats.load(i.chat_id).messages}
    assert not problems, f"the check finds {problems}"
    shown = {m["id"]: m["text"] for m in seen["messages"]}
    if lost := [n for n, text in shown.items() if n not in kept or kept[n].text != text]:
        raise LostError(f"of {len(shown)} messages on the screen, {len(lost)}")
    if lost_chats := set(seen["titles"]) - {info.title for info in infos}:
        raise LostError(f"chats: {sorted(lost_chats)[:5]}")
    settings = json.loads((desk.home / "config" / "settings.json").read_bytes())
    assert settings.items() >= desk.settings.items(), "the settings were not written"


def _is_answered(seen: Seen, before: int) -> bool:
    return bool(seen["count"] > before + 1 and has_words(seen))


def _stop(window: ErrandWindow) -> Seen:
    window.do("stop")
    return window.until(lambda s: not working(s), "the end of the answer")


def _rests(seen: Seen) -> bool:
    return seen["downloads"][0]["state"] in ("waiting", "failed", "paused", "installed")


def _is_whole_export(content: bytes) -> bool:
    try:
        return len(json.loads(content)["chats"]) > 0
    except (ValueError, KeyError, TypeError):
        return False


ROWS = (
    Row(
        number="F9",
        fault="the disk full while sending, streaming, importing, downloading, exporting, settings",
        expected="nothing that was there is lost, a sentence, and all goes on once there is room",
        tries=len(_ROOMS) * len(_DEEDS),
        tries_in_tests=len(_DEEDS),
        run=_try,
    ),
)
