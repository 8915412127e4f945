"""Runtime packs: made of a folder, the same every time, and refused when something is missing."""

import hashlib
import json
import shutil
import tarfile

import pytest

from release.packs import KINDS, PackIncompleteError, make_pack, packs_in, read_pack

ABI = "llama-cpp-python-0.3.36-0123456789ab"
LINUX = {
    "libggml-cuda.so": b"backend" * 1000,
    "libcudart.so.13": b"runtime",
    "libcublas.so.13": b"blas",
    "libcublasLt.so.13": b"blas, light",
    "LICENSE-NVIDIA.txt": "May be passed on with an application™.".encode(),
}
WINDOWS = {
    "ggml-cuda.dll": b"backend",
    "cudart64_13.dll": b"runtime",
    "cublas64_13.dll": b"blas",
    "cublasLt64_13.dll": b"blas, light",
    "LICENSE-NVIDIA.txt": b"May be passed on.",
}


@pytest.fixture
def made(tmp_path):
    def make(files: dict[str, bytes], target: str = "linux-x86_64"):
        folder = tmp_path / "folder"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return make_pack(folder, tmp_path / "dist", name="cuda13", abi=ABI, target=target)

    return make


@pytest.mark.parametrize(
    ("files", "target"), [(LINUX, "linux-x86_64"), (WINDOWS, "windows-x86_64")]
)
def test_it_says_what_is_in_it(made, files, target):
    archive = made(files, target)
    assert archive.name == f"cierzo-pack-cuda13-{ABI}-{target}.tar.xz"
    with tarfile.open(archive) as tar:
        content = {member.name: tar.extractfile(member).read() for member in tar}
    info = json.loads(content.pop("pack.json"))
    assert content == files
    assert (info["name"], info["abi"], info["target"]) == ("cuda13", ABI, target)
    assert info["minimum_driver"] == KINDS["cuda13"].minimum_driver
    assert info["compute_capabilities"] == list(KINDS["cuda13"].compute_capabilities)
    said = {file["path"]: (file["bytes"], file["sha256"]) for file in info["files"]}
    assert said == {
        name: (len(each), hashlib.sha256(each).hexdigest()) for name, each in files.items()
    }


def test_it_is_read_back_for_the_manifest(made):
    archive = made(LINUX)
    (pack,) = packs_in(archive.parent)
    assert (pack.name, pack.abi, pack.target) == ("cuda13", ABI, "linux-x86_64")
    assert pack.licence == "May be passed on with an application™."
    with tarfile.open(archive) as tar:
        assert pack.unpacked_bytes == sum(member.size for member in tar)


def test_the_same_files_make_the_same_bytes(made):
    first = made(LINUX).read_bytes()
    # Written in another order, at another time.
    assert made(dict(reversed(LINUX.items()))).read_bytes() == first


@pytest.mark.parametrize("name", LINUX)
def test_nothing_may_be_missing(made, name):
    rest = {other: content for other, content in LINUX.items() if other != name}
    with pytest.raises(PackIncompleteError):
        made(rest)


def test_a_pack_that_was_renamed_is_refused(made):
    archive = made(LINUX)
    other = archive.rename(archive.with_name(archive.name.replace("linux", "windows")))
    with pytest.raises(PackIncompleteError, match="for linux-x86_64"):
        read_pack(other)


def test_a_stranger_is_refused(tmp_path):
    path = tmp_path / f"cierzo-pack-cuda13-{ABI}-linux-x86_64.tar.xz"
    with tarfile.open(path, "w:xz") as tar:
        tar.addfile(tarfile.TarInfo("other"))
    with pytest.raises(PackIncompleteError, match=r"pack\.json"):
        packs_in(tmp_path)
