"""Models of real sizes with random weights: as fast as real ones, and without sense."""

import ctypes
import pathlib
from collections.abc import Callable

import gguf
import msgspec
import numpy as np

from app.domain.quants import QUANTS
from app.engine.worker import ggml
from tests.helpers.tiny_models.chat_template import mistral_template
from tests.helpers.tiny_models.llama_blocks import LlamaShape, add_llama_keys
from tests.helpers.tiny_models.tekken import tekken_vocabulary

_SEED = 7
_SAMPLE_ROWS = 16
_CONTEXT_TOKENS = 32768
_ID_OF_QUANT = {quant.name: quant.id for quant in QUANTS}
_quantise = ggml._declare(
    ggml.libggml_base,
    "ggml_quantize_chunk",
    ctypes.c_size_t,
    ctypes.c_int,
    *(ctypes.c_void_p,) * 2,
    *(ctypes.c_int64,) * 3,
    ctypes.c_void_p,
)


class LargeModel(msgspec.Struct, frozen=True, kw_only=True):
    """What to write.

    Attributes:
        quant: Of its matrices, by ggml's name.
        down_quant: Of `ffn_down` and the output, which builds often keep more precise.
    """

    name: str
    shape: LlamaShape
    quant: str
    down_quant: str


class _Writer:
    """Adds tensors first and writes their data, one at a time, at the end."""

    def __init__(self, writer: gguf.GGUFWriter) -> None:
        self._writer = writer
        self._data: list[Callable[[], np.ndarray]] = []
        self._random = np.random.default_rng(_SEED)
        self._samples: dict[tuple[str, int], np.ndarray] = {}

    def add(self, name: str, quant: str, *shape: int) -> None:
        """Add a matrix, or several of the same size; its rows repeat after a while."""
        sample = self._sample(quant, shape[-1])
        rows = int(np.prod(shape[:-1]))
        kind = gguf.GGMLQuantizationType(_ID_OF_QUANT[quant])
        size = (*shape[:-1], sample.shape[1])
        self._writer.add_tensor_info(
            name, size, np.dtype(np.uint8), rows * sample.shape[1], raw_dtype=kind
        )
        self._data.append(lambda: np.resize(sample, size))

    def add_ones(self, name: str, size: int) -> None:
        """Add the weight of a norm."""
        self._writer.add_tensor_info(name, (size,), np.dtype(np.float32), 4 * size)
        self._data.append(lambda: np.ones(size, dtype=np.float32))

    def write(self) -> None:
        """Write everything and close the file."""
        self._writer.write_header_to_file()
        self._writer.write_kv_data_to_file()
        self._writer.write_ti_data_to_file()
        for data in self._data:
            self._writer.write_tensor_data(data())
        self._writer.close()

    def _sample(self, quant: str, width: int) -> np.ndarray:
        if (quant, width) not in self._samples:
            values = self._random.standard_normal((_SAMPLE_ROWS, width)) / np.sqrt(width)
            self._samples[quant, width] = quantised(quant, values.astype(np.float32))
        return self._samples[quant, width]


def quantised(quant: str, values: np.ndarray) -> np.ndarray:
    """Rows of floats as ggml stores them in that format, as bytes."""
    number, (rows, width) = _ID_OF_QUANT[quant], values.shape
    row_bytes = ggml.row_bytes(number, width)
    stored = np.zeros((rows, row_bytes), dtype=np.uint8)
    importance = np.ones(width, dtype=np.float32)
    arrays = (a.ctypes.data for a in (values, stored))
    _quantise(number, *arrays, 0, rows, width, importance.ctypes.data)
    return stored


def write_large(path: pathlib.Path, model: LargeModel) -> pathlib.Path:
    """Write a dense model, or one with experts in the manner of Mixtral."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(model.name)
    shape = model.shape
    add_llama_keys(writer, shape, context_tokens=_CONTEXT_TOKENS)
    vocabulary = tekken_vocabulary("v3")
    vocabulary.add_to(writer, template=mistral_template("v3"))
    tensors = _Writer(writer)
    tokens = len(vocabulary.tokens)
    tensors.add("token_embd.weight", model.quant, tokens, shape.embedding)
    tensors.add_ones("output_norm.weight", shape.embedding)
    tensors.add("output.weight", model.down_quant, tokens, shape.embedding)
    for layer in range(shape.layers):
        _add_layer(tensors, f"blk.{layer}", model)
    tensors.write()
    return path


def _add_layer(tensors: _Writer, block: str, model: LargeModel) -> None:
    shape = model.shape
    heads, kv_heads = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    tensors.add_ones(f"{block}.attn_norm.weight", shape.embedding)
    tensors.add_ones(f"{block}.ffn_norm.weight", shape.embedding)
    tensors.add(f"{block}.attn_q.weight", model.quant, heads, shape.embedding)
    tensors.add(f"{block}.attn_k.weight", model.quant, kv_heads, shape.embedding)
    tensors.add(f"{block}.attn_v.weight", model.down_quant, kv_heads, shape.embedding)
    tensors.add(f"{block}.attn_output.weight", model.quant, shape.embedding, heads)
    experts: tuple[int, ...] = ()
    suffix = ""
    if shape.experts:
        experts, suffix = (shape.experts,), "_exps"
        tensors.add(f"{block}.ffn_gate_inp.weight", "f32", shape.experts, shape.embedding)
    inner = (shape.feed_forward, shape.embedding)
    tensors.add(f"{block}.ffn_gate{suffix}.weight", model.quant, *experts, *inner)
    tensors.add(f"{block}.ffn_up{suffix}.weight", model.quant, *experts, *inner)
    tensors.add(f"{block}.ffn_down{suffix}.weight", model.down_quant, *experts, *reversed(inner))
