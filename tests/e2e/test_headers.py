"""Headers of real files through the real process, whole and in parts."""

import ctypes
import importlib.util
import os
import pathlib
import shutil

import gguf
import numpy as np
import pytest

from app.catalog.header_client import read_beginning, read_header
from app.domain.errors import (
    HeaderReaderFailed,
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
from app.domain.quants import QUANTS
from app.domain.shape_of import shape_of
from app.domain.weights_of import weights_of
from tests.helpers.raw_gguf import start
from tests.helpers.tiny_model import write_tiny_llama

GGML_TYPE_COUNT = 43


def test_the_starter(starter):
    header = read_header(starter.path)
    assert header.keys["general.architecture"] == "llama"
    assert header.file_bytes == starter.path.stat().st_size
    shape = shape_of(header, name="starter")
    assert (shape.layers, shape.embedding, shape.vocabulary, shape.is_tied) == (
        30,
        576,
        49152,
        True,
    )
    weights = weights_of(header, name="starter")
    assert 0.95 * header.file_bytes < weights.total_bytes < header.file_bytes


def test_the_engine_counts_the_same_bytes(mistral4_model, run_engine):
    weights = weights_of(read_header(mistral4_model.path), name="m")
    engine = run_engine(mistral4_model)
    engine.ask("Hi", max_tokens=1)
    assert engine.service.state.loaded.file_bytes == weights.total_bytes


def test_formats_are_those_of_the_engine():
    # Without importing the package, which keeps files open.
    package = importlib.util.find_spec("llama_cpp").submodule_search_locations[0]
    ggml = ctypes.CDLL(str(next(pathlib.Path(package, "lib").glob("*ggml-base.*"))))
    ggml.ggml_type_name.restype = ctypes.c_char_p
    ggml.ggml_type_size.restype = ctypes.c_size_t
    ggml.ggml_blck_size.restype = ctypes.c_int64
    theirs = [
        (kind, ggml.ggml_type_name(kind).decode(), ggml.ggml_blck_size(kind), size)
        for kind in range(GGML_TYPE_COUNT)
        if (size := ggml.ggml_type_size(kind))
    ]
    assert theirs == [(q.id, q.name, q.block_values, q.block_bytes) for q in QUANTS]


def not_a_gguf(folder):
    path = folder / "notes.gguf"
    path.write_text("just a text")
    return path


def empty(folder):
    path = folder / "empty.gguf"
    path.touch()
    return path


def huge_counts(folder):
    path = folder / "huge.gguf"
    path.write_bytes(start(tensors=2**60, keys=2**60))
    return path


def old_version(folder):
    path = folder / "old.gguf"
    path.write_bytes(start(tensors=0, keys=0, version=1))
    return path


def cut(folder):
    path = write_tiny_llama(folder / "cut.gguf")
    os.truncate(path, path.stat().st_size - 64)
    return path


def missing(folder):
    return folder / "missing.gguf"


def a_folder(folder):
    path = folder / "folder.gguf"
    path.mkdir()
    return path


def a_pipe(folder):
    path = folder / "pipe.gguf"
    os.mkfifo(path)
    return path


def invalid_name(folder):
    return folder / "a\0b.gguf"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (not_a_gguf, NotAModel),
        (empty, NotAModel),
        (huge_counts, ModelDamaged),
        (old_version, ModelVersionUnsupported),
        (cut, ModelTruncated),
        (missing, ModelNotFound),
        (a_folder, ModelIsFolder),
        (a_pipe, ModelUnreadable),
        (invalid_name, ModelUnreadable),
    ],
)
def test_each_bad_file_has_its_sentence(tmp_path, make, error):
    path = make(tmp_path)
    with pytest.raises(error) as caught:
        read_header(path)
    assert path.name in str(caught.value)
    assert str(tmp_path) not in str(caught.value) + caught.value.detail


def test_the_beginning_of_a_file_tells_what_the_whole_file_tells(starter, tmp_path):
    beginning = tmp_path / "beginning"
    with starter.path.open("rb") as file:
        beginning.write_bytes(file.read(4 << 20))
    whole_bytes = starter.path.stat().st_size
    assert read_beginning(beginning, whole_bytes=whole_bytes) == read_header(starter.path)
    with pytest.raises(ModelTruncated):
        read_beginning(beginning, whole_bytes=whole_bytes // 2)
    os.truncate(beginning, 1 << 16)
    with pytest.raises(ModelTruncated):
        read_beginning(beginning, whole_bytes=whole_bytes)


def test_the_beginning_of_a_part_is_read_alone(tmp_path):
    first = write_split(tmp_path / "m")[0]
    for other in first.parent.glob("*-0000[23]-of-*"):
        other.unlink()
    header = read_beginning(first, whole_bytes=first.stat().st_size)
    assert (header.parts, header.keys["split.count"]) == (1, 3)


def test_a_name_that_is_no_text(tmp_path):
    path = pathlib.Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.gguf"))
    shutil.copy(write_tiny_llama(tmp_path / "m.gguf"), path)
    assert read_header(path).tensors
    os.truncate(path, 100)
    with pytest.raises(ModelTruncated, match=r"“\?\.gguf”"):
        read_header(path)


def test_a_process_that_is_too_slow_is_ended(starter):
    with pytest.raises(HeaderReaderFailed, match="took too long"):
        read_header(starter.path, timeout_s=0.0)


def test_a_program_that_is_not_there(starter, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(HeaderReaderFailed, match="No such file"):
        read_header(starter.path)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\nkill -SEGV $$\n", "SIGSEGV"),
        ("#!/bin/sh\nexit 3\n", "exit code 3"),
        ("#!/bin/sh\necho nonsense\n", "broke the protocol"),
        ("#!/bin/sh\nexec cat /dev/zero\n", "lack of memory"),
    ],
)
def test_a_process_that_dies_or_lies(starter, tmp_path, monkeypatch, script, reason):
    program = tmp_path / "program"
    program.write_text(script)
    program.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(program))
    with pytest.raises(HeaderReaderFailed, match=reason):
        read_header(starter.path)


def write_split(folder, *, name="m", tensors=7, small_first=False, seed=0):
    """Three tensors a file."""
    folder.mkdir(exist_ok=True)
    writer = gguf.GGUFWriter(
        folder / f"{name}.gguf", "llama", split_max_tensors=3, small_first_shard=small_first
    )
    writer.add_block_count(tensors)
    for i in range(tensors):
        values = np.full((i + 1, 8), seed, dtype=np.float32)
        writer.add_tensor(f"blk.{i}.ffn_up.weight", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return sorted(folder.glob(f"{name}-*.gguf"))


@pytest.mark.parametrize("small_first", [False, True])
def test_any_part_leads_to_the_whole(tmp_path, small_first):
    parts = write_split(tmp_path, small_first=small_first)
    assert len(parts) == (4 if small_first else 3)
    headers = [read_header(part) for part in parts]
    assert headers[0].parts == len(parts)
    assert headers[0].file_bytes == sum(part.stat().st_size for part in parts)
    assert [t.name for t in headers[0].tensors] == [f"blk.{i}.ffn_up.weight" for i in range(7)]
    assert headers[0].keys["llama.block_count"] == 7
    assert all(header == headers[0] for header in headers)
    assert weights_of(headers[0], name="m").total_bytes == 28 * 8 * 4


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_missing_part_is_named(tmp_path, gone):
    parts = write_split(tmp_path)
    parts[gone].unlink()
    with pytest.raises(SplitMissing, match=f"“{parts[gone].name}” is missing.* 3 files"):
        read_header(parts[(gone + 1) % 3])


def test_a_part_in_another_ones_place(tmp_path):
    parts = write_split(tmp_path)
    shutil.copy(parts[1], parts[2])
    with pytest.raises(SplitMixed, match=parts[2].name):
        read_header(parts[0])


def test_a_part_of_a_set_of_another_size(tmp_path):
    parts = write_split(tmp_path)
    shutil.copy(write_split(tmp_path, name="other", tensors=10)[1], parts[1])
    with pytest.raises(SplitMixed, match=parts[1].name):
        read_header(parts[0])


def test_parts_that_overlap(tmp_path):
    """The second part has the tensors of the first once more."""
    parts = write_split(tmp_path)
    data = bytearray(parts[0].read_bytes())
    key = b"split.no"
    at = data.index(key) + len(key) + 4
    data[at : at + 2] = (1).to_bytes(2, "little")
    parts[1].write_bytes(data)
    with pytest.raises(SplitMixed, match=parts[1].name):
        read_header(parts[0])


def test_parts_with_too_few_tensors(tmp_path):
    parts = write_split(tmp_path)
    shutil.copy(write_split(tmp_path, name="other", tensors=8)[2], parts[2])
    with pytest.raises(SplitMixed):
        read_header(parts[0])


def test_a_whole_file_in_the_place_of_a_part(tmp_path):
    parts = write_split(tmp_path)
    write_tiny_llama(parts[1])
    with pytest.raises(SplitMixed, match=parts[1].name):
        read_header(parts[0])


def test_a_truncated_part_is_named(tmp_path):
    parts = write_split(tmp_path)
    os.truncate(parts[2], parts[2].stat().st_size - 40)
    with pytest.raises(ModelTruncated, match=parts[2].name):
        read_header(parts[0])


def test_a_part_under_another_name(tmp_path):
    parts = write_split(tmp_path)
    renamed = parts[0].rename(tmp_path / "model.gguf")
    with pytest.raises(SplitRenamed, match=r"“model\.gguf” is one of 3 files"):
        read_header(renamed)


def test_a_whole_file_that_is_named_like_a_part(tmp_path):
    path = write_tiny_llama(tmp_path / "m-00002-of-00003.gguf")
    assert read_header(path).parts == 1
