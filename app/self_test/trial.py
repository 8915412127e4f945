"""What the checks share: a place for a moment, the engine as it is started here, a model."""

import contextlib
import pathlib
from collections.abc import Callable
from functools import cached_property

from app.catalog.starter import load_starter
from app.domain.device import EngineSetup
from app.domain.errors import NoModelHere
from app.domain.model_file import ModelFile
from app.domain.package_data import package_file
from app.engine.probing import set_up_engine
from app.services.models import starter_model
from app.settings.folders import Folders

# In bundles: random weights, a few hundred kilobytes.
_TINY_MODEL = "self-test.gguf"


class Fault(Exception):
    """What is wrong, as a sentence for people."""


class Trial:
    """One run of the self-test.

    Attributes:
        folders: The person's; looked at, not written to.
        scratch: An empty folder, gone afterwards.
    """

    def __init__(self, folders: Folders, scratch: pathlib.Path) -> None:
        self.folders = folders
        self.scratch = scratch

    @cached_property
    def engine(self) -> EngineSetup:
        """How the engine is started on this PC."""
        return set_up_engine()

    @cached_property
    def model(self) -> ModelFile:
        """The starter model; the tiny one of a bundle that comes without it.

        Raises:
            NoModelHere: There is neither.
        """
        if starter := starter_model(load_starter()):
            return starter
        with contextlib.suppress(FileNotFoundError):
            return ModelFile(name="the self-test's own model", path=package_file(_TINY_MODEL))
        raise NoModelHere(model=load_starter().id)


# Returns what there is to say where all is well, in a few words.
Check = Callable[[Trial], str]
