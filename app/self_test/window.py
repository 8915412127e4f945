"""The window, opened in a process of its own."""

import os
import time

import msgspec

from app.domain.errors import error_from_code
from app.pipe.command import worker_command
from app.pipe.messages import Failed
from app.pipe.once import NoAnswerError, ask_once
from app.self_test.trial import Fault, Trial
from app.self_test.window_protocol import MAX_ANSWER_BYTES, OpenWindow, Reply, WindowOpened

_ROLE = "--self-test-window"
# A cold disk and a busy machine.
_LIMIT_S = 90.0
_ERROR = "error: "


def window(trial: Trial) -> str:
    """It opens, has its languages, and draws what answers may hold."""
    began_ns = time.monotonic_ns()
    opened = _open(trial)
    from app.ui.languages import NAMES

    missing = sorted(set(NAMES) - set(opened.languages))
    if missing:
        raise Fault(f"Words of the window are missing: {', '.join(missing)}.")
    if not opened.has_colours:
        raise Fault("Code in answers gets no colours.")
    if not opened.has_formulas:
        raise Fault("Formulas in answers cannot be drawn.")
    waited_s = (opened.usable_ns - began_ns) / 1e9
    return f"{opened.platform}, {waited_s:.1f} s, {len(opened.languages)} languages"


def _open(trial: Trial) -> WindowOpened:
    question = OpenWindow(home=os.fsencode(trial.scratch / "home"))
    try:
        line = ask_once(
            worker_command(_ROLE),
            msgspec.json.encode(question),
            name="window",
            environment={},
            max_answer_bytes=MAX_ANSWER_BYTES,
            timeout_s=_LIMIT_S,
        )
    except TimeoutError:
        raise Fault(f"The window did not open within {_LIMIT_S:g} seconds.") from None
    except NoAnswerError as death:
        raise Fault(_why(death)) from None
    reply: Reply = msgspec.json.decode(line, type=Reply)
    if isinstance(reply, Failed):
        raise error_from_code(reply.code, reply.facts, reply.detail)
    return reply


def _why(death: NoAnswerError) -> str:
    """What the process said before it ended, or Qt for it."""
    words = [line for line in death.outcome.last_words if line.strip()]
    said = next((line for line in words if line.startswith(_ERROR)), "")
    if said:
        return said.removeprefix(_ERROR)
    return " ".join([f"The window could not be opened ({death.outcome.reason}).", *words[-3:]])
