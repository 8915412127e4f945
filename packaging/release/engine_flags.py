"""How the engine is compiled, per system and backend: flags of llama.cpp's own build.

The CPU's backend is built once per generation of processors and chosen at run time; so nothing here
depends on the machine that builds.
"""

from collections.abc import Mapping

_COMMON = {
    "CMAKE_BUILD_TYPE": "Release",
    "BUILD_SHARED_LIBS": "ON",
    "CMAKE_BUILD_WITH_INSTALL_RPATH": "ON",
    # One file per library in place of a file and two links, which not every installer can carry.
    "CMAKE_PLATFORM_NO_VERSIONED_SONAME": "ON",
    "GGML_BACKEND_DL": "ON",
    "GGML_NATIVE": "OFF",
    "GGML_CCACHE": "OFF",
    "GGML_RPC": "OFF",
    "LLAMA_BUILD_APP": "OFF",
    "LLAMA_BUILD_COMMON": "OFF",
    "LLAMA_BUILD_EXAMPLES": "OFF",
    "LLAMA_BUILD_MTMD": "ON",
    "LLAMA_BUILD_SERVER": "OFF",
    "LLAMA_BUILD_TESTS": "OFF",
    "LLAMA_BUILD_TOOLS": "OFF",
    "LLAMA_OPENSSL": "OFF",
    # It would start a program called ffmpeg from wherever it finds one.
    "MTMD_VIDEO": "OFF",
}
_NO_PATHS = "-ffile-prefix-map={source}=llama.cpp -ffile-prefix-map={build}=build"
# NVIDIA's compiler wants Microsoft's beside it, which has no such option.
_MICROSOFT = {
    "CMAKE_C_COMPILER": "cl",
    "CMAKE_CXX_COMPILER": "cl",
    "CMAKE_C_FLAGS": "/EHsc",
    "CMAKE_CXX_FLAGS": "/EHsc",
    "CMAKE_SHARED_LINKER_FLAGS": "/Brepro",
    "CMAKE_MODULE_LINKER_FLAGS": "/Brepro",
}
_SYSTEMS: Mapping[str, Mapping[str, str]] = {
    "linux": {
        "CMAKE_INSTALL_RPATH": "$ORIGIN;$ORIGIN/../core",
        "CMAKE_SHARED_LINKER_FLAGS": "-Wl,--strip-all",
        "CMAKE_MODULE_LINKER_FLAGS": "-Wl,--strip-all",
        "GGML_OPENMP": "ON",
    },
    # clang as a GNU-like driver, as upstream's releases: cl, and clang-cl in its place, leave out
    # five of the variants.
    "windows": {
        "CMAKE_C_COMPILER": "clang",
        "CMAKE_CXX_COMPILER": "clang++",
        "CMAKE_SHARED_LINKER_FLAGS": "-fuse-ld=lld -Wl,/Brepro",
        "CMAKE_MODULE_LINKER_FLAGS": "-fuse-ld=lld -Wl,/Brepro",
        "GGML_OPENMP": "OFF",
    },
    "macos": {
        "CMAKE_INSTALL_RPATH": "@loader_path;@loader_path/../core",
        "CMAKE_OSX_DEPLOYMENT_TARGET": "14.0",
        "CMAKE_SHARED_LINKER_FLAGS": "-Wl,-x",
        "CMAKE_MODULE_LINKER_FLAGS": "-Wl,-x",
        "GGML_BLAS": "OFF",
        "GGML_METAL": "OFF",
        "GGML_OPENMP": "OFF",
    },
}
_BACKENDS: Mapping[str, Mapping[str, str]] = {
    "cpu": {"GGML_CPU_ALL_VARIANTS": "ON"},
    "vulkan": {"GGML_CPU": "OFF", "GGML_VULKAN": "ON"},
    "metal": {"GGML_CPU": "OFF", "GGML_METAL": "ON", "GGML_METAL_EMBED_LIBRARY": "ON"},
    "cuda13": {"GGML_CPU": "OFF", "GGML_CUDA": "ON", "GGML_CUDA_NCCL": "OFF"},
}


def default_backends(target: str) -> tuple[str, ...]:
    """What comes with the installer; CUDA is a pack of its own."""
    return ("cpu", "metal") if target.startswith("macos-") else ("cpu", "vulkan")


def flags(target: str, backend: str) -> tuple[str, ...]:
    """Arguments of cmake; `{source}` and `{build}` stand for folders, which must change nothing.

    Args:
        target: As of `release.project.target`.
        backend: `cpu` brings the core with it.

    Raises:
        KeyError: There is no such system or backend.
    """
    system = target.split("-", maxsplit=1)[0]
    values = {
        **_COMMON,
        "CMAKE_C_FLAGS": _NO_PATHS,
        "CMAKE_CXX_FLAGS": _NO_PATHS,
        **_SYSTEMS[system],
        **_BACKENDS[backend],
        **(_MICROSOFT if (system, backend) == ("windows", "cuda13") else {}),
    }
    return tuple(f"-D{name}={value}" for name, value in sorted(values.items()))


def cmake_targets(backend: str) -> tuple[str, ...]:
    """What is built of llama.cpp for a backend; a pack's name may end in a version."""
    return ("llama", "mtmd") if backend == "cpu" else (f"ggml-{backend.rstrip('0123456789')}",)
