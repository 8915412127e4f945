"""Evaluating tokens and pictures at the end of a sequence."""

import ctypes
from collections.abc import Sequence as Entries
from typing import Any

from app.domain.errors import ComputeFailed, ContextFull
from app.engine.worker.native import llama
from app.engine.worker.sequences import Sequence, Sequences

_NO_ROOM = 1
_ABORTED = 2


class Evaluator:
    """Runs the model; one step at a time.

    Attributes:
        context: For the sampler.
        step_tokens: The most that are evaluated at a time; also the unit of the progress shown and,
            on devices without an abort callback, of a cancel.
        most_outputs: For how many positions of a step logits can be had.
    """

    def __init__(
        self,
        context: llama.llama_context_p,
        sequences: Sequences,
        *,
        context_tokens: int,
        step_tokens: int,
        most_outputs: int,
    ) -> None:
        self.context = context
        self.step_tokens = step_tokens
        self.most_outputs = most_outputs
        self._sequences = sequences
        self._context_tokens = context_tokens
        # One set of arrays for every step: filling them is cheaper than allocating.
        self._tokens = (llama.llama_token * step_tokens)()
        self._positions = (llama.llama_pos * step_tokens)()
        self._wants_logits = (ctypes.c_int8 * step_tokens)()
        self._number = llama.llama_seq_id(0)
        number = ctypes.pointer(self._number)
        self._numbers = (ctypes.POINTER(llama.llama_seq_id) * step_tokens)(*[number] * step_tokens)
        self._counts = (ctypes.c_int32 * step_tokens)(*[1] * step_tokens)
        self._batch: Any = llama.llama_batch(  # the binding declares its pointers as arrays
            pos=ctypes.cast(self._positions, ctypes.POINTER(llama.llama_pos)),
            n_seq_id=ctypes.cast(self._counts, ctypes.POINTER(ctypes.c_int32)),
            seq_id=ctypes.cast(self._numbers, ctypes.POINTER(ctypes.POINTER(llama.llama_seq_id))),
            logits=ctypes.cast(self._wants_logits, ctypes.POINTER(ctypes.c_int8)),
        )
        self._token_pointer = ctypes.cast(self._tokens, ctypes.POINTER(llama.llama_token))
        self._no_tokens = ctypes.POINTER(llama.llama_token)()
        self._no_embeddings = ctypes.POINTER(ctypes.c_float)()

    def tokens(self, sequence: Sequence, tokens: Entries[int], *, outputs: int = 1) -> bool:
        """Evaluate at most `step_tokens` tokens; logits of the last `outputs` ones can be sampled.

        Returns:
            False if it was aborted; what was finished stays.

        Raises:
            ContextFull: There is no room, though everything else was given up.
            ComputeFailed: A device failed.
        """
        self._tokens[: len(tokens)] = list(tokens)
        self._batch.token, self._batch.embd = self._token_pointer, self._no_embeddings
        return self._decode(sequence, tokens, outputs)

    def embeddings(
        self, sequence: Sequence, entry: int, embeddings: "ctypes.Array[ctypes.c_float]", count: int
    ) -> bool:
        """Evaluate `count` positions of a picture; all of them are recorded as `entry`.

        Returns and raises what `tokens` does.
        """
        self._batch.token = self._no_tokens
        self._batch.embd = ctypes.cast(embeddings, ctypes.POINTER(ctypes.c_float))
        return self._decode(sequence, [entry] * count, 0)

    def _decode(self, sequence: Sequence, entries: Entries[int], outputs: int) -> bool:
        count, start = len(entries), len(sequence.entries)
        self._batch.n_tokens = count
        self._number.value = sequence.number
        self._positions[:count] = list(range(start, start + count))
        for i in range(count - outputs, count):
            self._wants_logits[i] = 1
        try:
            while (status := llama.llama_decode(self.context, self._batch)) == _NO_ROOM:
                if not self._sequences.make_room(sequence):
                    raise ContextFull(
                        context_tokens=self._context_tokens, needed_tokens=start + count + 1
                    )
        finally:
            for i in range(count - outputs, count):
                self._wants_logits[i] = 0
        sequence.is_kept = False
        if status == 0:
            sequence.entries += entries
            return True
        # Of an aborted step the finished part stays; ask how far it got.
        kept = self._sequences.read_length(sequence)
        sequence.entries = (sequence.entries + list(entries))[:kept]
        if status == _ABORTED:
            return False
        self._sequences.trim(sequence, 0)
        raise ComputeFailed(status=status)
