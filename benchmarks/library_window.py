"""A library of so many models, for `growth`: `FOLDER MODELS`.

Says in JSON how much processor time it took to take stock of as many small files, to list them all,
and to show one change in the list, with the memory of the list.
"""

import json
import pathlib
import statistics
import sys
import time

import msgspec
import psutil
from PySide6.QtWidgets import QApplication, QScrollArea

from app.library.index import LibraryIndex
from app.services.library_survey import Folders, Surveyor
from app.ui.garbage import Garbage
from app.ui.library.library_list import LibraryList
from app.ui.look.theme import Theme
from tests.helpers.fake_library import FakeLibrary, Work

_TIMES = 7


def main(folder: pathlib.Path, count: int) -> None:
    """Measure and print."""
    models = folder / "models"
    for number in range(count):
        place = models / "acme" / f"Model-{number}-GGUF"
        place.mkdir(parents=True)
        (place / f"model-{number}-Q4_K_M.gguf").write_bytes(b"GGUF%d" % number)
    surveyor = Surveyor(LibraryIndex(folder), tuple)
    folders = Folders(own=models, downloads=models)
    surveyor.survey(folders)  # the first one writes the index
    scans_s = []
    for _ in range(_TIMES):
        began_s = time.thread_time()
        survey = surveyor.survey(folders)
        scans_s.append(time.thread_time() - began_s)
    assert len(survey.stock.installed) == count
    application = QApplication(["bench"])
    Garbage(application)
    theme = Theme(application)
    assert theme
    library = FakeLibrary(installed=survey.stock.installed)
    process = psutil.Process()
    before_mb = process.memory_info().rss / 1e6
    began_s = time.thread_time()
    shown, column = LibraryList(library), QScrollArea()
    column.setWidget(shown)
    column.setWidgetResizable(True)
    column.resize(700, 640)
    column.show()
    application.processEvents()
    found = {"scan_cpu_s": statistics.median(scans_s), "list_cpu_s": time.thread_time() - began_s}
    found["list_mb"] = process.memory_info().rss / 1e6 - before_mb
    changes_s = []
    for number in range(_TIMES):
        work = msgspec.structs.replace(Work(), done_bytes=number << 20)
        library.works = {library.installed[0].id: work}
        began_s = time.thread_time()
        shown.show_library()
        application.processEvents()
        changes_s.append(time.thread_time() - began_s)
    print(json.dumps(found | {"change_cpu_s": statistics.median(changes_s[1:])}))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
