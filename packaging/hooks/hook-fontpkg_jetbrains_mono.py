"""The fonts of exported PDFs; nothing of the package's code is run."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("fontpkg_jetbrains_mono", includes=["files/*.ttf"])
