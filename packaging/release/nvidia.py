"""What a CUDA pack needs beside our backend: NVIDIA's libraries, as NVIDIA publishes them on PyPI.

The CUDA EULA lets applications pass these libraries on (Attachment A), together with its text.
"""

import os
import pathlib
import shutil
import subprocess

from release.packs import LICENCE
from release.project import PACKAGING

WHEELS = PACKAGING / "nvidia-wheels.txt"
_PLATFORMS = {
    "linux-x86_64": "x86_64-manylinux_2_34",
    "linux-aarch64": "aarch64-manylinux_2_34",
    "windows-x86_64": "x86_64-pc-windows-msvc",
}
# The wheels hold more: static libraries for compilers, and a library that replays benchmarks.
_LIBRARIES = (
    *("libcudart.so.*", "libcublas.so.*", "libcublasLt.so.*"),
    *("cudart64_*.dll", "cublas64_*.dll", "cublasLt64_*.dll"),
)


def fetch_wheels(folder: pathlib.Path, target: str) -> None:
    """Unpack the wheels for a system into a folder, checked by their hashes."""
    uv = os.environ.get("UV") or shutil.which("uv") or "uv"
    place = ["--target", str(folder), "--python-platform", _PLATFORMS[target]]
    options = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--quiet"]
    subprocess.run([uv, "pip", "install", *place, *options, "-r", str(WHEELS)], check=True)


def gather(backend: pathlib.Path, wheels: pathlib.Path, folder: pathlib.Path) -> None:
    """Copy what belongs to a pack into one folder.

    Args:
        backend: The folder with our own library, as `release.engine` makes it.
        wheels: What `fetch_wheels` filled.
        folder: Gets the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in backend.iterdir():
        shutil.copy2(path, folder)
    for pattern in _LIBRARIES:
        for path in (wheels / "nvidia").rglob(pattern):
            shutil.copy2(path, folder)
    texts = {path.read_text("utf-8") for path in wheels.glob("*.dist-info/**/License.txt")}
    (folder / f"{LICENCE}.txt").write_text("\n\n".join(sorted(texts)), encoding="utf-8")
