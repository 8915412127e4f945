"""All of our modules: workers are imported by name, and much of the window when it is needed."""

from PyInstaller.utils.hooks import collect_submodules, copy_metadata

from app.services.diagnostics import LIBRARIES

hiddenimports = collect_submodules("app")
# Reports name their versions.
datas = [entry for library in LIBRARIES for entry in copy_metadata(library)]
