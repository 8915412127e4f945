"""Libraries of a few lines of C that stand between a process and the system."""

import pathlib
import subprocess

_FOLDER = pathlib.Path(__file__).parent


class NoCompilerError(Exception):
    """There is no C compiler, or no library can be preloaded here."""


def compiled(name: str, folder: pathlib.Path) -> pathlib.Path:
    """Compile NAME.c of this folder; the result goes into LD_PRELOAD.

    Raises:
        NoCompilerError: It cannot be done.
    """
    library = folder / f"{name}.so"
    source = _FOLDER / f"{name}.c"
    command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise NoCompilerError("there is no C compiler") from None
    return library
