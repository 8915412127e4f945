"""A file that the engine can load."""

import pathlib

import msgspec


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model that can be loaded.

    Attributes:
        name: What the person calls it.
        is_toy: The starter model: to try the app with, not to trust.
    """

    name: str
    path: pathlib.Path
    is_toy: bool = False
