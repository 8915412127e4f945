"""Databases of every earlier version, and of a later one, opened by the real window."""

import pathlib
import shutil

from app.store.schema import newest_version
from app.store.store import Store
from tests.helpers.damage import make_newer
from tests.helpers.errands import ErrandWindow
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import LostError, trying
from tests.helpers.old_database import DATABASES, fill


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    tally = Tally()
    versions = [path.stem.rpartition("-")[2] for path in sorted(DATABASES.glob("*.db"))]
    for number in range(count):
        version = [*versions, "next"][(first_seed - 1 + number) % (len(versions) + 1)]
        home = folder / str(number)
        with trying(tally, f"a database of version {version}"):
            if version == "next":
                _refuse_newer(home)
            else:
                _take_over(home, DATABASES / f"chats-{version}.db")
    tally.figures.append(f"version {', '.join(versions)}, and a later one than {newest_version()}")
    return tally


def _take_over(home: pathlib.Path, old: pathlib.Path) -> None:
    """All that somebody had is there, and goes on."""
    (home / "data").mkdir(parents=True)
    shutil.copyfile(old, home / "data" / "chats.db")
    wanted = _contents(home / "wanted", is_new=True)
    with ErrandWindow(home) as window:
        seen = window.opened()
        assert not seen["problem"], seen["problem"]
        window.do("show_chat", title="Winds")
        window.until(lambda s: s["is_loaded"] and s["messages"], "an old chat")
        window.ask_shortly("And now?")
        window.close()
    have = _contents(home / "data")
    lost = {n for n, words in wanted.items() if have.get(n) != words}
    if lost:
        raise LostError(f"messages {sorted(lost)}")
    assert len(have) == len(wanted) + 2, "the new question is not there"


def _contents(folder: pathlib.Path, *, is_new: bool = False) -> dict[int, str]:
    """The words of all messages; of a new database what the old ones were filled with."""
    with Store(folder) as store:
        if is_new:
            fill(store)
        assert not store.problems()
        chats = [store.chats.load(info.chat_id) for info in store.chats.infos()]
    return {message.message_id: message.text for chat in chats for message in chat.messages}


def _refuse_newer(home: pathlib.Path) -> None:
    """It stays as it is, one sentence says why nothing is kept, and a chat is had all the same."""
    path = home / "data" / "chats.db"
    with Store(path.parent) as store:
        fill(store)
    make_newer(path)
    before = path.read_bytes()
    with ErrandWindow(home) as window:
        seen = window.opened()
        assert seen["problem"] == "ChatsTooNew", seen["problem"]
        assert seen["error"], "it does not say why"
        window.ask_shortly("Hi")
        window.close()
    if path.read_bytes() != before:
        raise LostError("it was changed")


ROWS = (
    Row(
        number="F25",
        fault="a database of each earlier version, and of a later one",
        expected="all of the old one is there and goes on; the later one stays as it is",
        tries=len(list(DATABASES.glob("*.db"))) + 1,
        tries_in_tests=len(list(DATABASES.glob("*.db"))) + 1,
        run=_try,
    ),
)
