"""Hidden parts of copies whose process was killed; see `app/downloads/worker/copying.py`."""

import contextlib
import os
import pathlib
import re
from datetime import UTC, datetime

_PART = re.compile(r"\.[0-9a-f]{16}\.part")
# A copy writes all the time; the clocks of network drives may be hours off.
_ABANDONED_S = 86_400.0


def remove_leftovers(models_folder: pathlib.Path) -> None:
    """Delete those that nobody has written to for a day; follows no links."""
    latest_s = datetime.now(UTC).timestamp() - _ABANDONED_S
    for folder, inner, names in os.walk(models_folder):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in filter(_PART.fullmatch, names):
            path = pathlib.Path(folder, name)
            with contextlib.suppress(OSError):
                if path.lstat().st_mtime < latest_s:
                    path.unlink()
