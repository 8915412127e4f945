"""The engine's libraries, which ctypes opens: without this the program ends at the first import.

They are those of the environment, for a bundle without an engine of its own. Where there is one in
`llama/`, none of these may come along: the loader would find their names first.
"""

import os
import pathlib

from PyInstaller.utils.hooks import get_package_paths

_LOADED = {"libllama", "libmtmd", "llama", "mtmd"}
_SUFFIXES = {".so", ".dylib", ".dll"}

# A server that speaks HTTP is nothing that we have.
excludedimports = ["llama_cpp.server"]
binaries = []
if not pathlib.Path(os.environ["CIERZO_CONTENTS"], "llama").is_dir():
    libraries = pathlib.Path(get_package_paths("llama_cpp")[1], "lib")
    # What they are linked to is found by PyInstaller, under the names that the loader looks for.
    binaries = [
        (str(path), "llama_cpp/lib")
        for path in sorted(libraries.iterdir())
        if path.stem in _LOADED and path.suffix in _SUFFIXES
    ]
