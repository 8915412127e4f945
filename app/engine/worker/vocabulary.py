"""The vocabulary of the loaded model: text to token ids and back, special tokens by id."""

import codecs
import contextlib
import ctypes
import functools
from collections.abc import Iterable

from app.domain.prompt import Control, ControlTokens, Plain, Segment, Text
from app.engine.worker.mistral_tokenizers import Encode, Piece, sentence_pieces, tekken
from app.engine.worker.native import llama

_CHEAP_TEXT_BYTES = 1_000_000
_USER_DEFINED = 1 << 4  # enum llama_token_attr
# From llama.cpp's token attributes to SentencePiece's types.
_KINDS = {1 << 0: 2, 1 << 1: 5, 1 << 3: 3, _USER_DEFINED: 4, 1 << 5: 6}
_NORMAL_KIND = 1
_THOUGHT_MARKS = ("[THINK]", "[/THINK]")


class Vocabulary:
    """Tokenises segments so that a `Text` never yields a control token.

    Attributes:
        controls: Every special token by its text.
        is_spm: SentencePiece, which puts a space before every text.
        thought_marks: Ids of the tokens around a thought; None where there are none.
    """

    def __init__(self, model: llama.llama_model_p, *, template_source: str) -> None:
        vocab = llama.llama_model_get_vocab(model)
        assert vocab is not None
        self._vocab = vocab
        self.size = llama.llama_vocab_n_tokens(vocab)
        self._special_ids: dict[str, int] = {}
        self._is_special: set[int] = set()
        user_defined: dict[str, int] = {}
        self._ends: set[int] = set()
        for token in range(self.size):
            if llama.llama_vocab_is_eog(vocab, token):
                self._ends.add(token)
            if token in self._ends or llama.llama_vocab_is_control(vocab, token):
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
        self.is_spm = llama.llama_vocab_type(vocab) == llama.LLAMA_VOCAB_TYPE_SPM
        marks = [self._special_ids.get(mark) for mark in _THOUGHT_MARKS]
        self.thought_marks = (marks[0], marks[1]) if marks[0] and marks[1] else None
        self._encode: Encode = self._encode_natively
        # Asking llama.cpp for a token's bytes costs more than looking them up here.
        self.piece = functools.cache(self._piece)

    @property
    def special_tokens(self) -> frozenset[str]:
        """Texts of all special tokens."""
        return frozenset(self._special_ids)

    def special_id(self, token: str) -> int:
        """The id of a special token.

        Raises:
            KeyError: The vocabulary does not have it.
        """
        return self._special_ids[token]

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
        return token in self._ends

    def text_of(self, token: int) -> str:
        """The token as it stands in the vocabulary."""
        return (llama.llama_vocab_get_text(self._vocab, token) or b"").decode("utf-8", "replace")

    def text_of_ids(self, ids: Iterable[int]) -> str:
        """What Mistral's reference shows for these ids, special tokens by their names."""
        if self.is_spm:
            return "".join(map(self.text_of, ids))
        shown = (
            self.text_of(token).encode() if token in self._is_special else self.piece(token)
            for token in ids
        )
        return b"".join(shown).decode("utf-8", "replace")

    def with_bos(self, segments: list[Plain]) -> list[Plain]:
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

    def use_reference(self) -> None:
        """Tokenise texts exactly as Mistral's reference does from now on.

        Keeps llama.cpp's way where the vocabulary is not one that the reference could have.
        """
        with contextlib.suppress(ValueError):
            if self.is_spm:
                self._encode = sentence_pieces(map(self._sentence_piece, range(self.size)))
            else:
                self._encode = tekken(
                    {
                        data: token
                        for token in range(self.size)
                        if token not in self._is_special and (data := self.piece(token))
                    }
                )

    def encode_text(self, text: str) -> list[int]:
        """The ids of plain text, whatever it looks like."""
        return self._encode(text)

    def _encode_natively(self, text: str) -> list[int]:
        return [token for part in self._tags.cut(text) for token in self._encode_part(part)]

    def _sentence_piece(self, token: int) -> Piece:
        attributes = llama.llama_vocab_get_attr(self._vocab, token)
        kind = next((kind for flag, kind in _KINDS.items() if attributes & flag), _NORMAL_KIND)
        return Piece(self.text_of(token), llama.llama_vocab_get_score(self._vocab, token), kind)

    def _piece(self, token: int) -> bytes:
        """The bytes a token stands for in an answer; empty for special tokens."""
        buffer = ctypes.create_string_buffer(64)
        written = llama.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        if written < 0:
            buffer = ctypes.create_string_buffer(-written)
            written = llama.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[:written]

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
