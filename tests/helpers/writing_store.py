"""A process that does to the chats of a folder what a person does, and says what is done.

`python -m tests.helpers.writing_store FOLDER SEED` writes one line for everything that is kept:
`asked ID CHAT`, `answered ID CHAT`; before and after it deletes `deleting CHAT`, `deleted CHAT`. It
goes on until somebody ends it, and deletes nothing where SEED is negative.
"""

import datetime as dt
import pathlib
import random
import sys

from app.domain.kept_chat import MessageState
from app.store.store import Store
from tests.helpers.kept_chats import answer, info_of, question

_WORKING = MessageState.WORKING
_NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def main(folder: pathlib.Path, seed: int) -> None:
    """Do it."""
    draw = random.Random(seed)
    with Store(folder) as store:
        last_chat, last_message, _ = store.chats.last_ids()
        for step in range(100_000):
            if draw.random() < 0.3:
                last_chat += 1
            info = info_of(max(1, last_chat - draw.randrange(2)))
            asked, answered = last_message + 1, last_message + 2
            last_message += 2
            words = [f"word{asked}x{i}" for i in range(draw.choice((3, 40, 900)))]
            asking = question(asked, f"q{asked} " + words[0], state=_WORKING)
            store.chats.put(info, asking, answer(answered, "", asked, _WORKING))
            _say("asked", asked, info.chat_id)
            for end in range(0, len(words), 100):
                store.chats.put_tail([answer(answered, " ".join(words[:end]), asked, _WORKING)])
            whole = answer(answered, f"a{answered} " + " ".join(words), asked)
            store.chats.put(info, question(asked, asking.text), whole)
            _say("answered", answered, info.chat_id)
            if draw.random() < 0.05 and last_chat > 2 and seed >= 0:
                gone = draw.randrange(1, last_chat - 1)
                _say("deleting", gone)
                store.delete_chats([info_of(gone)])
                _say("deleted", gone)
            if draw.random() < 0.05:
                store.back_up(_NOON + dt.timedelta(days=step))


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
