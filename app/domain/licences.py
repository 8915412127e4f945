"""What others made of which Cierzo is made, and under which licence."""

import msgspec


class Licence(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the ``licences/licences.json`` that a bundle carries.

    Attributes:
        version: Empty where it is not known.
        licence: An SPDX expression; empty where a distribution says none.
        file: Its text, beside that index.
        source: Where its source is; may be empty.
        note: What is to be known beside it; may be empty.
    """

    name: str
    version: str
    licence: str
    file: str
    source: str = ""
    note: str = ""
