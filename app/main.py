"""Opens the window: what comes before there is one, and after it is closed."""

import argparse
import pathlib
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.domain.errors import AppError, ModelNotFound, WindowSilent
from app.pipe.heap import give_back_free_memory
from app.services.logs import BadLogLevelError, configure_logging
from app.services.options import DEFAULT_LOG_LEVELS, add_global_options
from app.settings.folders import Folders, folders_for
from app.ui.screen import screen_problem
from app.ui.without_window import tell

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

# After the first picture.
_DOOR_AFTER_MS = 50
_PAGES_AFTER_MS = 300
_REFUSED = 3


def run(
    arguments: list[str], *, watch: "Callable[[QApplication], None]" = lambda application: None
) -> int:
    """Open the window, perhaps with a model file, and stay until it is closed.

    Args:
        arguments: Of the command line.
        watch: Gets the application before there is a window.
    """
    parser = argparse.ArgumentParser(prog="cierzo")
    add_global_options(parser)
    parser.add_argument("model", nargs="?", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="open the quick question")
    options = parser.parse_args(arguments)
    folders = folders_for(options.home)
    if options.model and not options.model.is_file():
        tell(str(ModelNotFound(name=str(options.model))))
        return _REFUSED
    if problem := screen_problem():
        tell(problem)
        return _REFUSED
    try:
        configure_logging(folder=folders.logs, levels=options.log or DEFAULT_LOG_LEVELS)
    except BadLogLevelError as error:
        parser.error(f"--log: there is no level “{error}”")
    return _open(folders, options.model, is_quick=options.quick, watch=watch)


def _open(
    folders: Folders,
    model: pathlib.Path | None,
    *,
    is_quick: bool,
    watch: "Callable[[QApplication], None]",
) -> int:
    # Only now: without its libraries Qt cannot be imported.
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPixmapCache

    from app.program import Program
    from app.ui.application import make_application, say_refused
    from app.ui.garbage import Garbage
    from app.ui.instance.claim import claim
    from app.ui.watchdog import Watchdog

    try:
        place = claim(folders.data, model, is_quick=is_quick)
    except WindowSilent as error:
        return say_refused(error)
    if place is None:
        return 0
    # Ctrl-C in the terminal: Qt's event loop would not let Python see it. The worker notices.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    application = make_application()
    watch(application)
    garbage = Garbage(application)
    try:
        program = Program(application, folders, model)
    except AppError as error:
        return say_refused(error)
    program.window.left.connect(application.quit)
    application.file_opened.connect(program.window.open_model)
    application.commitDataRequest.connect(program.window.end_session)
    program.window.show()
    garbage.spare_what_is_there()

    def rest() -> None:
        garbage.take_all()
        # Pictures of widgets in sizes that may not come again: 10 MB by Qt's own count, twice that
        # by the system's.
        QPixmapCache.clear()
        give_back_free_memory()

    program.at_rest(rest)
    QTimer.singleShot(_DOOR_AFTER_MS, lambda: program.settle_in(is_quick=is_quick))
    QTimer.singleShot(_PAGES_AFTER_MS, program.warm_pages)
    watchdog = Watchdog()
    try:
        return application.exec()
    finally:
        watchdog.close()
        program.close()
        place.release()
