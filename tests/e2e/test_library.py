"""The library with the real worker: whole files read, copied and moved by another process."""

import os
import pathlib
import queue
import tempfile

import pytest

from app.domain.errors import FileAltered
from app.domain.library import Check, Found
from app.downloads.client import DownloadClient
from app.library.index import LibraryIndex
from app.library.surroundings import Surroundings
from app.services.model_library import ModelLibrary
from app.settings.model import Settings
from tests.helpers.library_desk import REPOSITORY, gguf, made_model, sha256

BIG = gguf("big", 3 << 20)
FILES = {f"T-Q8_0-0000{part}-of-00002.gguf": gguf(f"{part}", 1 << 20) for part in (1, 2)}
FILES["mmproj-F16.gguf"] = gguf("p", 1 << 16)


class Desk:
    """A library over a real worker; `until` runs what its threads posted."""

    def __init__(self, home: pathlib.Path) -> None:
        self.own = home / "data" / "models"
        self.settings = Settings()
        self._posted: queue.SimpleQueue = queue.SimpleQueue()
        self.client = DownloadClient(post=self._posted.put, test_pace=0.1)
        self.library = ModelLibrary(
            self.client,
            LibraryIndex(home / "data"),
            own_folder=self.own,
            settings=lambda: self.settings,
            keep_folders=self._keep,
            models=lambda: [made_model(FILES)],
            look=lambda repository, on_end: None,
            in_use=lambda: None,
            post=self._posted.put,
            surroundings=lambda: Surroundings(home=home, variables={}, platform="linux"),
        )

    def put(self, folder: pathlib.Path, files: dict[str, bytes]) -> None:
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)

    def until(self, condition) -> None:
        while not condition():
            self._posted.get(timeout=60)()

    def installed(self):
        self.library.refresh()
        self.until(lambda: self.library.installed)
        return self.library.installed[0]

    def _keep(self, model_folders, download_folder) -> None:
        self.settings = Settings(model_folders=model_folders, download_folder=download_folder)


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.library.close()
    made.client.close()


@pytest.fixture
def set_of_files(desk):
    desk.put(desk.own / REPOSITORY, FILES)
    return desk.installed()


def checks(desk):
    return [file.check for model in desk.library.installed for file in model.all_files]


def test_a_split_set_is_verified_file_by_file(desk, set_of_files):
    desk.library.verify(set_of_files.id)
    desk.until(lambda: checks(desk) == [Check.GOOD] * 3)
    hashes = [file.sha256 for file in desk.library.installed[0].all_files]
    assert hashes == [sha256(content) for content in FILES.values()]


def test_one_changed_byte_is_found_before_a_load(desk, set_of_files):
    desk.library.verify(set_of_files.id)
    desk.until(lambda: checks(desk) == [Check.GOOD] * 3)
    part = set_of_files.files[1].path
    content = bytearray(part.read_bytes())
    content[-1] ^= 1
    part.write_bytes(content)
    got: list = []
    desk.library.is_ready(set_of_files.path, got.append)
    desk.until(lambda: got)
    assert isinstance(got[0], FileAltered)
    assert part.name in str(got[0])


def test_a_touched_model_is_ready_after_it_was_read(desk, set_of_files):
    desk.library.verify(set_of_files.id)
    desk.until(lambda: checks(desk) == [Check.GOOD] * 3)
    os.utime(set_of_files.path, ns=(1, 1))
    got: list = []
    desk.library.is_ready(set_of_files.path, got.append)
    desk.until(lambda: got)
    assert got == [None]


def test_a_verification_that_is_stopped_ends(desk, set_of_files):
    got: list = []
    path = set_of_files.path
    desk.client.hash(path, is_urgent=True, on_progress=lambda p: None, on_end=got.append)
    desk.until(lambda: got)  # the worker is up
    desk.library.verify(set_of_files.id)
    desk.library.stop(set_of_files.id)
    assert desk.library.works == {}
    desk.client.hash(path, is_urgent=True, on_progress=lambda p: None, on_end=got.append)
    desk.until(lambda: len(got) > 1)
    assert checks(desk) == [Check.UNKNOWN] * 3


def test_an_import_copies_and_leaves_the_source(desk, tmp_path):
    desk.put(tmp_path / "elsewhere", {"T.gguf": BIG})
    source = tmp_path / "elsewhere" / "T.gguf"
    found = Found(app="Jan", name="T", files=(source,), size_bytes=len(BIG))
    desk.library.take_in(found, moves=False)
    desk.until(lambda: checks(desk) == [Check.GOOD])
    assert desk.library.installed[0].path.read_bytes() == source.read_bytes() == BIG


@pytest.mark.parametrize("moves", [True, False])
def test_an_import_of_a_damaged_copy_leaves_everything_as_it_was(desk, tmp_path, moves):
    names = list(FILES)[:2]
    damaged = {names[0]: FILES[names[0]], names[1]: gguf("x", 1 << 20)}
    desk.put(tmp_path / "elsewhere", damaged)
    files = tuple(tmp_path / "elsewhere" / name for name in names)
    desk.library.take_in(Found(app="", name="T", files=files, size_bytes=2 << 20), moves=moves)
    desk.until(lambda: desk.library.problem)
    desk.until(lambda: not desk.library.works)
    assert isinstance(desk.library.problem, FileAltered)
    assert all(path.exists() for path in files)
    assert [path for path in desk.own.rglob("*") if path.is_file()] == []


@pytest.fixture
def other_volume(tmp_path):
    """A folder on another file system, where this machine has one."""
    shared_memory = pathlib.Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one file system only")
    with tempfile.TemporaryDirectory(dir=shared_memory) as folder:
        yield pathlib.Path(folder)


def test_a_move_to_another_volume_takes_everything_along(desk, set_of_files, other_volume):
    desk.library.move(set_of_files.id, other_volume)
    desk.until(lambda: checks(desk) == [Check.GOOD] * 3)
    model = desk.library.installed[0]
    assert [file.path for file in model.all_files] == [
        other_volume / REPOSITORY / name for name in FILES
    ]
    assert [file.path.read_bytes() for file in model.all_files] == list(FILES.values())
    assert not (desk.own / REPOSITORY).exists()


def test_a_move_that_finds_a_damaged_file_leaves_the_model(desk, set_of_files, other_volume):
    desk.library.verify(set_of_files.id)
    desk.until(lambda: checks(desk) == [Check.GOOD] * 3)
    set_of_files.files[1].path.write_bytes(gguf("x", 1 << 20))
    desk.library.move(set_of_files.id, other_volume)
    desk.until(lambda: desk.library.problem)
    desk.until(lambda: not desk.library.works)
    assert isinstance(desk.library.problem, FileAltered)
    assert set_of_files.path.exists()
    assert [path for path in other_volume.rglob("*") if path.is_file()] == []
