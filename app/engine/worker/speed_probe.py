"""A throw-away process that measures how fast each device is at what a token needs.

A token reads every weight once and multiplies it with one vector. What that costs depends on the
number format as much as on the memory, so every format is measured by itself, in the buffers and
with the threads that the worker uses.
"""

import contextlib
import statistics
import time
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

import psutil

from app.domain.device import EngineSpeed
from app.domain.placement.values import Rates
from app.domain.quants import QUANTS
from app.engine.worker import ggml
from app.engine.worker.cores import physical_cores
from app.engine.worker.native import initialise
from app.engine.worker.probe import KINDS, devices, print_alone
from app.pipe.silence import stay_silent

# Those of Mistral's builds first: a slow device may not get to the last ones.
_QUANTS = (
    *("q4_K", "q6_K", "q5_K", "q8_0", "q4_0", "f16", "iq4_xs", "iq3_xxs", "q3_K", "q2_K", "mxfp4"),
    *("iq2_xxs", "f32", "bf16", "iq3_s", "iq2_s", "iq2_xs", "iq4_nl", "iq1_m", "iq1_s", "q4_1"),
    *("q5_0", "q5_1", "nvfp4", "tq1_0", "tq2_0"),
)
_ID_OF_QUANT = {quant.name: quant.id for quant in QUANTS}
_F32 = _ID_OF_QUANT["f32"]
# More than processors cache, few excepted; read in turns.
_WEIGHTS_BYTES = 192 << 20
_MATRIX_BYTES = 8 << 20
_WIDTH, _NARROW_WIDTH = 4096, 512
# Arithmetic limits it, as most formats, and x86 processors read it as it lies in the file.
_ROW_QUANT = "q5_K"
_MATRICES_PER_GRAPH = 4
# A GPU needs more at once: starting it takes as long as reading 10 MB.
_GPU_MATRICES_PER_GRAPH = 96
_CHAIN_NODES, _CHAIN_RUNS = 300, 9
_BATCH_TOKENS = 512
_QUANT_S, _LEAST_RUNS = 0.018, 2
# For each device; what else the machine does shows in one round at most.
_ROUNDS, _LIMIT_S = 2, 2.5
# In whatever format, all bytes alike are blocks whose scales are normal numbers.
_BYTE = 0x2A
_EPSILON = 1e-5


def run() -> NoReturn:
    """Print one JSON line, an `EngineSpeed`, on what was stdout."""
    print_alone(_measure)


def _measure() -> EngineSpeed:
    initialise()
    all_devices = devices()
    stay_silent(is_throw_away=False)  # not earlier: see the engine worker
    rates = {}
    began_s, busy_s = time.perf_counter(), _others_s()
    for found in all_devices:
        if found.kind in ("cpu", "gpu", "igpu") and (measured := _rates(found.name)):
            rates[found.name] = measured
    elapsed_s = time.perf_counter() - began_s
    return EngineSpeed(rates=rates, others_cores=max(0.0, _others_s() - busy_s) / elapsed_s)


def _others_s() -> float:
    """Seconds of processor time that other programs have used."""
    system, own = psutil.cpu_times(), psutil.Process().cpu_times()
    names = ("user", "system", "nice", "irq", "softirq", "steal")
    busy_s = sum(getattr(system, name, 0.0) for name in names)
    return float(busy_s - own.user - own.system)


def _rates(name: str) -> Rates | None:
    with contextlib.closing(_Bench(name)) as bench:
        measured: dict[str, float] = {}
        deadline_s = time.perf_counter() + _LIMIT_S
        row_s = bench.row_s()
        for _ in range(_ROUNDS):
            for quant in _QUANTS:
                if time.perf_counter() > deadline_s:
                    break
                if seconds := bench.row_time_s(quant, _WIDTH):
                    rate = bench.row_bytes(quant, _WIDTH) / max(seconds - row_s, seconds / 2)
                    measured[quant] = max(rate, measured.get(quant, 0.0))
        if not measured:
            return None
        return Rates(
            bytes_per_s={quant: round(rate) for quant, rate in measured.items()},
            node_s=bench.node_s(),
            row_s=row_s,
            flops_per_s=bench.flops_per_s(_QUANTS[0]),
        )


class _Products(NamedTuple):
    """Graphs of products that read different memory, and how many rows each of them has."""

    graphs: list[int]
    rows: int


class _Bench:
    """One device with memory full of weights."""

    def __init__(self, name: str) -> None:
        numbers = range(ggml.device_count())
        self._device = next(
            device
            for device in map(ggml.device_at, numbers)
            if ggml.properties(device).name == name.encode()
        )
        properties = ggml.properties(self._device)
        self._is_cpu = KINDS.get(properties.kind) == "cpu"
        self._backend = ggml.device_start(self._device, None)
        self._size_bytes = min(_WEIGHTS_BYTES, properties.free_bytes // 4)
        self._types = [ggml.device_buffer_type(self._device)]
        if self._is_cpu:
            ggml.set_threads(self._backend, self._device, physical_cores())
            # As in llama.cpp, weights lie where they are multiplied fastest: repacked.
            self._types[:0] = ggml.extra_buffer_types(self._device)
        self._buffers: dict[int, int] = {}

    def close(self) -> None:
        """Give the memory back."""
        for buffer in self._buffers.values():
            ggml.buffer_free(buffer)
        ggml.backend_free(self._backend)

    @staticmethod
    def row_bytes(quant: str, width: int) -> int:
        """How many bytes a row of that many values takes."""
        return int(ggml.row_bytes(_ID_OF_QUANT[quant], width))

    def row_s(self) -> float:
        """What a row costs beside its bytes, from narrow and wide matrices; nothing on a GPU."""
        if not self._is_cpu:
            return 0.0
        narrow_s, wide_s = (
            min(self.row_time_s(_ROW_QUANT, width) for _ in range(_ROUNDS))
            for width in (_NARROW_WIDTH, _WIDTH)
        )
        share = _NARROW_WIDTH / _WIDTH
        return max(0.0, (narrow_s - wide_s * share) / (1 - share))

    def row_time_s(self, quant: str, width: int) -> float:
        """Seconds per row of a product of large matrices with one vector; 0 if it cannot do it."""
        with self._products(quant, width, 1) as products:
            if not products.rows:
                return 0.0
            return self._time_s(products.graphs, _QUANT_S) / products.rows

    def flops_per_s(self, quant: str) -> float | None:
        """Of a product with a batch of tokens."""
        with self._products(quant, _WIDTH, _BATCH_TOKENS) as products:
            if not products.rows:
                return None
            seconds = self._time_s(products.graphs, 0.0)
            return round(2 * _WIDTH * products.rows * _BATCH_TOKENS / seconds)

    def node_s(self) -> float:
        """What one small operation costs, in a chain in which each needs the one before."""
        with _context(4 * _CHAIN_NODES) as context:
            vector = ggml.matrix(context, _F32, _WIDTH // 2, 1)
            value, graph = vector, ggml.graph_make(context, 2 * _CHAIN_NODES, False)
            for node in range(_CHAIN_NODES):
                if node % 3 == 0:
                    value = ggml.norm(context, value, _EPSILON)
                else:
                    step = ggml.multiply if node % 3 == 1 else ggml.add
                    value = step(context, value, vector)
            ggml.graph_add(graph, value)
            with self._results(context):
                runs = [self._compute_s(graph) for _ in range(_CHAIN_RUNS)]
            return statistics.median(runs) / _CHAIN_NODES

    @contextlib.contextmanager
    def _products(self, quant: str, width: int, columns: int) -> Iterator["_Products"]:
        """Products of matrices all over the memory; none if no buffer can hold them."""
        row_bytes = self.row_bytes(quant, width)
        rows = _MATRIX_BYTES // row_bytes // 16 * 16
        step = (rows * row_bytes + 127) // 128 * 128
        count = self._size_bytes // step
        per_graph = _MATRICES_PER_GRAPH if self._is_cpu else _GPU_MATRICES_PER_GRAPH
        if columns > 1:
            per_graph = count = min(count, 1)
        count -= count % min(count, per_graph) if count else 0
        for buffer_type in self._types if count else ():
            with _context(3 * (count + per_graph)) as context:
                vector = ggml.matrix(context, _F32, width, columns)
                base = ggml.buffer_base(self._buffer(buffer_type))
                matrices = [
                    ggml.matrix(context, _ID_OF_QUANT[quant], width, rows) for _ in range(count)
                ]
                for i, matrix in enumerate(matrices):
                    ggml.tensor_place(self._buffer(buffer_type), matrix, base + i * step)
                first = ggml.product(context, matrices[0], vector)
                if not ggml.device_supports(self._device, first):
                    continue
                graphs = _graphs(context, matrices, vector, per_graph)
                with self._results(context):
                    yield _Products(graphs, per_graph * rows)
                return
        yield _Products([], 0)

    def _buffer(self, buffer_type: int) -> int:
        if buffer_type not in self._buffers:
            buffer = ggml.buffer_make(buffer_type, self._size_bytes)
            ggml.buffer_clear(buffer, _BYTE)
            self._buffers[buffer_type] = buffer
        return self._buffers[buffer_type]

    @contextlib.contextmanager
    def _results(self, context: int) -> Iterator[None]:
        """Memory for everything of a context that has none yet."""
        buffer = ggml.buffer_for_context(context, self._types[-1])
        ggml.buffer_clear(buffer, _BYTE)
        try:
            yield
        finally:
            ggml.buffer_free(buffer)

    def _time_s(self, graphs: list[int], least_s: float) -> float:
        """A graph's seconds, the lower quartile of a few in turns; the first one only warms up."""
        self._compute_s(graphs[0])
        times: list[float] = []
        began_s = time.perf_counter()
        while len(times) < _LEAST_RUNS or time.perf_counter() - began_s < least_s:
            times.append(self._compute_s(graphs[-1 - len(times) % len(graphs)]))
        return statistics.quantiles(times, method="inclusive")[0]

    def _compute_s(self, graph: int) -> float:
        began_s = time.perf_counter()
        ggml.compute(self._backend, graph)
        return time.perf_counter() - began_s


@contextlib.contextmanager
def _context(tensors: int) -> Iterator[int]:
    """A place for the descriptions of so many tensors and graphs of as many nodes."""
    size_bytes = tensors * ggml.tensor_overhead_bytes() + 2 * ggml.graph_bytes(tensors, False)
    context = ggml.context_make(ggml.InitParameters(size_bytes, None, True))
    try:
        yield context
    finally:
        ggml.context_free(context)


def _graphs(context: int, matrices: list[int], vector: int, per_graph: int) -> list[int]:
    """Graphs of `per_graph` products each; where that is more than there are, they are repeated."""
    graphs = []
    for start in range(0, len(matrices), per_graph):
        graph = ggml.graph_make(context, 2 * per_graph + 2, False)
        for i in range(start, start + per_graph):
            ggml.graph_add(graph, ggml.product(context, matrices[i % len(matrices)], vector))
        graphs.append(graph)
    return graphs
