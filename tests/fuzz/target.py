"""What a fuzzer has: a promise, words of the language that it speaks, inputs to begin with."""

import pathlib
import random
from collections.abc import Callable

import msgspec
from hypothesis import strategies as st

from tests.fuzz.mutation import mutate

CORPORA = pathlib.Path(__file__).parents[1] / "corpora"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One fuzzer.

    Attributes:
        name: Of the folder below `tests/corpora`.
        promise: What holds for every input, for people.
        fuzz_one: Raises what breaks the promise; any number of times in a process.
        words: What inputs are made of beside bytes.
        needs_screen: It draws.
        examples: So many inputs beside the corpus in a test, which has three seconds.
    """

    name: str
    promise: str
    fuzz_one: Callable[[bytes], None]
    words: tuple[bytes, ...]
    needs_screen: bool = False
    examples: int = 100

    def corpus(self) -> list[pathlib.Path]:
        """The inputs that are kept; `found-…` broke the promise once."""
        return sorted((CORPORA / self.name).glob("*"))

    def inputs(self) -> st.SearchStrategy[bytes]:
        """Bytes, words in any order, and damaged inputs of the corpus."""
        known = [path.read_bytes() for path in self.corpus()]
        words = st.lists(st.sampled_from(self.words) | st.binary(max_size=4), max_size=30)
        made = st.binary(max_size=200) | words.map(b"".join)
        damaged = st.builds(self._damaged, st.sampled_from(known), st.integers(0, 2**32))
        return st.one_of(made, damaged)

    def _damaged(self, data: bytes, seed: int) -> bytes:
        return mutate(data, random.Random(seed), self.words)
