"""Damages inputs: bytes anywhere, and values in what is JSON."""

import json
import random
from collections.abc import Sequence

_ODD: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 2**64, 10**30, 10**400),
    *(0.5, 1e300, -1e308, "", "\0", "\u202e", "../x", "a" * 300, "1" * 5000),
    *([], {}, [[]], {"a": []}, ""),
)


def mutate(data: bytes, draw: random.Random, words: Sequence[bytes]) -> bytes:
    """Change an input in one to four places."""
    if draw.random() < 0.5 and (changed := _mutate_json(data, draw, words)) is not None:
        return changed
    bytes_ = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        draw.choice(_WAYS)(bytes_, draw, words)
    return bytes(bytes_)


def _mutate_json(data: bytes, draw: random.Random, words: Sequence[bytes]) -> bytes | None:
    """Change values of the first line; None where it is no JSON."""
    first, end, rest = data.partition(b"\n")
    for text, behind in ((data, b""), (first, end + rest)):
        try:
            value = json.loads(text)
            changed = json.dumps(_changed(value, draw, words)).encode()
        except (ValueError, RecursionError):
            continue
        return changed + behind
    return None


def _changed(value: object, draw: random.Random, words: Sequence[bytes]) -> object:
    if draw.random() < 0.06:
        text = draw.choice(words).decode("utf-8", "replace")
        return draw.choice((*_ODD, text, value))
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if draw.random() > 0.03}
        return {key: _changed(inner, draw, words) for key, inner in kept.items()}
    if isinstance(value, list):
        times = [value, value, value, value * 2, value[::-1], value[1:]]
        return [_changed(inner, draw, words) for inner in draw.choice(times)[:200]]
    return value


def _flip(data: bytearray, draw: random.Random, words: Sequence[bytes]) -> None:
    if data:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def _put_byte(data: bytearray, draw: random.Random, words: Sequence[bytes]) -> None:
    data.insert(draw.randint(0, len(data)), draw.randrange(256))


def _put_word(data: bytearray, draw: random.Random, words: Sequence[bytes]) -> None:
    place = draw.randint(0, len(data))
    data[place:place] = draw.choice(words) * draw.choice((1, 1, 1, 2, 20))


def _cut(data: bytearray, draw: random.Random, words: Sequence[bytes]) -> None:
    place = draw.randint(0, len(data))
    del data[place : place + draw.choice((1, 4, 30, len(data)))]


def _repeat(data: bytearray, draw: random.Random, words: Sequence[bytes]) -> None:
    begin = draw.randint(0, len(data))
    piece = data[begin : begin + draw.randint(1, 60)]
    place = draw.randint(0, len(data))
    data[place:place] = piece * draw.choice((1, 1, 8))


def _put_number(data: bytearray, draw: random.Random, words: Sequence[bytes]) -> None:
    place = draw.randint(0, len(data))
    size = draw.choice((1, 2, 4, 8))
    number = draw.choice((0, 1, 2, 255, 2**31, 2**32 - 1, 2**63, 2**64 - 1)) % 2 ** (8 * size)
    data[place : place + size] = number.to_bytes(size, "little")


_WAYS = (_flip, _put_byte, _put_word, _put_word, _cut, _repeat, _put_number)
