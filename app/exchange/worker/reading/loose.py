"""JSON of which nothing is certain."""

import re
from typing import TypeVar

import msgspec

from app.exchange.worker.reading.files import Content

Kind = TypeVar("Kind")

# What decoders raise at somebody's JSON; the last is a number with thousands of digits.
DECODING = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)
# Escapes one after the other, so that a backslash that is escaped itself begins none.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|[\s\S])"
)


class Loose:
    """An object; what is of another kind than is asked for is not there."""

    def __init__(self, value: object) -> None:
        self._fields: dict[str, object] = value if isinstance(value, dict) else {}

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __bool__(self) -> bool:
        return bool(self._fields)

    def value(self, name: str) -> object:
        """Whatever it is."""
        return self._fields.get(name)

    def text(self, name: str) -> str:
        """A string, else an empty one."""
        value = self._fields.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> float:
        """A number, else 0."""
        value = self._fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return 0.0
        try:
            return float(value)
        except OverflowError:  # hundreds of digits
            return 0.0

    def flag(self, name: str) -> bool:
        """Whether it is true, and not only like it."""
        return self._fields.get(name) is True

    def inner(self, name: str) -> "Loose":
        """An object, else an empty one."""
        return Loose(self._fields.get(name))

    def items(self, name: str) -> list[object]:
        """A list, else an empty one."""
        value = self._fields.get(name)
        return value if isinstance(value, list) else []

    def objects(self, name: str) -> list["Loose"]:
        """The objects in a list."""
        return [Loose(value) for value in self.items(name) if isinstance(value, dict)]

    def fields(self, name: str) -> dict[str, "Loose"]:
        """The objects in an object, by their names."""
        inner = self._fields.get(name)
        if not isinstance(inner, dict):
            return {}
        return {key: Loose(value) for key, value in inner.items() if isinstance(key, str)}


def decode(content: Content | msgspec.Raw) -> Loose:
    """Read an object; what is not text in it becomes question marks.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError: It is no JSON.
    """
    return Loose(decode_as(content, object))


def decode_as(content: Content | msgspec.Raw, kind: type[Kind]) -> Kind:
    """Read something of a kind, as `decode` does."""
    try:
        return msgspec.json.decode(content, type=kind)
    except UnicodeDecodeError:
        text = bytes(content).decode("utf-8", "replace")
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.json.decode(_mended(bytes(content)), type=kind)


def split_list(content: Content) -> list[msgspec.Raw]:
    """Cut a list into its elements without reading them; errors as in `decode`."""
    return decode_as(content, list[msgspec.Raw])


def split_object(content: Content) -> dict[str, msgspec.Raw]:
    """Cut an object into its values without reading them; errors as in `decode`."""
    return decode_as(content, dict[str, msgspec.Raw])


def _mended(content: Content) -> bytes:
    """Halves of emojis are what the decoder refuses a whole file for.

    Raises:
        ValueError: There are none; it is something else.
    """
    text, changes = _ESCAPE.subn(lambda found: b"?" if found[1] else found[0], content)
    if not changes:
        raise ValueError
    return text
