"""Repositories that a person names, with the real catalogue, planner and header reader."""

import functools
import hashlib
import itertools
import pathlib
import queue

import pytest

from app.catalog.catalog import load_catalog
from app.domain.builds import BuildFile
from app.domain.errors import (
    BuildAmbiguous,
    BuildIncomplete,
    BuildNotFound,
    OfflineSwitchedOn,
    RepositoryEmpty,
)
from app.domain.model_shape import ModelShape
from app.domain.placement.values import DeviceState, Fit, Machine, Rates, Wishes
from app.domain.repository_name import parse_repository
from app.downloads.protocol import Looked
from app.services.library import Library
from app.services.repositories import Repositories
from tests.helpers.hollow_models import write_hollow
from tests.helpers.tiny_model import write_tiny_llama

GB = 10**9
COMMIT = "c" * 40
RATES = Rates(bytes_per_s={"q4_K": 30e9, "q8_0": 30e9, "f16": 30e9}, node_s=5e-6)
MACHINE = Machine(
    cpu=DeviceState(name="CPU", kind="cpu", total_bytes=32 * GB, free_bytes=28 * GB, rates=RATES),
    threads=4,
    logical_threads=8,
)
SEVEN_B = ModelShape(
    layers=32,
    embedding=4096,
    heads=32,
    kv_heads=8,
    key_length=128,
    value_length=128,
    feed_forward=14336,
    vocabulary=32768,
)
CATALOG = functools.cache(load_catalog)


class Publisher:
    """A Hub of files in a folder; `peeks` is what was fetched of which."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder / "published"
        self.files: tuple[BuildFile, ...] = ()
        self.refusal: Exception | None = None
        self.peek_refusal: Exception | None = None
        self.looks: list[tuple[str, str]] = []
        self.peeks: list[tuple[str, int]] = []
        self.beginnings: list[pathlib.Path] = []
        self._numbers = itertools.count()

    def publish(self, path: str, write=write_tiny_llama, *, bytes_: int | None = None) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target)
        size = bytes_ or target.stat().st_size
        self.files += (BuildFile(path=path, bytes=size, sha256=hashlib.sha256().hexdigest()),)

    def list(self, path: str, bytes_: int = GB) -> None:
        self.files += (BuildFile(path=path, bytes=bytes_),)

    def look(self, repository, on_end, revision="main") -> None:
        self.looks.append((repository, revision))
        on_end(self.refusal or Looked(request_id=1, commit=COMMIT, files=self.files))

    def peek(self, repository, commit, path, length_bytes, on_end) -> None:
        assert (repository, commit) == (self.looks[-1][0], COMMIT)
        self.peeks.append((path, length_bytes))
        if self.peek_refusal:
            on_end(self.peek_refusal)
            return
        beginning = self.folder / f"beginning-{next(self._numbers)}"
        with (self.folder / path).open("rb") as file:
            beginning.write_bytes(file.read(length_bytes))
        self.beginnings.append(beginning)
        on_end(beginning)


class Shop:
    """The service on the test's own thread."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.hub = Publisher(folder)
        self.library = Library(folder / "models")
        self.posted: queue.SimpleQueue = queue.SimpleQueue()
        self.heard: list = []
        self.service = Repositories(
            self.hub,
            catalog=CATALOG,
            library=self.library,
            read_machine=lambda: MACHINE,
            wishes_of=lambda build: Wishes(),
            post=self.posted.put,
        )

    def look(self, text: str = "acme/Tiny-GGUF"):
        """Wait for the last word; returns the offer."""
        name = parse_repository(text)
        self.service.look(name, self.heard.append)
        while not (isinstance(self.heard[-1], Exception) or self.found().is_priced):
            self.posted.get(timeout=30)()
        return self.heard[-1]

    def found(self):
        (found,) = self.service.found.values()
        return found


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def write_seven_b(path):
    return write_hollow(path, "llama", SEVEN_B)


def test_sizes_are_said_first_and_then_how_the_builds_fit_this_pc(shop):
    shop.hub.publish("Tiny-Q8_0.gguf", write_seven_b)
    shop.hub.list("Tiny-F16.gguf", 14 * GB)
    shop.hub.list("README.md", 1000)
    shop.hub.list("mmproj-F16.gguf", 800_000_000)
    offer = shop.look()
    sizes, priced = shop.heard
    assert [build.id for build in sizes.builds] == ["Q8_0", "F16"]
    assert sizes.builds[1].bytes == 14_800_000_000
    assert all(build.plan is None for build in sizes.builds)
    assert (offer.id, offer.name, offer.layers) == ("acme/Tiny-GGUF", "Tiny", 32)
    assert all(build.plan.fit is Fit.CPU for build in priced.builds)
    assert all(build.plan.tokens_per_s > 1 for build in priced.builds)
    assert priced.choice.build == "Q8_0"
    assert 8 < priced.choice.bits_per_weight < 9
    assert not priced.is_best
    assert priced.sees_pictures


def test_only_the_beginning_of_the_smallest_file_is_fetched_and_then_removed(shop):
    shop.hub.list("Tiny-BF16.gguf", 70 * GB)
    shop.hub.list("Tiny-Q4_0-00001-of-00002.gguf", 100)
    shop.hub.list("Tiny-Q4_0-00002-of-00002.gguf", 100)
    shop.hub.publish("Tiny-Q8_0.gguf", write_seven_b)
    shop.look()
    assert shop.hub.peeks == [("Tiny-Q8_0.gguf", 16 << 20)]
    assert not any(path.exists() for path in shop.hub.beginnings)


def test_nothing_is_fetched_where_nobody_needs_prices(shop):
    shop.hub.list("Tiny-Q4_0.gguf")
    name = parse_repository("acme/Tiny-GGUF:Q4_0")
    shop.service.look(name, shop.heard.append, needs_prices=lambda found: not found.asked_build)
    assert shop.heard[0].builds[0].bytes == GB
    assert shop.hub.peeks == []


def test_more_is_fetched_where_the_header_is_longer(shop):
    def write(path):
        write_tiny_llama(path, template="x" * (17 << 20))

    shop.hub.publish("Tiny-Q4_0.gguf", write, bytes_=100 << 20)
    assert shop.look().builds[0].plan
    assert [length for _, length in shop.hub.peeks] == [16 << 20, 64 << 20]


@pytest.mark.parametrize("content", [b"<html>", b"GGUF", b"GGUF" + bytes(2000)])
def test_where_no_header_can_be_read_the_sizes_remain(shop, content):
    shop.hub.publish("Tiny-Q4_0.gguf", lambda path: path.write_bytes(content), bytes_=100 << 20)
    (build,) = shop.look().builds
    assert (build.bytes, build.plan) == (100 << 20, None)
    assert shop.heard[-1].choice is None


def test_where_no_header_can_be_fetched_the_sizes_remain(shop):
    shop.hub.peek_refusal = OfflineSwitchedOn()
    shop.hub.list("Tiny-Q4_0.gguf")
    (build,) = shop.look().builds
    assert (build.bytes, build.plan) == (GB, None)


def test_an_installed_build_tells_without_the_network(shop):
    shop.hub.publish("Tiny-Q8_0.gguf", write_seven_b)
    installed = shop.library.folder / "acme/Tiny-GGUF/Tiny-Q8_0.gguf"
    installed.parent.mkdir(parents=True)
    write_seven_b(installed)
    (build,) = shop.look().builds
    assert shop.hub.peeks == []
    assert build.path == installed
    assert build.plan.fit is Fit.CPU


def test_a_repository_without_models_is_refused(shop):
    shop.hub.list("README.md")
    shop.hub.list("mmproj-F16.gguf")
    assert isinstance(shop.look(), RepositoryEmpty)
    assert not shop.service.found


def test_what_the_hub_refuses_is_passed_on(shop):
    shop.hub.refusal = OfflineSwitchedOn()
    assert shop.look() is shop.hub.refusal


def test_the_revision_that_was_pasted_is_asked(shop):
    shop.hub.list("Tiny-Q4_0.gguf")
    shop.hub.peek_refusal = OfflineSwitchedOn()
    shop.look("https://huggingface.co/acme/Tiny-GGUF/tree/v2")
    assert shop.hub.looks == [("acme/Tiny-GGUF", "v2")]


def test_a_job_pins_the_commit_and_takes_the_projector_along(shop):
    shop.hub.peek_refusal = OfflineSwitchedOn()
    shop.hub.list("Tiny-Q4_0.gguf")
    shop.hub.list("mmproj-F16.gguf")
    shop.look()
    job = shop.service.job("acme/Tiny-GGUF", "Q4_0")
    assert (job.name, job.model_id, job.build) == ("Tiny", "acme/Tiny-GGUF", "Q4_0")
    assert job.commit == COMMIT
    assert [file.path for file in job.files] == ["Tiny-Q4_0.gguf", "mmproj-F16.gguf"]


class TestChoosing:
    @pytest.fixture
    def found(self, shop):
        shop.hub.peek_refusal = OfflineSwitchedOn()
        for path in (
            "Tiny-Q4_0.gguf",
            "Tiny-Q8_0.gguf",
            "big/Tiny-v2-Q8_0.gguf",
            "Tiny-F16-00001-of-00002.gguf",
        ):
            shop.hub.list(path)
        shop.look()
        return shop.found()

    def test_by_label_whatever_the_case(self, found):
        assert found.choose("q4_0").files[0].path == "Tiny-Q4_0.gguf"

    def test_two_of_one_label_are_told_apart_by_their_files(self, found):
        assert len({build.id for build in found.builds}) == 3
        with pytest.raises(BuildAmbiguous, match=r"Tiny-Q8_0.gguf, Tiny-v2-Q8_0.gguf"):
            found.choose("Q8_0")
        assert found.choose("tiny-v2-q8_0.gguf").files[0].path == "big/Tiny-v2-Q8_0.gguf"

    def test_a_build_without_all_its_parts_is_no_choice(self, found):
        with pytest.raises(BuildIncomplete):
            found.choose("F16")

    def test_what_is_not_there(self, found):
        with pytest.raises(BuildNotFound):
            found.choose("Q2_K")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("acme/Tiny-GGUF", ""),
        ("acme/Tiny-GGUF:q8_0", "Q8_0"),
        ("acme/Tiny-GGUF:Q2_K", ""),
        ("hf.co/acme/Tiny-GGUF/blob/main/Tiny-Q8_0.gguf", "Q8_0"),
        ("hf.co/acme/Tiny-GGUF/blob/main/README.md", ""),
    ],
)
def test_the_build_whose_page_was_pasted(shop, text, asked):
    shop.hub.peek_refusal = OfflineSwitchedOn()
    shop.hub.list("Tiny-Q4_0.gguf")
    shop.hub.list("Tiny-Q8_0.gguf")
    shop.hub.list("README.md")
    shop.look(text)
    assert shop.found().asked_build == asked


def test_only_incomplete_builds_are_nothing_to_download(shop):
    shop.hub.list("Tiny-F16-00001-of-00002.gguf")
    assert isinstance(shop.look(), BuildIncomplete)


def test_what_the_catalogue_says_of_a_repository_holds_for_it(shop):
    model = next(m for m in CATALOG().models if m.license_note and m.repositories)
    repository = model.repositories[0].repo
    shop.hub.list("Some-Q4_0.gguf")
    shop.hub.peek_refusal = OfflineSwitchedOn()
    offer = shop.look(repository)
    assert (offer.name, offer.license_note) == (model.name, model.license_note)


def test_a_defect_on_the_other_thread_comes_back_to_the_owners(shop):
    def defect():
        raise ZeroDivisionError

    shop.service._read_machine = defect
    shop.hub.peek_refusal = OfflineSwitchedOn()
    shop.hub.list("Tiny-Q4_0.gguf")
    with pytest.raises(ZeroDivisionError):
        shop.look()
