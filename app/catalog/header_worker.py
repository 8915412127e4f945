"""The process that reads one model's header, then is gone.

It opens the files that the name leads to, gives up the right to open any other, and only then
looks into them.
"""

import os
import pathlib
import stat
from typing import BinaryIO

import msgspec

from app.catalog.header_protocol import HeaderRead, ReadHeader
from app.domain.errors import (
    AppError,
    ModelDamaged,
    ModelIsFolder,
    ModelNotFound,
    ModelTruncated,
    ModelUnreadable,
    ModelVersionUnsupported,
    NotAModel,
    SplitMissing,
    SplitMixed,
    SplitRenamed,
)
from app.domain.tensors import Header
from app.domain.well_formed import as_text
from app.gguf.faults import Fault, HeaderError
from app.gguf.reader import read_header
from app.gguf.split import join_parts, part_names, split_count
from app.pipe.limits import limit_resources
from app.pipe.once import answer_once
from app.pipe.silence import stay_silent

_CPU_S = 10
_ADDRESS_SPACE_BYTES = 1 << 29
_ORPHAN_S = 60.0


def run() -> int:
    """Answer the question on stdin."""
    stay_silent(is_throw_away=True)
    return answer_once(_work)


def _work(line: bytes, _behind: bytes) -> HeaderRead:
    question = msgspec.json.decode(line, type=ReadHeader)
    path, whole_bytes = pathlib.Path(os.fsdecode(question.path)), question.whole_bytes
    name = as_text(path.name)
    files = {path.name: _open_file(path, name)} if whole_bytes else _open(path)
    limit_resources(cpu_s=_CPU_S, address_space_bytes=_ADDRESS_SPACE_BYTES, orphan_s=_ORPHAN_S)
    if whole_bytes:
        # The reader checks every offset against this, and stops where the bytes end.
        return HeaderRead(header=_read(path.name, files[path.name], whole_bytes))
    return HeaderRead(header=_read_model(path.name, files))


def _open(path: pathlib.Path) -> dict[str, BinaryIO]:
    """Open the file and those of its set that are there, by their names."""
    files: dict[str, BinaryIO] = {}
    for part_name in part_names(path.name):
        try:
            part = path if part_name == path.name else path.with_name(part_name)
            files[part_name] = _open_file(part, as_text(part_name))
        except ModelNotFound:
            if part_name == path.name:
                raise
    return files


def _open_file(path: pathlib.Path, name: str) -> BinaryIO:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ModelIsFolder(name=name)
        if not stat.S_ISREG(mode):  # a pipe would keep us waiting
            raise ModelUnreadable(name=name, reason="it is no ordinary file")
        return path.open("rb")
    except FileNotFoundError:
        raise ModelNotFound(name=name) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = _reason(error) if isinstance(error, OSError) else "its name is invalid"
        raise ModelUnreadable(name=name, reason=reason) from None


def _read_model(name: str, files: dict[str, BinaryIO]) -> Header:
    header = _read(name, files[name])
    parts = split_count(header)
    if parts == 1:
        return header
    names = part_names(name)
    if len(names) != parts:
        raise SplitRenamed(name=as_text(name), parts=parts)
    missing = next((part for part in names if part not in files), None)
    if missing:
        raise SplitMissing(part=as_text(missing), parts=parts)
    headers = [header if part == name else _read(part, files[part]) for part in names]
    try:
        return join_parts(headers)
    except HeaderError as error:
        raise _failure(error, names[error.part]) from None


def _read(name: str, file: BinaryIO, size_bytes: int | None = None) -> Header:
    try:
        return read_header(file, size_bytes or os.fstat(file.fileno()).st_size)
    except HeaderError as error:
        raise _failure(error, name) from None
    except OSError as error:
        raise ModelUnreadable(name=as_text(name), reason=_reason(error)) from None


def _failure(error: HeaderError, file_name: str) -> AppError:
    name = as_text(file_name)
    match error.fault:
        case Fault.NOT_GGUF:
            return NotAModel(name=name)
        case Fault.VERSION:
            return ModelVersionUnsupported(name=name, version=error.detail)
        case Fault.TRUNCATED:
            return ModelTruncated(name=name, detail=error.detail)
        case Fault.DAMAGED:
            return ModelDamaged(name=name, detail=error.detail)
        case Fault.MIXED:
            return SplitMixed(part=name, detail=error.detail)


def _reason(error: OSError) -> str:
    return error.strerror or "unknown"
