"""A person's chats of many years: 100,000 messages, 100 MB of words in 1,000 chats.

Words have the frequency of a natural language; every twentieth message is in Chinese. Opening is
against plain SQLite reading the same rows, searching against SQLite's LIKE. Sending a question is
in a store of 10,000 chats against one of 10. The others have no base. Chats are deleted without
copies and with as many as are kept.
"""

import contextlib
import datetime as dt
import itertools
import pathlib
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator

import msgspec
import psutil

from app.domain.chat import Role, TextPart
from app.domain.kept_chat import ChatInfo, ChatMessage, KeptChat, MessageState
from app.store.store import Store
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures, interleaved

PAIRS = 7
_CHATS, _CHAT_MESSAGES = 1000, 100
_MANY_CHATS, _FEW_CHATS, _SENDS = 10_000, 10, 20
_COPIES = 7
_VOCABULARY, _HAN = 60_000, 3000
_BEGAN_MS = 1_700_000_000_000
_NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
_QUICK = Limit("ours", "<=", 0.3)
_KINDS = ("rare", "common", "letter", "prefix", "chinese", "two", "letter_and_rare")


def run(pairs: int) -> list[Figure]:
    """Measure so many pairs of each; making the store takes half a minute."""
    language = Language()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        large = folder / "large"
        before = psutil.Process().memory_info().rss
        with Store(large) as store:
            added_s = _seconds(lambda: large_store(store, language))
        opening = interleaved(pairs, lambda _: _open(large), lambda _: _open_plainly(large))
        searching = _search(large, language, pairs)
        grown_mb = (psutil.Process().memory_info().rss - before) / 1e6
        sending = _send(folder, language, pairs)
        deleting = _delete_and_copy(large, pairs)
        indexing_s = _index(large)
    return [
        *figures(_alone(added_s), Spec("chat_store.add", "s")),
        *figures(
            opening,
            Spec("chat_store.open", "s", _QUICK),
            Spec("chat_store.load", "s", _QUICK),
        ),
        *figures(searching, *(Spec(f"chat_store.find_{kind}", "s", _QUICK) for kind in _KINDS)),
        *figures(_alone(grown_mb), Spec("chat_store.memory", "MB", Limit("ours", "<=", 100))),
        *figures(sending, Spec("chat_store.send", "s", Limit("ratio", "<=", 1.5))),
        *figures(
            deleting,
            Spec("chat_store.delete", "s", Limit("ours", "<=", 1.0)),
            Spec("chat_store.copy", "s", Limit("ours", "<=", 2.0)),
            Spec("chat_store.delete_in_copies", "s", Limit("ours", "<=", 3.0)),
        ),
        *figures(
            _alone(*indexing_s),
            Spec("chat_store.index", "s"),
            Spec("chat_store.index_part", "s", _QUICK),
        ),
    ]


class Language:
    """Words that were never written, as often as words are: the n-th is 1 / n of the first."""

    def __init__(self) -> None:
        self._draw = random.Random(1)
        ends = [*"aeiou", "an", "er", "in", "on", "est"]
        syllables = [first + end for first in "bcdfghjklmnprstvw" for end in ends]
        found: dict[str, None] = {}
        while len(found) < _VOCABULARY:
            count = self._draw.choice((1, 1, 2, 2, 2, 3, 3, 4))
            found["".join(self._draw.choices(syllables, k=count))] = None
        self.words = sorted(list(found)[:300], key=len) + list(found)[300:]
        self.han = [chr(0x4E00 + i) for i in self._draw.sample(range(20_000), _HAN)]
        self._weights = list(itertools.accumulate(1 / (n + 2.7) for n in range(_VOCABULARY)))

    def text(self, number: int) -> str:
        """About a thousand bytes."""
        if number % 20 == 7:
            return "".join(self._draw.choices(self.han, cum_weights=self._weights[:_HAN], k=300))
        words = self._draw.choices(self.words, cum_weights=self._weights, k=165)
        quoted = f" — “{words[0]}”." if number % 3 == 0 else "."
        return " ".join(words).capitalize() + quoted

    def queries(self) -> dict[str, str]:
        """What is searched for, by kind."""
        common, rare = self.words[0], self.words[50_000]
        return dict(
            zip(
                _KINDS,
                (
                    rare,
                    common,
                    common[0],
                    common[:2],
                    "".join(self.han[:2]),
                    f"{common} {rare}",
                    f"{common[0]} {rare}",
                ),
                strict=True,
            )
        )


def large_store(
    store: Store, language: Language, *, chats: int = _CHATS, messages: int = _CHAT_MESSAGES
) -> None:
    """Fill a store with the chats of many years, each with so many messages."""
    store.chats.add(_chats(language, chats, messages))


def _chats(language: Language, chats: int, messages: int) -> Iterator[KeptChat]:
    for chat_id in range(1, chats + 1):
        first = (chat_id - 1) * messages + 1
        kept = tuple(
            _message(first + i, first + i - 1 if i else None, language.text(first + i))
            for i in range(messages)
        )
        yield KeptChat(info=_info(chat_id, first + messages - 1), messages=kept)


def _info(chat_id: int, leaf_id: int) -> ChatInfo:
    return ChatInfo(
        chat_id=chat_id,
        key=f"{chat_id:032x}",
        title=f"Chat {chat_id}",
        used_order=chat_id,
        leaf_id=leaf_id,
    )


def _message(message_id: int, parent_id: int | None, text: str) -> ChatMessage:
    return ChatMessage(
        message_id=message_id,
        parent_id=parent_id,
        role=Role.USER if message_id % 2 else Role.ASSISTANT,
        parts=(TextPart(text),),
        state=MessageState.DONE,
        created_ms=_BEGAN_MS + message_id,
    )


def _seconds(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def _alone(*row: float) -> list[tuple[Row, Row]]:
    return [(row, (0.0,) * len(row))]


def _open(folder: pathlib.Path) -> Row:
    """Until the list of chats is there, and until the newest chat is."""
    began_s = time.perf_counter()
    with Store(folder) as store:
        infos = store.chats.infos()
        listed_s = time.perf_counter()
        store.chats.load(infos[0].chat_id)
        return listed_s - began_s, time.perf_counter() - began_s


def _open_plainly(folder: pathlib.Path) -> Row:
    began_s = time.perf_counter()
    with contextlib.closing(sqlite3.connect(folder / "chats.db")) as plain:
        chats = plain.execute("SELECT * FROM chat ORDER BY used_order DESC").fetchall()
        listed_s = time.perf_counter()
        plain.execute("SELECT * FROM message WHERE chat_id = ?", chats[0][:1]).fetchall()
        return listed_s - began_s, time.perf_counter() - began_s


def _search(folder: pathlib.Path, language: Language, pairs: int) -> list[tuple[Row, Row]]:
    queries = language.queries().values()
    with Store(folder) as store, contextlib.closing(sqlite3.connect(folder / "chats.db")) as plain:

        def with_index(_: int) -> Row:
            return tuple(
                _seconds(lambda query=query: _must_find(store, query)) for query in queries
            )  # type: ignore[misc]

        def with_like(_: int) -> Row:
            return tuple(_seconds(lambda query=query: _like(plain, query)) for query in queries)  # type: ignore[misc]

        return interleaved(pairs, with_index, with_like)


def _must_find(store: Store, typed: str) -> None:
    if not store.chats.find(typed):
        raise BenchmarkError(f"nothing was found for {typed}")


def _like(plain: sqlite3.Connection, typed: str) -> None:
    words = typed.split()
    condition = " AND ".join(["parts LIKE ?"] * len(words))
    plain.execute(
        f"SELECT * FROM message WHERE {condition} ORDER BY message_id DESC LIMIT 100",
        [f"%{word}%" for word in words],
    ).fetchall()


def _send(folder: pathlib.Path, language: Language, pairs: int) -> list[tuple[Row, Row]]:
    """A question before it goes to the engine, and its answer when it has ended."""
    with Store(folder / "many") as many, Store(folder / "few") as few:
        many.chats.add(_chats(language, _MANY_CHATS, 2))
        few.chats.add(_chats(language, _FEW_CHATS, 2))

        def send(store: Store) -> Row:
            return (statistics.median(_send_once(store, language) for _ in range(_SENDS)),)

        return interleaved(pairs, lambda _: send(many), lambda _: send(few))


def _send_once(store: Store, language: Language) -> float:
    _, last, order = store.chats.last_ids()
    working = MessageState.WORKING
    asked = _message(last + 1, last, language.text(1))
    answered = msgspec.structs.replace(_message(last + 2, last + 1, language.text(1)))
    info = msgspec.structs.replace(_info(1, last + 2), used_order=order + 1)
    began = [msgspec.structs.replace(message, state=working) for message in (asked, answered)]
    return _seconds(lambda: (store.chats.put(info, *began), store.chats.put(info, asked, answered)))


def _delete_and_copy(folder: pathlib.Path, pairs: int) -> list[tuple[Row, Row]]:
    with Store(folder) as store:
        infos = iter(store.chats.infos()[_CHATS // 2 :])
        alone_s = [_seconds(lambda: store.delete_chats([next(infos)])) for _ in range(pairs)]
        days = [_NOON + dt.timedelta(days=day) for day in range(max(pairs, _COPIES))]
        copied_s = [_seconds(lambda day=day: store.back_up(day)) for day in days]  # type: ignore[misc]
        with_copies_s = [_seconds(lambda: store.delete_chats([next(infos)])) for _ in range(pairs)]
    return [(row, (0.0,) * 3) for row in zip(alone_s, copied_s, with_copies_s, strict=False)]


def _index(folder: pathlib.Path) -> Row:
    """Making the whole index anew after a copy was gone back to, and the longest step of it."""
    steps_s = []
    with Store(folder) as store:
        store.restore(store.backups.all()[0].path, _NOON + dt.timedelta(days=99))
        is_more = True
        while is_more:
            began_s = time.perf_counter()
            is_more = store.chats.index_more()
            steps_s.append(time.perf_counter() - began_s)
    return sum(steps_s), max(steps_s)
