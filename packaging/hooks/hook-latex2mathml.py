"""The table of TeX's signs."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("latex2mathml", includes=["*.txt"])
