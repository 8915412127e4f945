"""Models that are published in several files: their names, and one header made of all.

As llama.cpp writes and reads them (`llama_split_path`, llama-model-loader.cpp).
"""

import re
from collections.abc import Sequence

from app.domain.tensors import Header, Tensor
from app.gguf.faults import Fault, HeaderError
from app.gguf.reader import MOST_TENSORS

# The largest set known has 30.
_MOST_PARTS = 128
_NAME = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.DOTALL)


def part_names(file_name: str) -> tuple[str, ...]:
    """The names of all files of a set, in order, by the name of any; itself if it is alone."""
    match = _NAME.fullmatch(file_name)
    if match is None or not 1 <= int(match["number"]) <= int(match["count"]) <= _MOST_PARTS:
        return (file_name,)
    count = int(match["count"])
    return tuple(f"{match['stem']}-{i:05}-of-{count:05}.gguf" for i in range(1, count + 1))


def split_count(header: Header) -> int:
    """How many files the model has by this one's own metadata, 1 if it is whole."""
    count = header.keys.get("split.count", 1)
    return count if type(count) is int and count > 1 else 1


def check_part(header: Header, *, part: int, parts: int) -> None:
    """Check that a file is the one of its set that its name says; `part` counts from 0.

    Raises:
        HeaderError: It is another one, or of another set.
    """
    if split_count(header) != parts or header.keys.get("split.no") != part:
        raise HeaderError(Fault.MIXED, "not the part that its name says", part=part)


def join_parts(parts: Sequence[Header]) -> Header:
    """Make one header of all files' headers, in order; the first one has the metadata.

    Raises:
        HeaderError: They are not parts of one model.
    """
    tensors: dict[str, Tensor] = {}
    for part, header in enumerate(parts):
        check_part(header, part=part, parts=len(parts))
        for tensor in header.tensors:
            if tensor.name in tensors:
                raise HeaderError(Fault.MIXED, "a tensor is in two parts", part=part)
            tensors[tensor.name] = tensor
        if len(tensors) > MOST_TENSORS:
            raise HeaderError(Fault.DAMAGED, f"{len(tensors)} tensors", part=part)
    promised = parts[0].keys.get("split.tensors.count", len(tensors))
    if promised != len(tensors):
        detail = f"{len(tensors)} tensors of {promised}"
        raise HeaderError(Fault.MIXED, detail, part=len(parts) - 1)
    return Header(
        keys=parts[0].keys,
        tensors=tuple(tensors.values()),
        file_bytes=sum(header.file_bytes for header in parts),
        parts=len(parts),
    )
