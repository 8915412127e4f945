"""What the engine holds after it has held other models."""

import sys
from contextlib import closing

import pytest

from app.services.models import model_at
from benchmarks.processes import OurEngine
from benchmarks.soak import held
from tests.helpers.tiny_models import write_mistral4

# A vocabulary of 8,000 tokens is 5 MB, a real one is more than ten times that.
MOST_GROWN_MB = 3.0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into Linux's own books")
def test_nothing_is_left_of_models_that_were_unloaded(tmp_path):
    model = model_at(write_mistral4(tmp_path / "tiny.gguf"))
    held_mb = []
    with closing(OurEngine(model)) as engine:
        for _ in range(5):
            engine.reload()
            engine.ask("Hello there", 2)
            held_mb.append(held(engine.pid).own_mb)
    assert held_mb[-1] - held_mb[1] < MOST_GROWN_MB, held_mb
