"""Recipes with places between @ signs, and what is put there."""

import pathlib
import re

_PLACE = re.compile(r"@([A-Z_]+)@")


def fill(path: pathlib.Path, **values: str) -> str:
    """Return the recipe with its places filled, ``@NAME@`` by ``NAME=…``.

    Raises:
        KeyError: It has a place that nobody fills.
        ValueError: It lacks a place for a value.
    """
    text = path.read_text(encoding="utf-8")
    if needless := values.keys() - set(_PLACE.findall(text)):
        raise ValueError(f"{path.name} has no place for {sorted(needless)}")
    return _PLACE.sub(lambda place: values[place.group(1)], text)
