"""Names that lead out of the folder that they belong into, in whatever comes from elsewhere."""

import hashlib
import json
import pathlib
import tarfile
import threading
import zipfile
from collections.abc import Callable

import msgspec

from app.domain.errors import PackRefused
from app.exchange.writer_client import write_chats
from app.exchange.writer_protocol import ExportFormat, WriteOptions
from app.services.pack_unpacking import unpack
from tests.helpers.download_faults.desk import REPOSITORY, Desk, Workers
from tests.helpers.download_kit import job_of
from tests.helpers.errands import ErrandWindow
from tests.helpers.foreign_chats import PIXEL, conversation, node
from tests.helpers.hub import Hub, Pattern
from tests.helpers.kept_chats import chat_of
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import trying
from tests.helpers.publisher import LISTED_PACK, archive_with

_NAMES = (
    "../x.gguf",
    "a/../../../x.gguf",
    "{outside}/x.gguf",
    "..\\x.gguf",
    "C:\\x.gguf",
    "x.gguf:stream",
    "x\0y.gguf",
    "..",
    "con/x.gguf",
    "a/" * 60 + "../" * 62 + "x.gguf",
)


class _Desk(msgspec.Struct, kw_only=True):
    """What all tries share; the window is opened by the first that needs it."""

    hub: Hub
    workers: Workers
    window: ErrandWindow


def _download(desk: _Desk, name: str, inside: pathlib.Path) -> None:
    """A file of a repository; the real download worker."""
    files = {name: Pattern(1000)}
    one = Desk(desk.hub, inside, desk.workers)
    one.commit = desk.hub.add(REPOSITORY, files)
    one.job = job_of(REPOSITORY, one.commit, files)
    outcome = one.download()
    assert outcome == "UnsafeFileName", outcome


def _unpack(desk: _Desk, name: str, inside: pathlib.Path) -> None:
    """A file of a runtime pack, and one behind a link that leads out."""
    link = tarfile.TarInfo("lib")
    link.type, link.linkname = tarfile.SYMTYPE, str(inside.parent / "outside")
    for members in ([_member(name)], [(link, b""), _member("lib/x.gguf")]):
        archive = inside / "pack.tar"
        archive.write_bytes(archive_with(members))
        try:
            unpack(
                archive,
                inside / "pack",
                LISTED_PACK,
                stop=threading.Event(),
                on_progress=lambda _: None,
            )
        except PackRefused:
            continue
        raise AssertionError("it was unpacked")


def _member(name: str) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.size = 3
    return made, b"xxx"


def _import(desk: _Desk, name: str, inside: pathlib.Path) -> None:
    """A picture in an archive of chats, and a link there; the real window."""
    asked = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_0"}
    key = hashlib.sha256(str(inside).encode()).hexdigest()[:32]
    chat = conversation(node("q", None, "user", asked, "Q"), conversation_id=key, title=f"T {key}")
    path = inside / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("conversations.json", json.dumps([chat]))
        archive.writestr(zipfile.ZipInfo(f"{name}file_0-a.png"), PIXEL)
        link = zipfile.ZipInfo("file_0-d.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(inside.parent / "outside"))
    desk.window.do("bring_in", path=str(path))
    seen = desk.window.until(lambda s: s["import"], "the end of the import")
    assert f"T {key}" in seen["titles"], seen["import"]


def _export(desk: _Desk, name: str, inside: pathlib.Path) -> None:
    """A file for a chat with that title; the real writer."""
    target = inside / "out"
    target.mkdir()
    chat = chat_of(1, 1, "Q", "A", title=name)
    written = write_chats([chat], target, ExportFormat.MARKDOWN, WriteOptions(), is_folder=True)
    made = [path.relative_to(target).as_posix() for path in target.rglob("*")]
    assert made == list(written.names), f"it wrote {made}"


_DOORS: tuple[Callable[[_Desk, str, pathlib.Path], None], ...] = (
    *(_download, _unpack, _import, _export),
)


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Nothing may be beside the folder `inside` afterwards."""
    tally, workers = Tally(), Workers(folder)
    home = folder / "home"
    try:
        with Hub() as hub, ErrandWindow(home) as window:
            window.opened()
            desk = _Desk(hub=hub, workers=workers, window=window)
            for number in range(first_seed - 1, first_seed - 1 + count):
                door = _DOORS[number % len(_DOORS)]
                place = folder / f"place-{number}"
                (place / "inside").mkdir(parents=True)
                (place / "outside").mkdir()
                name = _NAMES[number // len(_DOORS) % len(_NAMES)]
                name = name.format(outside=place / "outside")
                before = _there(folder, place / "inside", home)
                with trying(tally, f"{door.__name__.strip('_')} {name[:40]!r}"):
                    door(desk, name, place / "inside")
                    came = _there(folder, place / "inside", home) - before
                    assert not came, f"outside there is {sorted(came)}"
            window.close()
    finally:
        workers.close()
    return tally


def _there(folder: pathlib.Path, *without: pathlib.Path) -> set[str]:
    """All that lies there, but for what lies in some folders."""
    return {
        str(path)
        for path in folder.rglob("*")
        if not any(path.is_relative_to(one) for one in without) and path.suffix != ".log"
    }


ROWS = (
    Row(
        number="F22",
        fault="names with ../, absolute, links, a:b, NUL: of models, packs, imported and exported",
        expected="nothing is written outside the folder; the rest of an import comes",
        tries=len(_NAMES) * len(_DOORS),
        tries_in_tests=len(_DOORS),
        run=_try,
    ),
)
