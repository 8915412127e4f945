"""Which of the catalogue's builds are on this PC, for those who only want to know."""

import pytest

from app.domain.errors import InstalledAmbiguous, NotInstalled
from app.domain.library import Check, Origin
from app.library.index import Facts, Known, LibraryIndex, with_facts, with_model
from app.services.library import Library
from tests.helpers.library_desk import REPOSITORY, gguf, made_model, sha256

FILES = {"Tiny-Q8_0.gguf": gguf("m"), "Tiny-Q4_0.gguf": gguf("q"), "mmproj-F16.gguf": gguf("p")}
MODEL = made_model(FILES)
BUILD = MODEL.builds[0]


class Shelf:
    """A library with a second folder and an index."""

    def __init__(self, home) -> None:
        self.home, self.own, self.other = home, home / "models", home / "other"
        self.index = LibraryIndex(home)
        self.library = Library(self.own, others=lambda: [self.other], index_folder=home)

    def put(self, path, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def know(self, path, *, projector=None, sha: str = "", check=Check.UNKNOWN, **facts) -> None:
        """Adopt a file."""
        files = [path, *([projector] if projector else [])]
        known = Known(
            files=(str(path),),
            projector=str(projector) if projector else "",
            origin=Origin.ADOPTED,
            **facts,
        )
        seen = {
            str(file): Facts(
                bytes=file.stat().st_size,
                mtime_ns=file.stat().st_mtime_ns,
                sha256=sha if file == path else "",
                check=check,
            )
            for file in files
        }
        self.index.change(lambda contents: with_facts(with_model(contents, known), seen))


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


def test_nothing_is_there_before_it_is(shelf):
    assert shelf.library.path_of(BUILD) is None
    assert shelf.library.projector_of(BUILD) is None


@pytest.mark.parametrize("folder", ["own", "other"])
def test_a_build_is_found_in_every_models_folder(shelf, folder):
    home = getattr(shelf, folder) / REPOSITORY
    path = shelf.put(home / "Tiny-Q8_0.gguf", gguf("m"))
    projector = shelf.put(home / "mmproj-F16.gguf", gguf("p"))
    assert shelf.library.path_of(BUILD) == path
    assert shelf.library.projector_of(BUILD) == projector


def test_a_file_of_another_size_is_not_the_build(shelf):
    shelf.put(shelf.own / REPOSITORY / "Tiny-Q8_0.gguf", gguf("m", 63))
    assert shelf.library.path_of(BUILD) is None


@pytest.mark.parametrize(("sha", "check"), [("0" * 64, Check.GOOD), ("", Check.WRONG)])
def test_a_file_of_another_content_is_not_the_build(shelf, sha, check):
    path = shelf.put(shelf.own / REPOSITORY / "Tiny-Q8_0.gguf", gguf("x"))
    shelf.know(path, sha=sha, check=check)
    assert shelf.library.path_of(BUILD) is None


def test_an_adopted_file_with_its_name_is_the_build(shelf):
    path = shelf.put(shelf.home / "elsewhere" / "Tiny-Q8_0.gguf", gguf("m"))
    projector = shelf.put(shelf.home / "elsewhere" / "mmproj.gguf", gguf("p"))
    shelf.know(path, projector=projector)
    assert shelf.library.path_of(BUILD) == path


def test_an_adopted_blob_is_the_build_by_its_hash_only(shelf):
    path = shelf.put(shelf.home / "blobs" / "sha256-x", gguf("m"))
    shelf.know(path)
    assert shelf.library.path_of(BUILD) is None
    shelf.know(path, sha=sha256(gguf("m")))
    assert shelf.library.path_of(BUILD) == path


def test_an_adopted_file_that_went_away_is_not_there(shelf):
    path = shelf.put(shelf.home / "elsewhere" / "Tiny-Q8_0.gguf", gguf("m"))
    shelf.know(path)
    path.unlink()
    assert shelf.library.path_of(BUILD) is None


def test_a_damaged_index_says_nothing_and_stays_as_it_is(shelf):
    path = shelf.put(shelf.own / REPOSITORY / "Tiny-Q8_0.gguf", gguf("m"))
    (shelf.home / "library.json").write_bytes(b"{")
    assert shelf.library.path_of(BUILD) == path
    assert (shelf.home / "library.json").read_bytes() == b"{"


@pytest.mark.parametrize("name", ["tiny", "TINY", REPOSITORY])
def test_the_only_build_of_a_model_is_found_by_its_names(shelf, name):
    path = shelf.put(shelf.own / REPOSITORY / "Tiny-Q8_0.gguf", gguf("m"))
    assert shelf.library.find(name, None, models=[MODEL]).path == path


def test_two_builds_have_to_be_told_apart(shelf):
    for name in ("Tiny-Q8_0.gguf", "Tiny-Q4_0.gguf"):
        shelf.put(shelf.own / REPOSITORY / name, FILES[name])
    with pytest.raises(InstalledAmbiguous, match="Q4_0, Q8_0"):
        shelf.library.find("tiny", None, models=[MODEL])
    assert shelf.library.find("tiny", "q4_0", models=[MODEL]).build == "Q4_0"


def test_the_same_build_in_two_places_is_one(shelf):
    for folder in (shelf.own, shelf.other):
        shelf.put(folder / REPOSITORY / "Tiny-Q8_0.gguf", gguf("m"))
    assert shelf.library.find("tiny", None, models=[MODEL]).build == "Q8_0"


def test_an_adopted_model_is_found_by_its_name(shelf):
    path = shelf.put(shelf.home / "blobs" / "sha256-x", gguf("m"))
    shelf.know(path, name="mine:1b", app="Ollama")
    assert shelf.library.find("mine:1b", None, models=[MODEL]).path == path


@pytest.mark.parametrize(("name", "build"), [("other", None), ("tiny", "Q2_K")])
def test_what_is_not_installed_is_not_found(shelf, name, build):
    shelf.put(shelf.own / REPOSITORY / "Tiny-Q8_0.gguf", gguf("m"))
    with pytest.raises(NotInstalled):
        shelf.library.find(name, build, models=[MODEL])


def test_nothing_is_written_by_looking(shelf):
    shelf.put(shelf.own / REPOSITORY / "Tiny-Q8_0.gguf", gguf("m"))
    shelf.library.find("tiny", None, models=[MODEL])
    assert not (shelf.home / "library.json").exists()
