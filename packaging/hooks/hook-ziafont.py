"""The font that stands in for letters in formulas."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("ziafont")
