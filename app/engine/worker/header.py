"""A model's own header, read before the engine opens the file."""

import pathlib

from app.domain.tensors import Header
from app.gguf.reader import read_header
from app.gguf.split import join_parts, part_names


def read_parts(path: pathlib.Path) -> Header:
    """Read the headers of a model in one file or in several.

    Raises:
        HeaderError: It is damaged.
        OSError: A part is missing or cannot be read.
    """
    headers = []
    for name in part_names(path.name):
        part = path.with_name(name)
        with part.open("rb") as file:
            headers.append(read_header(file, part.stat().st_size))
    return headers[0] if len(headers) == 1 else join_parts(headers)
