"""Predicted against measured speed of answers, for models of several sizes and number formats.

The speed is predicted from the file's header and from what this PC was measured to do, and written
to stderr with the time, before the model is loaded for the first time. Base is what the worker
then says of itself.
"""

import datetime as dt
import os
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing

import psutil

from app.catalog.catalog import load_catalog
from app.domain.model_file import ModelFile
from app.domain.placement.planner import plan
from app.domain.placement.values import DeviceState, Machine, Wishes
from app.engine.probing import measure_speed
from app.hardware.memory import read_memory
from app.services.planned_models import planned_file
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.large_models import LargeModel, write_large
from benchmarks.processes import CONTEXT_TOKENS, THREADS, OurEngine, cpu_s
from benchmarks.prompts import SHORT
from tests.helpers.tiny_models.llama_blocks import LlamaShape

PAIRS = 3
_TOKENS = 48
_MOST_OTHERS_CORES, _MOST_TRIES = 0.1, 30
_CLOCK_TICKS_S = 0.03
_MEDIAN_ERROR, _WORST_ERROR = 0.15, 0.30
_MODELS = (
    LargeModel(
        name="dense-q8_0",
        quant="q8_0",
        down_quant="q8_0",
        shape=LlamaShape(
            embedding=1024, heads=16, kv_heads=8, head_size=64, feed_forward=2816, layers=12
        ),
    ),
    LargeModel(
        name="dense-q4_K",
        quant="q4_K",
        down_quant="q6_K",
        shape=LlamaShape(
            embedding=2048, heads=32, kv_heads=8, head_size=64, feed_forward=8192, layers=16
        ),
    ),
    LargeModel(
        name="dense-iq3_xxs",
        quant="iq3_xxs",
        down_quant="q4_K",
        shape=LlamaShape(
            embedding=2560, heads=20, kv_heads=4, head_size=128, feed_forward=7168, layers=20
        ),
    ),
    LargeModel(
        name="dense-f16",
        quant="f16",
        down_quant="f16",
        shape=LlamaShape(
            embedding=1536, heads=24, kv_heads=8, head_size=64, feed_forward=4096, layers=20
        ),
    ),
    LargeModel(
        name="dense-q5_K",
        quant="q5_K",
        down_quant="q6_K",
        shape=LlamaShape(
            embedding=3072, heads=32, kv_heads=8, head_size=128, feed_forward=9216, layers=26
        ),
    ),
    LargeModel(
        name="experts-q4_K",
        quant="q4_K",
        down_quant="q6_K",
        shape=LlamaShape(
            embedding=2048,
            heads=16,
            kv_heads=8,
            head_size=128,
            feed_forward=1024,
            layers=24,
            experts=32,
            experts_used=4,
        ),
    ),
    LargeModel(
        name="experts-iq4_xs",
        quant="iq4_xs",
        down_quant="q5_K",
        shape=LlamaShape(
            embedding=2560,
            heads=20,
            kv_heads=4,
            head_size=128,
            feed_forward=5120,
            layers=20,
            experts=8,
            experts_used=2,
        ),
    ),
)


def run(pairs: int) -> Iterator[Figure]:
    """Predict and measure each model, that many answers each."""
    machine = _this_machine()
    errors = []
    for model in _models():
        predicted = _predict(model, machine)
        measured = _measure(model, pairs)
        errors.append(abs(predicted / statistics.median(measured) - 1))
        rows: list[tuple[Row, Row]] = [((predicted,), (rate,)) for rate in measured]
        yield from figures(rows, Spec(f"prediction.{model.name}", "tokens/s"))
    none: Row = (0.0,)
    for name, error, limit in (
        ("median_error", statistics.median(errors), _MEDIAN_ERROR),
        ("worst_error", max(errors), _WORST_ERROR),
    ):
        spec = Spec(f"prediction.{name}", "share", Limit("ours", "<=", limit))
        yield from figures([((error,), none)], spec)


def _models() -> Iterator[ModelFile]:
    """Write the models one after another; each is gone when the next one comes."""
    yield ModelFile(path=load_catalog().starter.path(), name="starter")
    with tempfile.TemporaryDirectory() as folder:
        for model in _MODELS:
            path = write_large(pathlib.Path(folder) / f"{model.name}.gguf", model)
            yield ModelFile(path=path, name=model.name)
            path.unlink()


def _this_machine() -> Machine:
    for _ in range(_MOST_TRIES):
        speed = measure_speed()
        if speed.others_cores <= _MOST_OTHERS_CORES:
            break
    else:
        raise BenchmarkError("other programs keep this PC busy")
    memory = read_memory()
    cpu = DeviceState(
        name="CPU",
        kind="cpu",
        total_bytes=memory.total_bytes,
        free_bytes=memory.available_bytes,
        rates=speed.rates["CPU"],
    )
    return Machine(cpu=cpu, threads=THREADS)


def _predict(model: ModelFile, machine: Machine) -> float:
    planned = planned_file(model.path, families=())
    priced = plan(planned, machine, Wishes(context_tokens=CONTEXT_TOKENS, threads=THREADS))
    if priced.tokens_per_s is None:
        raise BenchmarkError("there is no prediction")
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    print(f"{now} {model.name}: {priced.tokens_per_s:.2f} tokens/s predicted", file=sys.stderr)
    return priced.tokens_per_s


def _measure(model: ModelFile, pairs: int) -> list[float]:
    with closing(OurEngine(model)) as engine:
        engine.load()
        engine.ask(SHORT, _TOKENS)
        return [_alone(engine) for _ in range(pairs)]


def _alone(engine: OurEngine) -> float:
    """Tokens per second of an answer during which no other program computes."""
    for _ in range(_MOST_TRIES):
        began_s, others_s = time.perf_counter(), _others_s(engine)
        end = engine.finish(engine.begin(SHORT, _TOKENS))
        elapsed_s = time.perf_counter() - began_s
        if _others_s(engine) - others_s <= _MOST_OTHERS_CORES * elapsed_s + _CLOCK_TICKS_S:
            return end.timings.tokens_per_s
    raise BenchmarkError("other programs keep this PC busy")


def _others_s(engine: OurEngine) -> float:
    """Seconds of processor time that neither the worker nor this process has used."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait) - cpu_s(engine.pid) - cpu_s(os.getpid())
