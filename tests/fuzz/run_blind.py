"""One target without atheris, in a process of its own: `TARGET FOLDER SECONDS`."""

import hashlib
import pathlib
import random
import sys
import time
import traceback

from tests.fuzz.mutation import mutate
from tests.fuzz.table import TARGETS


def main() -> int:
    """Damage inputs of the corpus until the time is over or one breaks the promise."""
    target, folder = TARGETS[sys.argv[1]], pathlib.Path(sys.argv[2])
    until_s = time.monotonic() + float(sys.argv[3])
    known = [path.read_bytes() for path in target.corpus()]
    draw = random.Random()
    tried = 0
    while time.monotonic() < until_s:
        data = draw.choice(known) if draw.random() < 0.8 else b"".join(draw.sample(target.words, 4))
        for _ in range(draw.randint(1, 4)):
            data = mutate(data, draw, target.words)[:20_000]
        tried += 1
        try:
            target.fuzz_one(data)
        except Exception:  # noqa: BLE001 - whatever it is breaks the promise
            traceback.print_exc()
            name = hashlib.sha256(data).hexdigest()[:16]
            (folder / f"crash-{name}").write_bytes(data)
            break
    print(f"stat::number_of_executed_units: {tried}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
