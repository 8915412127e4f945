"""Where a frozen Cierzo begins: undoes what the starter did to the process, then is the program."""

import os
import sys
from collections.abc import MutableMapping

from app.__main__ import main

_SEARCH_PATH, _SEARCH_PATH_BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"
# What the person had in it, from one start to the next.
_THEIRS = "CIERZO_LD_LIBRARY_PATH"
# What PyInstaller's starter tells a process of its own program.
_STARTER = "_PYI_"


def lay_aside(environment: MutableMapping[str, str]) -> bool:
    """Take the person's folders of libraries away; whether there were any.

    Such folders are of other programs (another Qt, another llama.cpp), and the loader would look
    into them before it looks where our libraries say that theirs are. It reads the variable at a
    start only.
    """
    theirs = environment.get(_SEARCH_PATH_BEFORE, "")
    if theirs:
        give_back(environment)
        del environment[_SEARCH_PATH]
        environment[_THEIRS] = theirs
    return bool(theirs)


def give_back(environment: MutableMapping[str, str]) -> None:
    """Undo what the starter did to the environment, for all that this process starts.

    The starter had this process look for libraries in the bundle first. A browser or a file manager
    would load ours, too, and fail. Our own workers begin like the first process, starter and all.
    """
    for name in [name for name in environment if name.startswith(_STARTER)]:
        del environment[name]
    environment.pop(_SEARCH_PATH, None)
    laid_aside = environment.pop(_THEIRS, "")
    if before := environment.pop(_SEARCH_PATH_BEFORE, laid_aside):
        environment[_SEARCH_PATH] = before


def have_streams() -> None:
    """Let what is written go nowhere: a windowed program on Windows has no stdout and no stderr."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


if __name__ == "__main__":
    if sys.platform == "linux":
        if lay_aside(os.environ):
            os.execv(sys.executable, sys.argv)
        give_back(os.environ)
    have_streams()
    sys.exit(main())
