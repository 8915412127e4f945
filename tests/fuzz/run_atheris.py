"""One target under atheris, in a process of its own: `TARGET LIBFUZZER-ARGUMENT…`."""

import os
import random
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["app", "markdown_it"]):
    from tests.fuzz.table import TARGETS
from tests.fuzz.mutation import mutate


def main() -> None:
    """Run until libFuzzer's limits; it ends this process with its own code."""
    target = TARGETS[sys.argv[1]]

    def mutator(data: bytes, max_size: int, seed: int) -> bytes:
        draw = random.Random(seed)
        if draw.random() < 0.5:
            return atheris.Mutate(data, max_size)
        return mutate(data, draw, target.words)[:max_size]

    atheris.Setup([sys.argv[0], *sys.argv[2:]], target.fuzz_one, custom_mutator=mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
