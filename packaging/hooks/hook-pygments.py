"""The languages, which are found by their names; in place of PyInstaller's own, which takes all."""

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("pygments.lexers")
