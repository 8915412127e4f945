"""Signs that are none of text: shown as such, so that words stay in their line."""

_MOST_LANGUAGE_CHARS = 24
# What is no sign of text for Qt, or ends its lines.
_CONTROLS = (range(9), range(10, 0x20), range(0x7F, 0xA0))
_NONCHARACTERS = (range(0xFDD0, 0xFDF0), range(0x2028, 0x202A), (0xFFFC, 0xFFFE, 0xFFFF))
# At the beginning of a text it is no sign for PySide but says how the rest is to be read; U+FFFE
# there turns all bytes around. This one is as invisible.
_BYTE_ORDER = {0xFEFF: "\u2060"}
# Code that reads differently from what it does is shown as such.
_TURNING = (range(0x202A, 0x202F), range(0x2066, 0x206A))
_SHOWN = {code: "\ufffd" for codes in (*_CONTROLS, *_NONCHARACTERS) for code in codes} | _BYTE_ORDER
_SHOWN_IN_CODE = _SHOWN | {code: "\ufffd" for codes in _TURNING for code in codes}


def clean(text: str, *, is_code: bool = False) -> str:
    """Words that stay in their line; as many as before."""
    return text.translate(_SHOWN_IN_CODE if is_code else _SHOWN)


def language_of(info: str) -> str:
    """The first word behind a fence."""
    first, *_ = [*info.split(maxsplit=1), ""]
    return clean(first.strip("{}."))[:_MOST_LANGUAGE_CHARS]
