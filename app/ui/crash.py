"""A defect in the window costs a sentence on the screen, not the window."""

import logging
import sys
from collections.abc import Callable
from types import TracebackType

from app.domain.reports import frames_of

log = logging.getLogger(__name__)


def show_defects(show: Callable[[Exception], None]) -> None:
    """Send every exception that nobody caught to the log and to `show`.

    PySide6 hands what escapes from a slot to `sys.excepthook`. `show` runs on the thread of the
    exception; what goes wrong inside it is only logged.
    """

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("a defect in the window: %s", frames_of(error))
        try:
            show(error)
        except Exception as again:  # noqa: BLE001 - the last line of defence
            log.error("the defect could not be shown: %s", frames_of(again))  # noqa: TRY400

    sys.excepthook = hook
