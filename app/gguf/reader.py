"""One file's header, versions 2 and 3: what stands before the weights.

What llama.cpp refuses (ggml's gguf.cpp) is refused here, and absurd numbers of anything. The
vocabulary and other long values are stepped over, so a header costs little more than its size.
"""

import math
import struct
from typing import BinaryIO

from app.domain.quants import QUANT_BY_ID
from app.domain.tensors import Header, Key, Tensor
from app.gguf.faults import Fault, HeaderError
from app.gguf.source import Source

MOST_TENSORS = 1 << 14
_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
# A number beyond it is no version.
_MOST_VERSIONS = 255
_MOST_KEYS = 1 << 11
_MOST_KEY_BYTES = 1 << 8
# What is kept of all keys with their values, and of one value.
_MOST_KEPT_BYTES = 1 << 20
_MOST_TEXT_BYTES = 1 << 10
_MOST_NUMBERS = 512  # llama.cpp's limit of layers, LLAMA_MAX_LAYERS
# ggml's GGML_MAX_NAME with its final zero, and GGML_MAX_DIMS.
_MOST_NAME_BYTES = 63
_MOST_DIMENSIONS = 4
_MOST_TENSOR_BYTES = 1 << 50
_DEFAULT_ALIGNMENT = 32

# enum gguf_type
_STRING, _ARRAY = 8, 9
_FORMATS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_INTEGERS = "BbHhIiQq"
_COUNT = struct.Struct("<I")
_COUNTS = struct.Struct("<IQQ")
_TENSOR_END = struct.Struct("<IQ")


def read_header(file: BinaryIO, size_bytes: int) -> Header:
    """Read metadata and the table of tensors.

    Args:
        file: Open for reading, buffered; it is read from its start.
        size_bytes: Of the file.

    Raises:
        HeaderError: It is not a whole GGUF of these versions.
        OSError: The file cannot be read.
    """
    source = Source(file, size_bytes)
    tensor_count, key_count = _read_start(source, size_bytes)
    keys = _read_keys(source, key_count)
    tensors = _read_tensors(source, tensor_count, _alignment(keys), size_bytes)
    return Header(keys=keys, tensors=tensors, file_bytes=size_bytes)


def _read_start(source: Source, size_bytes: int) -> tuple[int, int]:
    """Return how many tensors and keys there are."""
    if size_bytes < len(_MAGIC) or source.take(len(_MAGIC)) != _MAGIC:
        raise HeaderError(Fault.NOT_GGUF, "no magic number")
    version, tensor_count, key_count = _COUNTS.unpack(source.take(_COUNTS.size))
    if version not in _VERSIONS:
        swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
        is_swapped = swapped <= _MOST_VERSIONS < version
        fault = Fault.VERSION if is_swapped or version <= _MOST_VERSIONS else Fault.DAMAGED
        raise HeaderError(fault, "big-endian" if is_swapped else f"version {version}")
    if tensor_count > MOST_TENSORS or key_count > _MOST_KEYS:
        raise HeaderError(Fault.DAMAGED, f"{tensor_count} tensors and {key_count} keys")
    return tensor_count, key_count


def _read_keys(source: Source, count: int) -> dict[str, Key]:
    keys: dict[str, Key] = {}
    seen: set[str] = set()
    kept_bytes = 0
    for _ in range(count):
        begin = source.position
        name = _read_name(source, _MOST_KEY_BYTES)
        if name in seen:
            raise HeaderError(Fault.DAMAGED, "the same key twice")
        seen.add(name)
        value = _read_value(source)
        if value is None:
            continue
        keys[name] = value
        kept_bytes += source.position - begin
        if kept_bytes > _MOST_KEPT_BYTES:
            raise HeaderError(Fault.DAMAGED, "too much metadata")
    return keys


def _read_name(source: Source, most_bytes: int) -> str:
    length = source.length()
    if not 0 < length <= most_bytes:
        raise HeaderError(Fault.DAMAGED, f"a name of {length} bytes")
    return source.take(length).decode("utf-8", "replace")


def _read_value(source: Source) -> Key | None:
    """Read one value; None for one that nothing needs."""
    (kind,) = _COUNT.unpack(source.take(_COUNT.size))
    if kind == _STRING:
        length = source.length()
        if length > _MOST_TEXT_BYTES:
            source.skip(length)
            return None
        return source.take(length).decode("utf-8", "replace")
    if kind == _ARRAY:
        return _read_array(source)
    value = _read_numbers(source, kind, 1)[0]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _read_array(source: Source) -> tuple[int, ...] | None:
    (kind,) = _COUNT.unpack(source.take(_COUNT.size))
    count = source.length()
    if kind == _STRING:
        source.skip_strings(count)
        return None
    if _FORMATS.get(kind, "?") in _INTEGERS and count <= _MOST_NUMBERS:
        return _read_numbers(source, kind, count)
    source.skip(count * struct.calcsize(_format(kind)))
    return None


def _read_numbers(source: Source, kind: int, count: int) -> tuple[int, ...]:
    """Read so many numbers of a kind: floats and truth values, too, if it is such a kind."""
    layout = struct.Struct(f"<{count}{_format(kind)}")
    return layout.unpack(source.take(layout.size))


def _format(kind: int) -> str:
    """How `struct` calls a kind of number; arrays of arrays are unknown to llama.cpp, too."""
    if kind not in _FORMATS:
        raise HeaderError(Fault.DAMAGED, f"a value of kind {kind}")
    return _FORMATS[kind]


def _alignment(keys: dict[str, Key]) -> int:
    alignment = keys.get("general.alignment", _DEFAULT_ALIGNMENT)
    if type(alignment) is not int or alignment < 1 or alignment.bit_count() != 1:
        raise HeaderError(Fault.DAMAGED, "the alignment is not a power of two")
    return alignment


def _read_tensors(
    source: Source, count: int, alignment: int, size_bytes: int
) -> tuple[Tensor, ...]:
    """Read the table; like llama.cpp's, every tensor begins where the one before it ends."""
    tensors: list[Tensor] = []
    seen: set[str] = set()
    data_bytes = end = 0
    for _ in range(count):
        tensor, offset = _read_tensor(source)
        if tensor.name in seen:
            raise HeaderError(Fault.DAMAGED, "two tensors of the same name")
        if offset != data_bytes:
            raise HeaderError(Fault.DAMAGED, f"a tensor at {offset} instead of {data_bytes}")
        seen.add(tensor.name)
        tensors.append(tensor)
        end = offset + tensor.bytes
        data_bytes = _padded(end, alignment)
    end += _padded(source.position, alignment)
    if tensors and end > size_bytes:
        raise HeaderError(Fault.TRUNCATED, f"the tensors end at {end}, the file at {size_bytes}")
    return tuple(tensors)


def _read_tensor(source: Source) -> tuple[Tensor, int]:
    """Return a tensor and where it begins, counted from the end of the header."""
    name = _read_name(source, _MOST_NAME_BYTES)
    (dimensions,) = _COUNT.unpack(source.take(_COUNT.size))
    if dimensions > _MOST_DIMENSIONS:
        raise HeaderError(Fault.DAMAGED, f"a tensor of {dimensions} dimensions")
    layout = struct.Struct(f"<{dimensions}Q")
    shape = layout.unpack(source.take(layout.size))
    kind, offset = _TENSOR_END.unpack(source.take(_TENSOR_END.size))
    quant = QUANT_BY_ID.get(kind)
    row_values = shape[0] if shape else 1
    if quant is None or row_values % quant.block_values:
        raise HeaderError(Fault.DAMAGED, f"rows of {row_values} values of kind {kind}")
    data_bytes = math.prod(shape) // quant.block_values * quant.block_bytes
    if data_bytes > _MOST_TENSOR_BYTES:
        raise HeaderError(Fault.DAMAGED, f"a tensor of {data_bytes} bytes")
    return Tensor(name=name, quant=quant.name, shape=shape, bytes=data_bytes), offset


def _padded(count: int, alignment: int) -> int:
    return -(-count // alignment) * alignment
