"""The vocabulary of the loaded model: text to token ids and back, special tokens by id."""

import codecs
import ctypes
import functools
from collections.abc import Iterable

from app.domain.prompt import Control, ControlTokens, Segment, Text
from app.engine.worker.native import llama

_CHEAP_TEXT_BYTES = 1_000_000
_USER_DEFINED = 1 << 4  # enum llama_token_attr


class Vocabulary:
    """Tokenises segments so that a `Text` never yields a control token.

    Attributes:
        controls: Every special token by its text.
    """

    def __init__(self, model: llama.llama_model_p, *, template_source: str) -> None:
        vocab = llama.llama_model_get_vocab(model)
        assert vocab is not None
        self._vocab = vocab
        self.size = llama.llama_vocab_n_tokens(vocab)
        self._special_ids: dict[str, int] = {}
        self._is_special: set[int] = set()
        user_defined: dict[str, int] = {}
        for token in range(self.size):
            if llama.llama_vocab_is_control(vocab, token) or llama.llama_vocab_is_eog(vocab, token):
                self._special_ids[self.text_of(token)] = token
            elif llama.llama_vocab_get_attr(vocab, token) & _USER_DEFINED:
                user_defined[self.text_of(token)] = token
        for token in (llama.llama_vocab_bos(vocab), llama.llama_vocab_eos(vocab)):
            if token >= 0:
                self._special_ids.setdefault(self.text_of(token), token)
        # Some files mark the tags of their own template as user-defined; llama.cpp finds those in
        # any text, so what looks like one is cut apart before it is tokenised.
        tags = {text: token for text, token in user_defined.items() if text in template_source}
        self._tags = ControlTokens(tags)
        self._special_ids |= tags
        self._is_special.update(self._special_ids.values())
        self.controls = ControlTokens(self._special_ids)

    @property
    def bos(self) -> str:
        """Text of the begin-of-sequence token, empty where there is none."""
        return self._text_or_empty(llama.llama_vocab_bos(self._vocab))

    @property
    def eos(self) -> str:
        """Text of the end-of-sequence token, empty where there is none."""
        return self._text_or_empty(llama.llama_vocab_eos(self._vocab))

    @property
    def adds_bos(self) -> bool:
        """Whether the file asks for a begin-of-sequence token before every prompt."""
        return bool(llama.llama_vocab_get_add_bos(self._vocab))

    def is_end(self, token: int) -> bool:
        """Whether the token ends an answer."""
        return bool(llama.llama_vocab_is_eog(self._vocab, token))

    def text_of(self, token: int) -> str:
        """The token as it stands in the vocabulary."""
        return (llama.llama_vocab_get_text(self._vocab, token) or b"").decode("utf-8", "replace")

    def with_bos(self, segments: list[Segment]) -> list[Segment]:
        """Begin with the begin-of-sequence token, unless the prompt has it already."""
        bos = Control(self.bos)
        return segments if not self.bos or segments[:1] == [bos] else [bos, *segments]

    def fewest_tokens(self, segments: Iterable[Segment]) -> int:
        """A lower bound of the token count without tokenising; 0 where tokenising is cheap anyway.

        No token covers more bytes than the longest entry, so a text has at least that many.
        """
        total_bytes = sum(
            len(segment.text.encode("utf-8", "replace"))
            for segment in segments
            if isinstance(segment, Text)
        )
        return total_bytes // self._longest_entry_bytes if total_bytes > _CHEAP_TEXT_BYTES else 0

    def encode(self, segments: Iterable[Segment]) -> list[int]:
        """Turn segments into token ids.

        Raises:
            KeyError: A `Control` names a token that the vocabulary does not have.
        """
        ids: list[int] = []
        for segment in segments:
            if isinstance(segment, Control):
                ids.append(self._special_ids[segment.token])
            else:
                ids += self._encode_text(segment.text)
        return ids

    def piece(self, token: int) -> bytes:
        """The bytes a token stands for in an answer; empty for special tokens."""
        buffer = ctypes.create_string_buffer(64)
        written = llama.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        if written < 0:
            buffer = ctypes.create_string_buffer(-written)
            written = llama.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[:written]

    def _encode_text(self, text: str) -> list[int]:
        return [token for part in self._tags.cut(text) for token in self._encode_part(part)]

    def _encode_part(self, text: str) -> list[int]:
        ids = self._tokenize(text)
        if self._is_special.isdisjoint(ids):
            return ids
        # A vocabulary whose merges can spell a control token (spm merges any neighbours that form
        # an entry, whatever its type): cut every look-alike in two and leave out what remains.
        parts = [self._tokenize(part) for part in self.controls.cut(text)]
        return [token for part in parts for token in part if token not in self._is_special]

    def _tokenize(self, text: str) -> list[int]:
        data = text.encode("utf-8", "replace")
        capacity = len(data) + 8
        ids = (llama.llama_token * capacity)()
        count = llama.llama_tokenize(self._vocab, data, len(data), ids, capacity, False, False)
        if count < 0:
            ids = (llama.llama_token * -count)()
            count = llama.llama_tokenize(self._vocab, data, len(data), ids, -count, False, False)
        return ids[:count]

    @functools.cached_property
    def _longest_entry_bytes(self) -> int:
        texts = (llama.llama_vocab_get_text(self._vocab, token) for token in range(self.size))
        return max(1, max((len(text or b"") for text in texts), default=1))

    def _text_or_empty(self, token: int) -> str:
        return self.text_of(token) if token >= 0 else ""


class TextStream:
    """Bytes of tokens in, complete characters out: a broken byte costs one replacement mark."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, piece: bytes) -> str:
        """Return the characters that are complete now."""
        return self._decoder.decode(piece)

    def finish(self) -> str:
        """Return what an unfinished character leaves."""
        return self._decoder.decode(b"", final=True)
