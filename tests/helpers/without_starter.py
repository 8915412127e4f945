"""A PC to which nobody brought the starter model: the Python package that carries it is hidden."""

import os
import pathlib
import sys

import pytest

from app.catalog.starter import Starter, load_starter
from tests.helpers.hub import Hub

# Whoever asks for a module of which this is known finds none.
_HIDING = "import sys\nsys.modules[{package!r}] = None\n"


def hide_starter(monkeypatch: pytest.MonkeyPatch, folder: pathlib.Path) -> Starter:
    """Hide it from this process and from those that it starts; `folder` is for what that takes."""
    starter = load_starter()
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_HIDING.format(package=starter.package))
    paths = [str(folder), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.setitem(sys.modules, starter.package, None)
    return starter


def publish_starter(hub: Hub, file: pathlib.Path) -> None:
    """Have the hub hold it as the real one does."""
    starter = load_starter()
    hub.add(starter.repo, {starter.file: file.read_bytes()}, commit=starter.commit)
