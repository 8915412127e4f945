"""`python -m tests.helpers.native_facts`: llama.cpp's own figures of a model."""

import ctypes
import os
import pathlib
import re
import subprocess
import sys

import msgspec

_VIEWS = frozenset({"VIEW", "RESHAPE", "PERMUTE", "TRANSPOSE", "NONE"})
_BUFFER = re.compile(r"(?:compute|output) buffer size =\s+([\d.]+) MiB")
_KV_TYPES = {"f16": 1, "q8_0": 8}
_SEQUENCES = 8


class Run(msgspec.Struct, frozen=True):
    """A context to be made without allocating."""

    tokens: int
    batch_tokens: int
    kv_type: str = "f16"


class _Question(msgspec.Struct, frozen=True):
    path: str
    runs: tuple[Run, ...] = ()


def count_nodes(path: pathlib.Path) -> int:
    """Count what computes in the graph of one token."""
    return _ask(_Question(str(path)))[0]


def dry_sizes(path: pathlib.Path, runs: tuple[Run, ...]) -> list[int]:
    """The bytes of compute and output buffers on the CPU, of each run."""
    return _ask(_Question(str(path), runs))


def _ask(question: _Question) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.native_facts"],
        input=msgspec.json.encode(question),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=list[int])


def _answer() -> None:
    from app.engine.worker.native import captured_log, initialise, llama

    question = msgspec.json.decode(sys.stdin.buffer.read(), type=_Question)
    answer, sys.stdout = os.dup(1), sys.stderr
    initialise()
    params = llama.llama_model_default_params()
    params.no_alloc = bool(question.runs)
    if question.runs:
        params.load_mode = llama.LLAMA_LOAD_MODE_NONE
    model = llama.llama_model_load_from_file(os.fsencode(question.path), params)
    facts = []
    for run in question.runs:
        context_params = llama.llama_context_default_params()
        context_params.n_ctx = run.tokens
        context_params.n_seq_max = _SEQUENCES
        context_params.kv_unified = True
        context_params.n_batch = context_params.n_ubatch = run.batch_tokens
        context_params.n_outputs_max = context_params.n_outputs_max_per_seq = _SEQUENCES
        context_params.type_k = context_params.type_v = _KV_TYPES[run.kv_type]
        with captured_log() as pieces:
            context = llama.llama_init_from_model(model, context_params)
        llama.llama_free(context)
        sizes = _BUFFER.findall("".join(pieces))
        facts.append(sum(round(float(size) * (1 << 20)) for size in sizes))
    if not question.runs:
        facts.append(_nodes(llama, model))
    os.write(answer, msgspec.json.encode(facts))


def _nodes(llama, model) -> int:
    describe = llama._lib.ggml_op_desc
    describe.restype, describe.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
    params = llama.llama_context_default_params()
    params.n_ctx, params.n_threads = 256, 1
    seen = []

    @ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_bool, ctypes.c_void_p)
    def see(tensor, is_asked, _data):
        if is_asked:
            seen.append(describe(tensor).decode())
        return False

    params.cb_eval = ctypes.cast(see, type(params.cb_eval))
    context = llama.llama_init_from_model(model, params)
    llama.llama_decode(context, llama.llama_batch_get_one((ctypes.c_int32 * 1)(5), 1))
    return sum(operation not in _VIEWS for operation in seen)


if __name__ == "__main__":
    _answer()
