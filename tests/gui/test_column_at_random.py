"""Whatever is done in a long chat, the screen is full of messages in order, and views are few."""

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.helpers.kept_chats import answer, question
from tests.helpers.long_talk import FIRST_ID, LongTalk, long_messages, shaped

MOST_VIEWS = 100
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


class Hand:
    """Does one thing after the other."""

    def __init__(self, talk: LongTalk, draw: random.Random) -> None:
        self.talk = talk
        self._draw = draw
        self._next_id = FIRST_ID + 10_000
        self.acts = (self.jump, self.scroll, self.size, self.step, self.go, self.add, self.branch)

    def jump(self) -> None:
        self.talk.bar.setValue(self._draw.randint(0, self.talk.bar.maximum()))

    def scroll(self) -> None:
        self.talk.bar.setValue(self.talk.bar.value() + self._draw.randint(-700, 700))

    def size(self) -> None:
        self.talk.desk.window.resize(self._draw.randint(300, 1200), self._draw.randint(400, 900))

    def step(self) -> None:
        self.talk.column.setFocus()
        focus = QApplication.focusWidget()
        key = self._draw.choice([Qt.Key.Key_Up, Qt.Key.Key_Down])
        self.talk.desk.qtbot.keyClick(focus, key, self._draw.choice([ALT, ALT | SHIFT]))

    def go(self) -> None:
        message = self._draw.choice(self.talk.chat.messages)
        self.talk.column.show_message(message.message_id, self._draw.choice([None, 0, 5]))

    def add(self) -> None:
        path = self.talk.chat.path
        message = self._message(path[-1].message_id)
        self.talk.chat.add(message)
        self.talk.column.add(len(path), message)

    def branch(self) -> None:
        row = self._draw.randrange(1, len(self.talk.chat.path))
        self.talk.chat.add(self._message(self.talk.chat.path[row - 1].message_id))
        self.talk.column.show_path(row)

    def _message(self, parent_id: int):
        self._next_id += 1
        make = self._draw.choice([question, answer])
        return make(self._next_id, shaped(self._next_id), parent_id)


@pytest.mark.parametrize("seed", range(4))
def test_the_screen_is_full_and_in_order(desk, seed):
    draw = random.Random(seed)
    talk = LongTalk(desk, long_messages(draw.choice([2, 60, 400])))
    hand = Hand(talk, draw)
    for number in range(60):
        draw.choice(hand.acts)()
        seen = list(talk.seen())
        assert seen == list(range(seen[0], seen[-1] + 1))
        assert len(talk.views()) < MOST_VIEWS
        if number % 10 == 0:
            talk.rest()
            places = talk.seen()
            first, last = next(iter(places)), list(places)[-1]
            end = places[last] + talk.view(last).height()
            assert first == 1 or places[first] < 100
            assert last == len(talk.chat.messages) or end > talk.column.viewport().height() - 100
