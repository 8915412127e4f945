"""A Vulkan that is new enough to compile against, where the system's own is too old.

Debian 12's headers lack what ggml-vulkan.cpp uses, and its shader compiler cannot do matrix cores,
integer products or bfloat16. Debian 13's can. Its packages are fetched by the system's own package
manager, checked by it, and unpacked beside the cache: nothing is installed.
"""

import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

from release.engine_source import cache_folder

_HEADER = "usr/include/vulkan/vulkan_core.h"
_NEEDED_VERSION = (1, 4)
_SUITE = "trixie"
_PACKAGES = (
    "glslc",
    "libc6",
    "libgcc-s1",
    "libshaderc1",
    "libstdc++6",
    "libvulkan-dev",
    "libvulkan1",
    "spirv-headers",
)
# The shader compiler with the C library that it was built for, whatever the system's is.
_GLSLC = """#!/bin/sh
here=$(dirname "$0")
exec {loader} --library-path "{libraries}" "$here/usr/bin/glslc" "$@"
"""


class VulkanMissing(Exception):
    """The Vulkan backend cannot be compiled here."""


def vulkan_flags() -> tuple[str, ...]:
    """What cmake has to be told to find it; nothing where the system has it.

    Raises:
        VulkanMissing: There is none, and no way to get one.
    """
    root = _root()
    if not root:
        return ()
    return (
        f"-DVulkan_INCLUDE_DIR={root}/usr/include",
        f"-DVulkan_LIBRARY={next(root.glob('usr/lib/*/libvulkan.so'))}",
        f"-DVulkan_GLSLC_EXECUTABLE={root}/glslc",
        f"-DSPIRV-Headers_DIR={root}/usr/share/cmake/SPIRV-Headers",
    )


def vulkan_version() -> str:
    """What it is, in words: part of what a cached build is found by."""
    root = _root()
    glslc = root / "glslc" if root else "glslc"
    words = subprocess.run([glslc, "--version"], capture_output=True, text=True, check=True).stdout
    compiler = "; ".join(line for line in words.splitlines() if line)
    header = (root or pathlib.Path("/")) / _HEADER
    version = ".".join(map(str, header_version(header))) if header.is_file() else "SDK"
    return f"Vulkan {version}, {compiler}"


def header_version(path: pathlib.Path) -> tuple[int, int, int]:
    """What a `vulkan_core.h` describes, e.g. (1, 4, 309)."""
    text = path.read_text(encoding="utf-8")
    complete = re.search(r"HEADER_VERSION_COMPLETE VK_MAKE_API_VERSION\(0, (\d+), (\d+),", text)
    patch = re.search(r"#define VK_HEADER_VERSION (\d+)", text)
    if not complete or not patch:
        raise VulkanMissing(f"{path} does not say which version it is")
    return int(complete[1]), int(complete[2]), int(patch[1])


def _root() -> pathlib.Path | None:
    """Where it was unpacked; None if the system's own is used."""
    header = pathlib.Path("/") / _HEADER
    if os.environ.get("VULKAN_SDK") or sys.platform != "linux":
        return None
    if header.is_file() and header_version(header) >= _NEEDED_VERSION and shutil.which("glslc"):
        return None
    root = cache_folder() / "vulkan-tools" / f"{_SUITE}-{platform.machine()}"
    if not root.is_dir():
        if not shutil.which("apt-get") or not shutil.which("dpkg"):
            raise VulkanMissing("Vulkan 1.4 and glslc are missing: install them or the Vulkan SDK.")
        _unpack_debian(root)
    return root


def _unpack_debian(root: pathlib.Path) -> None:
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        aside = pathlib.Path(folder)
        _download(aside)
        tree = aside / "tree"
        for package in sorted(aside.glob("*.deb")):
            command = ["dpkg", "-x", str(package), str(tree)]
            subprocess.run(command, check=True)
        loader = next(tree.glob("usr/lib*/**/ld-linux*.so.*")).relative_to(tree)
        libraries = next(tree.glob("usr/lib/*/libc.so.6")).parent.relative_to(tree)
        script = _GLSLC.format(loader=f'"$here/{loader}"', libraries=f"$here/{libraries}")
        (tree / "glslc").write_text(script, encoding="ascii")
        (tree / "glslc").chmod(0o755)
        tree.rename(root)


def _download(folder: pathlib.Path) -> None:
    """Fetch the packages from where this system gets its own, with lists of their own."""
    (folder / "lists").mkdir()
    (folder / "cache").mkdir()
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    source = f"deb [signed-by={keyring}] {_mirror()} {_SUITE} main\n"
    (folder / "sources.list").write_text(source, encoding="ascii")
    options = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "download", *_PACKAGES], cwd=folder, check=True)


def _mirror() -> str:
    """The address of Debian's archive that this system is set up to use."""
    release = platform.freedesktop_os_release()
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    suite = f"Release: {release.get('VERSION_CODENAME', '')}"
    found = subprocess.run([*command, suite], capture_output=True, text=True, check=True).stdout
    if release.get("ID") != "debian" or not found:
        raise VulkanMissing("Vulkan 1.4 and glslc are missing: install them or the Vulkan SDK.")
    return found.splitlines()[0]
