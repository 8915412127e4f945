"""Files and folders with names that programs stumble over."""

import hashlib
import pathlib

from app.domain.file_names import shown_name
from tests.helpers.errands import ErrandWindow
from tests.helpers.foreign_chats import own_chat, own_file, write_json
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import LostError, trying

_LONGEST = 250
_NAMES = (
    "文書 一",
    "🦙🏔 e\u0301t\u0301e",
    "שלום עולם",
    "two  words ",
    "100%25 %s %n {0}",
    'it\'s a "quote"',
    "x" * _LONGEST,
    "dot.",
    "CON",
    "-rf --home",
    "#a?b&c=d;e",
    "\\\\?\\C:\\x",
)
_DEEDS = 4
_WORDS = "The wind went over the plain."


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Use a home of that name, and in its window import, export and attach what is named so."""
    tally = Tally()
    for number in range(0, count, _DEEDS):
        name = _NAMES[((first_seed - 1) * _DEEDS + number) // _DEEDS % len(_NAMES)]
        place = folder / str(number)
        place.mkdir()
        shown = name if len(name) < 40 else f"{len(name)} characters"
        home = place / name
        with ErrandWindow(home) as window:
            with trying(tally, f"a home named {shown}"):
                window.opened()
                window.ask_shortly("Hi")
            deeds = (_import, _export, _attach)[: count - number - 1]
            for deed in deeds:
                with trying(tally, f"{deed.__name__.strip('_')} a file named {shown}"):
                    deed(window, place, name)
            with trying(tally, f"closing a home named {shown}"):
                tally.tried -= 1
                window.close()
                if not (home / "data" / "chats.db").is_file():
                    raise LostError("nothing is in the home")
    return tally


def _file(folder: pathlib.Path, name: str, suffix: str) -> pathlib.Path:
    """As close to the name as the file system lets a file with that ending be."""
    folder.mkdir()
    cut = name[: _LONGEST - len(suffix)]
    return folder / f"{cut}{suffix}"


def _import(window: ErrandWindow, folder: pathlib.Path, name: str) -> None:
    key = hashlib.sha256(name.encode()).hexdigest()[:32]
    path = _file(folder / "in", name, ".json")
    write_json(path, own_file(own_chat(key=key, title="From a file")))
    window.do("bring_in", path=str(path))
    seen = window.until(lambda s: s["import"], "the end of the import")
    assert seen["import"] == "1 chat came from Cierzo.", seen["import"]
    assert "From a file" in seen["titles"]


def _export(window: ErrandWindow, folder: pathlib.Path, name: str) -> None:
    path = _file(folder / "out", name, ".md")
    window.do("export", path=str(path), file_format="md")
    window.until(lambda s: s["export"], "the end of the export")
    there = [one.name for one in path.parent.iterdir()]
    assert there == [path.name], f"in the folder is {there}"
    assert "Hi" in path.read_text(encoding="utf-8")


def _attach(window: ErrandWindow, folder: pathlib.Path, name: str) -> None:
    path = _file(folder / "notes", name, ".txt")
    path.write_text(_WORDS, encoding="utf-8")
    window.do("attach", path=str(path))
    seen = window.until(lambda s: s["draft"] and s["draft"][-1]["is_ready"], "the document")
    assert seen["draft"][-1]["name"] == shown_name(path.name), seen["draft"][-1]["name"]


ROWS = (
    Row(
        number="F21",
        fault="homes and files named in CJK, emoji, RTL, spaces, %, quotes, 250 characters, CON",
        expected="a home of that name works; so do import, export and attachments",
        tries=len(_NAMES) * _DEEDS,
        tries_in_tests=_DEEDS,
        run=_try,
    ),
)
