"""An answer with everything in it, in chunks of four signs, as a model would stream it."""

from collections.abc import Iterator

SIZE_CHARS = 80_000
CHUNK_CHARS = 4
_SECTION = """\
## Section {number}: winds of the valley

The **cierzo** blows from the *north-west* along the Ebro valley; see `gust_kmh` and the
[atlas](https://example.org/{number}). It dries out as it descends, and reaches Zaragoza with \
gusts that can pass 100 km/h, which tips over loaded waggons. 風は北西から吹く。 🌬️ And one more \
sentence of an ordinary length that ends the paragraph.

1. Air is pushed through the corridor.
2. It dries out:
   - on the slopes, **quickly**,
   - in the plain, slowly.
3. It reaches the sea.

```python
def gusts_{number}(speeds: list[float], limit: float = 1.5) -> list[float]:
    \"\"\"Keep what is stronger than the mean.\"\"\"
    mean = sum(speeds) / max(len(speeds), 1)
    found = []
    for speed in speeds:
        if speed > limit * mean:  # a gust
            found.append(round(speed, 2))
    return sorted(found, reverse=True)
```

| Month | Days | Mean gust |
|-------|-----:|----------:|
| January | 14 | 71 km/h |
| April | 11 | 64 km/h |
| August | 6 | 48 km/h |

> A wind that fills your mouth when you speak.

"""


def long_answer(size_chars: int = SIZE_CHARS) -> str:
    """The whole text."""
    text, number = "", 0
    while len(text) < size_chars:
        number += 1
        text += _SECTION.replace("{number}", str(number))
    return text[:size_chars]


def chunks(text: str) -> Iterator[str]:
    """What arrives at once."""
    for begin in range(0, len(text), CHUNK_CHARS):
        yield text[begin : begin + CHUNK_CHARS]
