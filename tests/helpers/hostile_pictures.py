"""Picture files that nobody should open, the same for the same seed."""

import random

from PIL import Image

from tests.helpers.mutations import MUTATORS
from tests.helpers.pictures import FORMATS, bomb, flag, png, saved


def _gif_bomb() -> bytes:
    """A GIF that says it is 65,535 pixels wide and high."""
    data = bytearray(saved(flag(), "GIF"))
    data[6:10] = b"\xff\xff\xff\xff"
    return bytes(data)


BOMBS = {
    "a PNG of 30,000 by 30,000 black pixels": lambda: png(
        30_000, 30_000, bytes(30_000 * (1 + 30_000 // 8))
    ),
    "a PNG that unpacks to 300 MB": bomb,
    "a PNG of four billion pixels in a row": lambda: png(2**31 - 1, 2),
    "a GIF that lies about its size": _gif_bomb,
    "a picture like a thread": lambda: png(1, 40_000_000, bytes(80_000_000)),
    "40 megapixels, which are allowed": lambda: saved(Image.new("1", (8000, 5000)), "PNG"),
}


class Mutants:
    """Damaged copies of a picture in every format."""

    def __init__(self) -> None:
        noise = Image.effect_noise((160, 120), 90).convert("RGB")
        self._sources = {
            kind: saved(
                noise,
                kind,
                **({"append_images": [noise], "save_all": True} if kind == "MPO" else {}),
            )
            for kind in FORMATS
        }

    def make(self, seed: int) -> tuple[str, bytes]:
        """Return what was done to which format, and the file."""
        draw = random.Random(seed)
        kind = list(FORMATS)[seed % len(FORMATS)]
        mutator = draw.choice(MUTATORS)
        data = bytearray(self._sources[kind])
        if draw.random() < 0.5:  # what the others change lies at the beginning
            for _ in range(draw.randint(1, 20)):
                data[draw.randrange(len(data))] = draw.randrange(256)
        mutator(data, draw)
        return f"{kind}, {mutator.__name__}", bytes(data)
