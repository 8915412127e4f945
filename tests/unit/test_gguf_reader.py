"""The header reader against the gguf package, and against headers that lie."""

import io
import pathlib
import random
import struct
import time
import tracemalloc

import gguf
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.tensors import Header
from app.gguf.faults import Fault, HeaderError
from app.gguf.reader import read_header
from app.gguf.split import part_names
from tests.helpers import mutations
from tests.helpers.raw_gguf import (
    FLOAT32,
    STRING,
    UINT32,
    array_key,
    padded,
    start,
    tensor,
    text,
    uint32_key,
)
from tests.helpers.tiny_model import write_tiny_llama
from tests.helpers.tiny_models import write_mistral3, write_mistral4, write_pixtral_projector

MOST_PEAK_BYTES = 8 << 20
MOST_SECONDS = 2.0


def read(data: bytes) -> Header:
    return read_header(io.BytesIO(data), len(data))


def fault_of(data: bytes) -> Fault:
    with pytest.raises(HeaderError) as caught:
        read(data)
    return caught.value.fault


def assert_like_the_package(path: pathlib.Path) -> None:
    theirs = gguf.GGUFReader(path)
    with path.open("rb") as file:
        ours = read_header(file, path.stat().st_size)
    assert [(t.name, t.quant.upper(), t.shape, t.bytes) for t in ours.tensors] == [
        (t.name, t.tensor_type.name, tuple(t.shape.tolist()), int(t.n_bytes))
        for t in theirs.tensors
    ]
    for name, value in ours.keys.items():
        expected = theirs.fields[name].contents()
        assert value == (tuple(expected) if isinstance(expected, list) else expected)
    for name, field in theirs.fields.items():
        is_array = field.types[0] is gguf.GGUFValueType.ARRAY
        assert (
            name in ours.keys
            or name.startswith("GGUF.")
            or is_array
            or len(field.contents()) > 1024
        )


@pytest.mark.parametrize("write", [write_mistral4, write_mistral3])
@pytest.mark.parametrize("quant", ["f16", "q8_0"])
def test_tables_are_those_of_the_gguf_package(tmp_path, write, quant):
    assert_like_the_package(write(tmp_path / "m.gguf", quant=quant))


def test_the_table_of_a_projector(tmp_path):
    assert_like_the_package(write_pixtral_projector(tmp_path / "p.gguf", embedding=256))


def test_the_table_of_the_starter(starter):
    assert_like_the_package(starter.path)


def test_every_format_of_the_package(tmp_path):
    writer = gguf.GGUFWriter(tmp_path / "all.gguf", "llama")
    for kind, (_, size) in gguf.GGML_QUANT_SIZES.items():
        if kind is gguf.GGMLQuantizationType.Q8_1:
            continue
        # Two rows of three blocks.
        data = np.zeros((2, 3 * size), dtype=np.uint8)
        writer.add_tensor(kind.name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert_like_the_package(tmp_path / "all.gguf")


def test_a_vocabulary_is_stepped_over():
    """As large as Tekken's, with merges, scores and types."""
    strings = b"".join(text(f"token{i}") for i in range(131_072))
    keys = [
        array_key("tokens", STRING, 131_072, strings),
        array_key("merges", STRING, 131_072 * 2, strings * 2),
        array_key("scores", FLOAT32, 131_072, bytes(4 * 131_072)),
        array_key("types", 5, 131_072, bytes(4 * 131_072)),
        text("template") + struct.pack("<I", STRING) + text("x" * 50_000),
        uint32_key("llama.block_count", 2),
    ]
    data = start(tensors=0, keys=len(keys)) + b"".join(keys)
    tracemalloc.start()
    try:
        header = read(data)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert header.keys == {"llama.block_count": 2}
    assert peak_bytes < 2 << 20


def test_short_lists_of_integers_are_kept():
    keys = array_key("heads", UINT32, 3, struct.pack("<III", 8, 0, 8))
    keys += array_key("shares", FLOAT32, 2, bytes(8))
    assert read(start(tensors=0, keys=2) + keys).keys == {"heads": (8, 0, 8)}


def test_numbers_that_are_none_are_left_out():
    nan = text("x") + struct.pack("<If", FLOAT32, float("nan"))
    assert read(start(tensors=0, keys=1) + nan).keys == {}


@pytest.mark.parametrize("version", [2, 3])
def test_both_versions(version):
    assert read(start(tensors=0, keys=0, version=version)).tensors == ()


@pytest.mark.parametrize(
    ("data", "fault", "detail"),
    [
        (b"", Fault.NOT_GGUF, "magic"),
        (b"GGU", Fault.NOT_GGUF, "magic"),
        (b"PK\3\4" + bytes(100), Fault.NOT_GGUF, "magic"),
        (b"GGUF", Fault.TRUNCATED, "needs"),
        (b"GGUF" + b"\xff" * 4000, Fault.DAMAGED, "version"),
        (start(tensors=0, keys=0, version=1), Fault.VERSION, "version 1"),
        (start(tensors=0, keys=0, version=4), Fault.VERSION, "version 4"),
        (start(tensors=0, keys=0, order=">"), Fault.VERSION, "big-endian"),
        (start(tensors=2**60, keys=0), Fault.DAMAGED, "tensors"),
        (start(tensors=0, keys=2**60), Fault.DAMAGED, "keys"),
        (start(tensors=0, keys=1), Fault.TRUNCATED, "needs"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_beginnings_that_are_refused(data, fault, detail):
    with pytest.raises(HeaderError, match=detail) as caught:
        read(data)
    assert caught.value.fault is fault


ONE = uint32_key("a", 1)


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ([text("")], Fault.DAMAGED),
        ([text("k" * 300)], Fault.DAMAGED),
        ([text("k", claimed=2**40)], Fault.DAMAGED),
        ([ONE, ONE], Fault.DAMAGED),
        ([text("a") + struct.pack("<I", 13)], Fault.DAMAGED),
        ([text("a") + struct.pack("<I", STRING) + text("v", claimed=2**40)], Fault.DAMAGED),
        ([text("a") + struct.pack("<I", STRING) + text("v", claimed=2**20)], Fault.TRUNCATED),
        ([text("a") + struct.pack("<I", STRING) + text("v", claimed=99)], Fault.TRUNCATED),
        ([array_key("a", UINT32, 2**60)], Fault.DAMAGED),
        ([array_key("a", UINT32, 2**20)], Fault.TRUNCATED),
        ([array_key("a", UINT32, 99)], Fault.TRUNCATED),
        ([array_key("a", STRING, 2**20)], Fault.TRUNCATED),
        ([array_key("a", STRING, 1, text("v", claimed=2**63))], Fault.DAMAGED),
        ([array_key("a", STRING, 1, text("v", claimed=99))], Fault.TRUNCATED),
        ([array_key("a", 9, 1, bytes(100))], Fault.DAMAGED),
        ([uint32_key("general.alignment", 0)], Fault.DAMAGED),
        ([uint32_key("general.alignment", 24)], Fault.DAMAGED),
        ([array_key("general.alignment", UINT32, 1, b"\x20\0\0\0")], Fault.DAMAGED),
    ],
)
def test_keys_that_are_refused(keys, fault):
    assert fault_of(start(tensors=0, keys=len(keys)) + b"".join(keys)) is fault


def test_too_many_strings_are_refused_at_once():
    count = 5_000_000
    data = start(tensors=0, keys=1) + array_key("a", STRING, count, bytes(8 * count))
    began_s = time.monotonic()
    assert fault_of(data) is Fault.DAMAGED
    assert time.monotonic() - began_s < MOST_SECONDS


def test_too_much_metadata_is_refused():
    keys = [text(f"k{i}") + struct.pack("<I", STRING) + text("v" * 1000) for i in range(2000)]
    assert fault_of(start(tensors=0, keys=len(keys)) + b"".join(keys)) is Fault.DAMAGED


# 4 rows of 8 values of four bytes.
TABLE = tensor("a", (8, 4))


@pytest.mark.parametrize(
    ("tensors", "fault"),
    [
        ([tensor("", (8,))], Fault.DAMAGED),
        ([tensor("n" * 64, (8,))], Fault.DAMAGED),
        ([TABLE, tensor("a", (8, 4), offset=128)], Fault.DAMAGED),
        ([tensor("a", (1, 1, 1, 1, 1))], Fault.DAMAGED),
        ([tensor("a", (8,), dimensions=2**32 - 1)], Fault.DAMAGED),
        ([tensor("a", (2**63, 2**63, 2**63, 2**63))], Fault.DAMAGED),
        ([tensor("a", (2**40,))], Fault.TRUNCATED),
        ([tensor("a", (33,), kind=2)], Fault.DAMAGED),
        ([tensor("a", (8,), kind=4)], Fault.DAMAGED),
        ([tensor("a", (8,), kind=2**31)], Fault.DAMAGED),
        ([tensor("a", (8,), offset=32)], Fault.DAMAGED),
        ([tensor("a", (8,), offset=2**64 - 1)], Fault.DAMAGED),
        ([TABLE, tensor("b", (8,), offset=96)], Fault.DAMAGED),
        ([TABLE, tensor("b", (8,), offset=129)], Fault.DAMAGED),
        ([TABLE, tensor("b", (8,), offset=160)], Fault.DAMAGED),
        ([TABLE, tensor("b", (9,), offset=128)], Fault.TRUNCATED),
    ],
    ids=lambda value: "" if isinstance(value, list) else value.value,
)
def test_tensors_that_are_refused(tensors, fault):
    data = padded(start(tensors=len(tensors), keys=0) + b"".join(tensors), 128 + 32)
    assert fault_of(data) is fault


def test_tensors_lie_one_behind_the_other():
    table = TABLE + tensor("b", (8,), offset=128)
    header = read(padded(start(tensors=2, keys=0) + table, 128 + 32))
    assert [(t.name, t.shape, t.bytes) for t in header.tensors] == [
        ("a", (8, 4), 128),
        ("b", (8,), 32),
    ]


def test_the_last_tensor_need_not_be_padded():
    read(padded(start(tensors=1, keys=0) + tensor("a", (3,)), 12))
    assert fault_of(padded(start(tensors=1, keys=0) + tensor("a", (3,)), 11)) is Fault.TRUNCATED


def test_another_alignment():
    keys = uint32_key("general.alignment", 64)
    table = tensor("a", (8,)) + tensor("b", (8,), offset=64)
    data = padded(start(tensors=2, keys=1) + keys + table, 96, alignment=64)
    assert len(read(data).tensors) == 2
    assert fault_of(data[:-1]) is Fault.TRUNCATED


def test_a_file_that_becomes_shorter_while_it_is_read():
    data = start(tensors=0, keys=1)
    with pytest.raises(HeaderError) as caught:
        read_header(io.BytesIO(data), len(data) + 100)
    assert caught.value.fault is Fault.TRUNCATED


def test_a_header_is_all_that_has_to_be_there_of_a_file(tmp_path):
    data = write_tiny_llama(tmp_path / "m.gguf").read_bytes()
    whole = read(data)
    header_bytes = len(data) - sum(-(-tensor.bytes // 32) * 32 for tensor in whole.tensors)
    assert read_header(io.BytesIO(data[:header_bytes]), len(data)) == whole
    with pytest.raises(HeaderError) as caught:
        read_header(io.BytesIO(data[: header_bytes - 32]), len(data))
    assert caught.value.fault is Fault.TRUNCATED


def test_every_beginning_of_a_real_file_is_truncated(tmp_path):
    data = write_tiny_llama(tmp_path / "m.gguf").read_bytes()
    read(data)
    for length in [*range(4, 3000), len(data) // 2, len(data) - 64]:
        assert fault_of(data[:length]) is Fault.TRUNCATED


def assert_bounded(data: bytes) -> None:
    began_s = time.monotonic()
    tracemalloc.start()
    try:
        read(data)
    except HeaderError:
        pass
    finally:
        peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak_bytes < MOST_PEAK_BYTES
    assert time.monotonic() - began_s < MOST_SECONDS


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_give_a_header_or_a_reason(rest):
    assert_bounded(b"GGUF\3\0\0\0" + rest)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tensors=st.integers(0, 3),
    keys=st.integers(0, 4),
    rest=st.lists(
        st.one_of(
            st.integers(0, 2**64 - 1).map(lambda n: struct.pack("<Q", n)),
            st.integers(0, 16).map(lambda n: struct.pack("<I", n)),
            st.text(max_size=8).map(text),
            st.builds(uint32_key, st.text(min_size=1, max_size=4), st.integers(0, 2**32 - 1)),
            st.builds(
                array_key,
                st.text(min_size=1, max_size=4),
                st.integers(0, 13),
                st.integers(0, 2**64 - 1) | st.integers(0, 9),
                st.binary(max_size=80),
            ),
            st.builds(
                tensor,
                st.text(min_size=1, max_size=4),
                st.tuples(st.integers(0, 2**64 - 1) | st.integers(0, 64)),
                kind=st.integers(0, 43),
                offset=st.integers(0, 2**64 - 1) | st.sampled_from([0, 32, 64]),
            ),
        ),
        max_size=8,
    ),
)
def test_things_in_a_wrong_order_give_a_header_or_a_reason(tensors, keys, rest):
    assert_bounded(start(tensors=tensors, keys=keys) + b"".join(rest))


@pytest.fixture(scope="module")
def real_file(tmp_path_factory):
    return write_tiny_llama(tmp_path_factory.mktemp("real") / "m.gguf").read_bytes()


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), mutator=st.sampled_from(mutations.MUTATORS))
def test_damaged_files_give_a_header_or_a_reason(real_file, seed, mutator):
    data = bytearray(real_file)
    mutator(data, random.Random(seed))
    assert_bounded(bytes(data))


def test_the_names_of_the_parts():
    assert part_names("m-00002-of-00003.gguf") == (
        "m-00001-of-00003.gguf",
        "m-00002-of-00003.gguf",
        "m-00003-of-00003.gguf",
    )
    for alone in (
        "m.gguf",
        "m-00004-of-00003.gguf",
        "m-00000-of-00003.gguf",
        "m-1-of-3.gguf",
        "-00001-of-00003.gguf",
        "m-00001-of-99999.gguf",
    ):
        assert part_names(alone) == (alone,)
