"""The window where its folder is not what it should be."""

import contextlib
import pathlib
from collections.abc import Callable

import msgspec

from tests.helpers.errands import ErrandWindow
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import LostError, NoDiskError, small_disk, trying

_QUESTION = "Say hello to the sea."


class _Home(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of folder.

    Attributes:
        make: Prepares an empty folder; returns the home and variables of the environment.
        keeps: Chats are there at the next start; else one sentence says why not.
        options: Of the disk on which it lies; "" is the one that everything lies on.
        is_read_only: That disk is, when the window starts.
    """

    name: str
    make: Callable[[pathlib.Path], pathlib.Path | None] = lambda folder: folder / "home"
    keeps: bool = True
    options: str = ""
    is_read_only: bool = False


def _file_for_home(folder: pathlib.Path) -> pathlib.Path:
    (folder / "file").touch()
    return folder / "file" / "home"


def _file_for(*names: str) -> Callable[[pathlib.Path], pathlib.Path]:
    def make(folder: pathlib.Path) -> pathlib.Path:
        (folder / "home").mkdir()
        for name in names:
            (folder / "home" / name).touch()
        return folder / "home"

    return make


def _link_for(name: str, target: str) -> Callable[[pathlib.Path], pathlib.Path]:
    def make(folder: pathlib.Path) -> pathlib.Path:
        home = folder / "home"
        (folder / "elsewhere").mkdir()
        link = home / name if name else home
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(folder / target if target != name else pathlib.Path(name))
        return home

    return make


def _fill(folder: pathlib.Path) -> pathlib.Path:
    with contextlib.suppress(OSError), (folder / "large").open("wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
    return folder / "home"


_HOMES = (
    _Home(name="a file in place of the home", make=_file_for_home, keeps=False),
    _Home(name="a read-only disk", options="size=8m,ro", keeps=False, is_read_only=True),
    _Home(name="a full disk", options="size=64k", make=_fill, keeps=False),
    _Home(name="a file in place of the data folder", make=_file_for("data"), keeps=False),
    _Home(name="files in place of all other folders", make=_file_for("config", "cache", "logs")),
    _Home(name="the home is a link", make=_link_for("", "elsewhere")),
    _Home(name="the data folder is a link", make=_link_for("data", "elsewhere")),
    _Home(name="the data folder is a link to nothing", make=_link_for("data", "no"), keeps=False),
    _Home(name="the data folder is a link to itself", make=_link_for("data", "data"), keeps=False),
    _Home(name="nobody's home, without --home", make=lambda folder: None),
    _Home(name="a disk with room for five more files", options="nr_inodes=6", keeps=False),
    _Home(name="a disk of one megabyte", options="size=1m"),
)


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Ask on each; ask what was kept at a second start."""
    tally = Tally()
    for number in range(count):
        home = _HOMES[(first_seed - 1 + number) % len(_HOMES)]
        place = folder / str(number)
        place.mkdir()
        try:
            disk = small_disk(place, home.options) if home.options else contextlib.nullcontext()
            with disk, trying(tally, home.name):
                _use(home, place, folder / f"nobody-{number}")
        except NoDiskError as error:
            tally.figures.append(f"not tried: {home.name}: {error}")
    return tally


def _use(home: _Home, folder: pathlib.Path, nobody: pathlib.Path) -> None:
    path = home.make(folder) if not home.is_read_only else folder / "home"
    environment = {"HOME": str(nobody / "home")}
    with ErrandWindow(path, environment=environment) as window:
        seen = window.opened()
        is_told = bool(seen["problem"] and seen["error"])
        assert is_told != home.keeps, f"it says “{seen['error']}” ({seen['problem']})"
        answer = window.ask_shortly(_QUESTION)["messages"][-1]["text"]
        window.close()
    with ErrandWindow(path, environment=environment) as window:
        seen = window.until(lambda s: s["is_open"] and (s["is_loaded"] or not s["titles"]), "chats")
        kept = [m["text"] for m in seen["messages"]]
        if home.keeps and kept != [_QUESTION, answer]:
            raise LostError(f"kept was {len(kept)} messages")
        assert home.keeps or not kept, "it was kept after all"
        window.close()


ROWS = (
    Row(
        number="F20",
        fault="the home is read-only, full, without inodes, a file, a link or missing",
        expected="a chat all the same; it is kept, or one sentence says why not",
        tries=len(_HOMES),
        tries_in_tests=1,
        run=_try,
    ),
)
