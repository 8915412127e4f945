"""What models call themselves."""

import pathlib

from app.catalog.header_client import read_header
from app.domain.errors import ModelError
from app.domain.well_formed import as_text
from app.library.stock import bare_name

_LONGEST = 80


def header_name(path: pathlib.Path) -> str:
    """The name inside a model's file, fit to be shown; its file's name where there is none.

    Waits for a throw-away process.
    """
    try:
        name = read_header(path).keys.get("general.name")
    except ModelError:
        name = None  # what is wrong with it is said when it is opened
    shown = "".join(c if c.isprintable() else " " for c in as_text(str(name or "")))
    return " ".join(shown.split())[:_LONGEST] or bare_name(path)
