"""Backends as shared libraries, compiled in a second from a few lines of C, and an engine for them.

An engine with everything linked in becomes one that has to load its backends by emptying its
registry: run `python -m tests.helpers.plugin_backends ROLE` in place of the program. A library then
offers the processor's real backend, the one that is linked in, again.
"""

import pathlib
import subprocess
import sys
from typing import Literal

import llama_cpp

_LIBRARIES = pathlib.Path(llama_cpp.__file__).parent / "lib"
# ggml-backend-impl.h is not installed: these are its structures, version 2.
_DECLARATIONS = """
#include <stdbool.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "ggml-backend.h"
struct registry { int version; const char * (*name)(void *); size_t (*count)(void *);
  void * (*device)(void *, size_t); void * (*find)(void *, const char *); void * context; };
static const char * name(void * r) { return FILE_NAME; }
static size_t none(void * r) { return 0; }
static void * no_device(void * r, size_t i) { return NULL; }
static void * no_function(void * r, const char * n) { return NULL; }
static struct registry empty = { VERSION, name, none, no_device, no_function, NULL };
static void note(const char * what) {
  const char * path = getenv("CIERZO_TEST_NOTES");
  FILE * file = path ? fopen(path, "a") : NULL;
  if (file) { fprintf(file, "%s\\n", what); fclose(file); }
}
__attribute__((constructor)) static void loaded(void) { note("open " FILE_NAME); AT_LOAD }
"""
_INIT = """
int ggml_backend_score(void) { return SCORE; }
void * ggml_backend_init(void) { note("use " FILE_NAME); AT_START return RESULT; }
"""
_CPU = "extern void * ggml_backend_cpu_reg(void);\n"

Deed = Literal["", "crash", "hang", "print"]
_DEEDS = {
    "": "",
    "crash": "*(volatile int *) 0 = 1;",
    "hang": "for (;;) pause();",
    "print": 'printf("%s", "{\\"version\\": 1}\\n"); fflush(stdout);',
}


def write_backend(
    path: pathlib.Path,
    *,
    is_cpu: bool = False,
    score: int = 1,
    version: int = 2,
    at_load: Deed = "",
    at_start: Deed = "",
    needs: str = "",
) -> pathlib.Path:
    """Compile a backend; `needs` is a library that will not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _DECLARATIONS + (_CPU if is_cpu else "") + _INIT
    defines = {
        "RESULT": "ggml_backend_cpu_reg()" if is_cpu else "&empty",
        "VERSION": str(version),
        "SCORE": str(score),
        "AT_LOAD": _DEEDS[at_load],
        "AT_START": _DEEDS[at_start],
        "FILE_NAME": f'"{path.name}"',
    }
    source = path.with_suffix(".c")
    source.write_text(text, encoding="ascii")
    link = [f"-L{_LIBRARIES}", "-lggml-cpu", f"-Wl,-rpath,{_LIBRARIES}"] if is_cpu else []
    if needs:
        _compile(path.parent / f"lib{needs}.so", "-xc", "/dev/null")
        link += [f"-L{path.parent}", "-Wl,--no-as-needed", f"-l{needs}"]
    headers = f"-I{_LIBRARIES.parent / 'include'}"
    words = [f"-D{name}={value}" for name, value in defines.items()]
    _compile(path, str(source), headers, *words, *link)
    if needs:
        (path.parent / f"lib{needs}.so").unlink()
    source.unlink()
    return path


def _compile(path: pathlib.Path, *arguments: str) -> None:
    command = ["cc", "-shared", "-fPIC", "-w", "-o", str(path), *arguments]
    subprocess.run(command, check=True, timeout=60)


def plugin_command(role: str) -> list[str]:
    """Like `worker_command`, for an engine that has no backend of its own."""
    return [sys.executable, "-P", "-X", "utf8", "-m", "tests.helpers.plugin_backends", role]


def _empty_registry() -> None:
    import ctypes

    from app.engine.worker import ggml

    ggml.libggml.ggml_backend_reg_get.restype = ctypes.c_void_p
    ggml.libggml.ggml_backend_reg_get.argtypes = [ctypes.c_size_t]
    ggml.libggml.ggml_backend_unload.argtypes = [ctypes.c_void_p]
    while ggml.registry_count():
        ggml.libggml.ggml_backend_unload(ggml.libggml.ggml_backend_reg_get(0))


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    from app.__main__ import main

    _empty_registry()
    sys.exit(main())
