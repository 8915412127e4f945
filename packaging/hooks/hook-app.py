"""All of our modules: workers are imported by name, and much of the window when it is needed."""

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("app")
