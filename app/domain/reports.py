"""Telling a bug without telling what a person wrote."""

import os
import traceback


def frames_of(error: BaseException) -> str:
    """Say where an exception came from: its type and code lines, never its message or values.

    A message may quote what the code failed on, and that may be a person's words.
    """
    frames = [
        f"  {frame.filename.rpartition(os.sep)[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return "\n".join([type(error).__name__, *frames])
