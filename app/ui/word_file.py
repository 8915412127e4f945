"""The file of one language: gettext's PO with every text on a line of its own."""

import re
from collections.abc import Mapping

_ENTRY = re.compile(
    r'^(?:msgctxt "(.*)"\n)?msgid "(.*)"\n(?:msgid_plural "(.*)"\n)?((?:msgstr.*\n)+)', re.MULTILINE
)
_FORM = re.compile(r'^msgstr(?:\[\d\])? "(.*)"$', re.MULTILINE)
_SIGNS = {"n": "\n", "t": "\t"}


# By context and text as in the code; a text that counts things is found by its plural.
Words = Mapping[tuple[str, str], tuple[str, ...]]


def read_words(text: str) -> Words:
    """Read a language's file; what is not translated yet is left out."""
    words = {}
    for context, one, many, forms in _ENTRY.findall(text):
        said = tuple(_unescaped(form) for form in _FORM.findall(forms))
        if one and all(said):
            words[_unescaped(context), _unescaped(many or one)] = said
    return words


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: _SIGNS.get(found[1], found[1]), text)
