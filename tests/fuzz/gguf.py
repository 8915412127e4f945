"""Headers of model files."""

import io

import msgspec

from app.catalog.header_protocol import MAX_ANSWER_BYTES
from app.domain.errors import AppError
from app.domain.shape_of import shape_of
from app.domain.tensors import Header
from app.gguf.faults import HeaderError
from app.gguf.reader import read_header
from app.gguf.split import join_parts
from tests.fuzz.target import Target

# Two files of a set in one input.
_PART = b"\nPART\n"


def _fuzz(data: bytes) -> None:
    headers: list[Header] = []
    for part in data.split(_PART)[:3]:
        try:
            headers.append(read_header(io.BytesIO(part), len(part)))
        except HeaderError as error:
            assert str(error).isprintable()  # noqa: PT017
            return
    header = headers[0]
    if len(headers) > 1:
        try:
            header = join_parts(headers)
        except HeaderError:
            return
    answer = msgspec.json.encode(header)
    assert len(answer) <= MAX_ANSWER_BYTES
    assert msgspec.json.decode(answer, type=Header) == header
    try:
        shape_of(header, name="m.gguf")
    except AppError as error:
        assert str(error).endswith(".")  # noqa: PT017


TARGET = Target(
    name="gguf",
    promise="a header of a model file is read or refused in a sentence",
    fuzz_one=_fuzz,
    words=(
        *(b"GGUF\3\0\0\0", b"GGUF\2\0\0\0", _PART, b"\0\0\0\0", b"\xff" * 8, b"\1\0\0\0\0\0\0\0"),
        *(b"\x14\0\0\0\0\0\0\0general.architecture", b"\x08\0\0\0\5\0\0\0\0\0\0\0llama"),
        *(b"\x11\0\0\0\0\0\0\0general.alignment", b"\4\0\0\0\x20\0\0\0", b"\x09\0\0\0"),
        *(b"llama.block_count", b"llama.embedding_length", b"llama.attention.head_count"),
        *(b"split.count", b"split.no", b"token_embd.weight", b"output.weight", b"clip"),
        *(bytes([kind, 0, 0, 0]) for kind in range(14)),
    ),
)
