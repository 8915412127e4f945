"""Tables of fonts, whose modules are found by the tables' names."""

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("fontTools.ttLib.tables")
