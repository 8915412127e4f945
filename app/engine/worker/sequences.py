"""The KV cache: what the model has read, kept per chat and effort in sequences of one context.

An entry of a sequence is one position: a token id, or a negative number that stands for a piece of
a picture (`picture_entry`). So the longest common prefix of two sequences is that of two lists.
"""

import ctypes
import hashlib
import itertools
from collections.abc import Callable
from collections.abc import Sequence as Entries
from typing import NamedTuple

from app.domain.chat import Effort, Picture
from app.engine.worker.native import llama
from app.engine.worker.snapshots import Snapshots

# A unified cache lets all of them share its cells; each may hold everything or nothing.
MOST_SEQUENCES = 8
_STEP = 4096


class Owner(NamedTuple):
    """Whose sequence it is: the effort stands near the front of a prompt and changes all of it."""

    chat: str
    effort: Effort | None
    is_private: bool


class Sequence:
    """One row of positions in the KV cache.

    Attributes:
        number: llama.cpp's sequence id.
        entries: What was evaluated, in order.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.entries: list[int] = []
        self.owner: Owner | None = None
        self.used_at = 0
        self.is_kept = True  # nothing new since the last snapshot


class Sequences:
    """Hands out sequences, the least recently used ones first."""

    def __init__(
        self, context: llama.llama_context_p, *, count: int, snapshots: Snapshots | None
    ) -> None:
        self._context = context
        self._memory = llama.llama_get_memory(context)
        self._all = [Sequence(number) for number in range(count)]
        self._snapshots = snapshots
        self._clock = itertools.count(1)

    def claim(self, owner: Owner | None, wanted: Entries[int]) -> Sequence:
        """Find the sequence that begins most like `wanted`, cut to what they have in common.

        The last entry is always left to be evaluated again, for its logits. A prefix that only
        another chat has is shared with it, which costs no memory.
        """
        wanted = wanted[:-1]
        lengths = {s: common_length(s.entries, wanted) for s in self._all}
        # What belongs to nobody goes on where the last such one was, so that the same question
        # finds its cells in the same order and gets the same answer.
        unowned = [s for s in self._all if s.owner is None]
        own = self._of(owner) if owner or not unowned else max(unowned, key=lengths.__getitem__)
        lengths[own] = common_length(own.entries, wanted)
        best = max(self._all, key=lengths.__getitem__)
        common = lengths[best]
        if lengths[own] < common:
            self.trim(own, 0)
            llama.llama_memory_seq_cp(self._memory, best.number, own.number, 0, common)
            own.entries = list(wanted[:common])
        self.trim(own, common)
        own.used_at = next(self._clock)
        return own

    def trim(self, sequence: Sequence, length: int) -> None:
        """Forget everything of it from position `length` on."""
        if length >= len(sequence.entries):
            return
        if llama.llama_memory_seq_rm(self._memory, sequence.number, length, -1):
            del sequence.entries[length:]
        else:  # recurrent models cannot forget a part
            llama.llama_memory_seq_rm(self._memory, sequence.number, -1, -1)
            sequence.entries.clear()
        sequence.is_kept = False

    def read_length(self, sequence: Sequence) -> int:
        """How many positions llama.cpp holds of it, after an aborted step."""
        return int(llama.llama_memory_seq_pos_max(self._memory, sequence.number)) + 1

    def make_room(self, working: Sequence) -> bool:
        """Give up the least recently used other sequence; False if there is none."""
        others = [s for s in self._all if s is not working and s.entries]
        if not others:
            return False
        self._drop(min(others, key=lambda s: s.used_at))
        return True

    def keep(self, is_enough: Callable[[], bool]) -> None:
        """Write what is new of every chat to the disk, where that is allowed.

        `is_enough` is asked between two chats.
        """
        for sequence in self._all:
            if is_enough():
                return
            self._keep(sequence)

    def forget(self, chat: str) -> None:
        """Drop everything of a chat, also from the disk."""
        for sequence in self._all:
            if sequence.owner and sequence.owner.chat == chat:
                sequence.is_kept = True
                self._drop(sequence)
        if self._snapshots:
            self._snapshots.forget(chat)

    def _of(self, owner: Owner | None) -> Sequence:
        """Return the owner's sequence, or the least recently used one, which becomes it."""
        for sequence in self._all:
            if owner and sequence.owner == owner:
                return sequence
        oldest = min(self._all, key=lambda s: s.used_at)
        self._drop(oldest)
        oldest.owner = owner
        self._restore(oldest)
        return oldest

    def _drop(self, sequence: Sequence) -> None:
        self._keep(sequence)
        self.trim(sequence, 0)
        sequence.owner = None
        sequence.used_at = 0
        sequence.is_kept = True

    def _keep(self, sequence: Sequence) -> None:
        owner = sequence.owner
        if sequence.is_kept or not self._snapshots or not owner or owner.is_private:
            return
        if not sequence.entries:  # what is on the disk is worth more
            return
        size = llama.llama_state_seq_get_size(self._context, sequence.number)

        def write(target: ctypes.Array[ctypes.c_uint8]) -> int:
            return int(llama.llama_state_seq_get_data(self._context, target, size, sequence.number))

        self._snapshots.save(owner.chat, owner.effort, sequence.entries, size, write)
        sequence.is_kept = True

    def _restore(self, sequence: Sequence) -> None:
        owner = sequence.owner
        if not self._snapshots or not owner or owner.is_private:
            return

        def read(source: ctypes.Array[ctypes.c_uint8], size: int) -> bool:
            while not llama.llama_state_seq_set_data(self._context, source, size, sequence.number):
                # It fits the cache, but other chats are in it.
                if not self.make_room(sequence):
                    return False
            return True

        sequence.entries = self._snapshots.load(
            owner.chat, owner.effort, read, most_entries=llama.llama_n_ctx(self._context)
        )
        if not sequence.entries:
            llama.llama_memory_seq_rm(self._memory, sequence.number, -1, -1)


def picture_entry(picture: Picture) -> int:
    """Stand for every piece of that picture; never a token id.

    The same pixels can be two pictures: a white one may be wide or tall.
    """
    identity = f"{picture.sha256} {picture.width_px} {picture.height_px}"
    return -1 - int(hashlib.sha256(identity.encode()).hexdigest()[:15], 16)


def common_length(left: Entries[int], right: Entries[int]) -> int:
    """Length of the longest common prefix."""
    most = min(len(left), len(right))
    done = 0
    while done < most and left[done : done + _STEP] == right[done : done + _STEP]:
        done += _STEP
    if done >= most:
        return most
    pairs = zip(left[done : done + _STEP], right[done : done + _STEP], strict=False)
    return done + next((i for i, (a, b) in enumerate(pairs) if a != b), most - done)
