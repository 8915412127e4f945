"""Mistral's own tokenisers, built from the vocabulary inside the GGUF.

llama.cpp's rewrites come close: its pattern for Tekken knows neither combining marks nor the case
of letters beyond ASCII (Hindi takes half as many tokens again, `caféÉcole` is one word), and its
SentencePiece puts a space after pieces that are matched whole. So the libraries that the reference
itself uses do it.
"""

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import sentencepiece
import tiktoken

# mistral_common/data/tekken_240911.json, config.pattern; the same in every published Tekken file.
_TEKKEN_PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|"
    r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# Of a run of spaces without ends of lines the pattern makes one piece, less the last one where more
# text follows. On a million of them its engine panics.
_SPACES = r"[\t\v\f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_LONG_RUN = re.compile(f"(?<!{_SPACES}){_SPACES}{{1000,}}")

Encode = Callable[[str], list[int]]


class Piece(NamedTuple):
    """One entry of a SentencePiece vocabulary; `kind` numbers its type as SentencePiece does."""

    text: str
    score: float
    kind: int


def tekken(tokens: dict[bytes, int]) -> Encode:
    """Make the Tekken tokeniser of a vocabulary.

    Args:
        tokens: Bytes and id of every token that text can become; the lower id merges first.

    Raises:
        ValueError: It is not a byte-level vocabulary.
    """
    first = min(tokens.values(), default=0)
    ranks = {text: token - first for text, token in tokens.items()}
    if len(ranks) < 256 or any(bytes([byte]) not in ranks for byte in range(256)):
        raise ValueError("not a byte-level vocabulary")
    encoding = tiktoken.Encoding(
        "tekken", pat_str=_TEKKEN_PATTERN, mergeable_ranks=ranks, special_tokens={}
    )

    def encode(text: str) -> list[int]:
        ids: list[int] = []
        for part, is_piece in _without_long_runs(text):
            # WORKAROUND: the public way to encode one piece takes whole tokens only.
            encode_part = encoding._encode_single_piece if is_piece else encoding.encode_ordinary
            ids += [rank + first for rank in encode_part(part)]
        return ids

    return encode


def _without_long_runs(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text around long runs of spaces; True goes with such a run."""
    begin = 0
    for run in _LONG_RUN.finditer(text):
        end = run.end()
        if text.startswith(("\r", "\n"), end):
            continue  # an end of line takes in all the spaces before it, and the engine copes
        if end < len(text):
            end -= 1
        yield text[begin : run.start()], False
        yield text[run.start() : end], True
        begin = end
    yield text[begin:], False


def sentence_pieces(pieces: Iterable[Piece]) -> Encode:
    """Make the SentencePiece tokeniser of a vocabulary.

    Raises:
        ValueError: SentencePiece refuses it.
    """
    model = b"".join(
        _field(1, _field(1, text.encode()) + _float(2, score) + _number(3, kind))
        for text, score, kind in pieces
    )
    is_bpe = 2
    trainer = _number(3, is_bpe) + _number(35, True)
    normalizer = _field(1, b"identity") + _number(3, True) + _number(4, False)
    model += _field(2, trainer) + _field(3, normalizer + _number(5, True))
    processor = sentencepiece.SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(model)
    except RuntimeError:
        raise ValueError("not a SentencePiece vocabulary") from None
    return lambda text: list(processor.encode(text))


# sentencepiece_model.proto, written by hand: the library does not bring a way to make a model.
def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(int(value))


def _float(number: int, value: float) -> bytes:
    return _varint(number << 3 | 5) + struct.pack("<f", value)


def _varint(value: int) -> bytes:
    encoded = b""
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])
