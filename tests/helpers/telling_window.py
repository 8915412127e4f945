"""The real program, which says on stdout when it hears other starts, and what it is to open.

`python -m tests.helpers.telling_window ARGUMENTS` writes `here`, then the path of every file.
"""

import pathlib
import sys

import app.ui.desktop.presence as presence
import app.ui.main_window as main_window
from app.main import run

_open_model, _Door = main_window.MainWindow.open_model, presence.Door


def _opened(window: main_window.MainWindow, path: pathlib.Path) -> None:
    print(path, flush=True)
    _open_model(window, path)


def _listening(*parts: object) -> presence.Door:
    made = _Door(*parts)  # type: ignore[arg-type]
    print("here", flush=True)
    return made


if __name__ == "__main__":
    main_window.MainWindow.open_model = _opened  # type: ignore[method-assign]
    presence.Door = _listening  # type: ignore[misc, assignment]
    sys.exit(run(sys.argv[1:]))
