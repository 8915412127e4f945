"""What came with the program, and where the person's files go."""

import os
import pathlib
import sys
import tempfile

from app.catalog.catalog import load_catalog
from app.domain.package_data import package_file
from app.self_test.trial import Fault, Trial
from app.services.chat_presets import read_built_in


def folders(trial: Trial) -> str:
    """The person's folders can be written to; a file without a name is there for a moment."""
    for name, folder in trial.folders.items():
        existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
        try:
            tempfile.TemporaryFile(dir=existing).close()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Fault(f"The folder “{folder}” ({name}) cannot be written to: {reason}.") from None
    return str(trial.folders.data)


def resources(_trial: Trial) -> str:
    """The catalogue, the presets and the icons are there and can be read."""
    catalog = load_catalog()
    if catalog.problems:
        raise catalog.problems[0]
    presets = read_built_in()
    icons = list(package_file("resources/icons").glob("*.svg"))
    if not icons:
        raise Fault("The icons are missing. Reinstall Cierzo to repair it.")
    return f"{len(catalog.models)} models, {len(presets)} presets, {len(icons)} icons"


def environment(_trial: Trial) -> str:
    """Programs that this one starts do not look for libraries in its folder."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is None:
        return "not a bundle"
    home = str(pathlib.Path(bundle))
    # On Windows Python's libraries are found by PATH, and there programs have their own first.
    names = [name for name, value in os.environ.items() if home in value and name != "PATH"]
    if names:
        raise Fault(f"Other programs would get our libraries by {', '.join(sorted(names))}.")
    return "as it was found"
