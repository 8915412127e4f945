import pathlib

import msgspec
import pytest

from app.catalog.catalog import load_catalog
from app.cli.downloads import find_job
from app.cli.model_report import offer_report, only_here, other_reports, with_downloads
from app.domain.downloads.jobs import Download, Job, State, job_for
from app.domain.errors import (
    DownloadAmbiguous,
    DownloadUnknown,
    InstalledAmbiguous,
    ModelNotFound,
    NotInstalled,
)
from app.domain.library import Check, Installed, LibraryFile, Origin
from app.domain.placement.values import DeviceState, Machine
from app.services.download_jobs import KeptJob
from app.services.library import Library
from app.services.models import find_model
from app.services.pricing import sizes_of
from tests.helpers.tiny_model import write_tiny_llama

CATALOG = load_catalog()
MODEL = next(model for model in CATALOG.models if model.id == "ministral-3-14b-instruct")
BUILD = next(build for build in MODEL.builds if build.id == "Q4_K_M")
MACHINE = Machine(
    cpu=DeviceState(name="CPU", kind="cpu", total_bytes=1 << 35, free_bytes=1 << 34),
    threads=2,
    logical_threads=2,
)


def report(installed=()):
    library = Library(pathlib.Path("/nowhere"))
    return offer_report(sizes_of(MODEL, library), MODEL.builds, installed)


def download(job: Job, state: State = State.DOWNLOADING) -> Download:
    return Download(job=job, state=state, bytes_done=1, bytes_total=2)


def installed(path: pathlib.Path, *, check: Check = Check.GOOD, **facts) -> Installed:
    size_bytes = path.stat().st_size
    file = LibraryFile(path=path, bytes=size_bytes, mtime_ns=0, check=check)
    return Installed(
        id="i", name=path.stem, files=(file,), origin=Origin.ADOPTED, app="Jan", **facts
    )


def test_a_download_is_told_with_its_build():
    (listed,) = with_downloads([report()], [download(job_for(BUILD, name="x", model_id=MODEL.id))])
    states = {build.build: build.download.state for build in listed.builds if build.download}
    assert states == {"Q4_K_M": "downloading"}
    assert len(listed.builds) == len(MODEL.builds)
    assert [build.build for build in only_here(listed).builds] == ["Q4_K_M"]


def test_a_download_of_an_unknown_model_comes_last():
    job = Job(id="a", name="Tiny", model_id="acme/T", build="Q4_0", repository="acme/T")
    listed = with_downloads([report()], [download(job)])
    assert [one.id for one in listed] == [MODEL.id, "acme/T"]
    assert not listed[1].builds[0].installed
    assert only_here(listed[0]) is None


def test_a_model_that_is_only_here_is_priced_by_its_header(tmp_path):
    path = write_tiny_llama(tmp_path / "mine.gguf")
    (listed,) = other_reports([installed(path, check=Check.UNKNOWN)], MACHINE, ())
    (build,) = listed.builds
    assert (listed.id, listed.context, build.fits) == ("mine", 2048, "cpu")
    assert (build.path, build.library.app, build.library.check) == (str(path), "Jan", "unknown")


def test_a_model_that_cannot_be_read_is_listed_all_the_same(tmp_path):
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"no")
    (listed,) = other_reports([installed(path)], MACHINE, ())
    assert (listed.context, listed.builds[0].fits) == (0, None)


def test_the_shape_of_the_contract_stays():
    build = msgspec.to_builtins(report())["builds"][0]
    assert {"build", "installed", "path", "fits", "tokens_per_s", "files"} <= set(build)


def kept(job: Job) -> KeptJob:
    return KeptJob(job=job, models_folder=pathlib.Path("/m"), bytes_done=0, is_held=False)


class TestJobsByName:
    job = Job(id="a1", name="Tiny", model_id="tiny-1", build="Q4_0", repository="acme/T")
    jobs = (kept(job), kept(msgspec.structs.replace(job, id="b2", build="Q8_0")))

    @pytest.mark.parametrize("name", ["a1", "A1", "tiny:q4_0", "tiny-1:Q4_0", "acme/t:Q4_0"])
    def test_one(self, name):
        assert find_job(self.jobs, name).job.id == "a1"

    @pytest.mark.parametrize("name", ["Tiny", "tiny-1", "acme/T"])
    def test_several(self, name):
        with pytest.raises(DownloadAmbiguous, match=r"a1 \(Q4_0\), b2 \(Q8_0\)"):
            find_job(self.jobs, name)

    def test_none(self):
        with pytest.raises(DownloadUnknown):
            find_job(self.jobs, "tin")


class TestInstalledByName:
    @pytest.fixture
    def library(self, tmp_path):
        return Library(tmp_path)

    def find(self, library, name, build=None):
        return find_model(
            name,
            starter=CATALOG.starter,
            last_model="",
            library=library,
            models=CATALOG.models,
            build=build,
        )

    def put(self, library, *names):
        for name in names:
            write_tiny_llama(library.folder / "acme/Tiny-GGUF" / name)

    @pytest.fixture(autouse=True)
    def folder(self, library):
        (library.folder / "acme/Tiny-GGUF").mkdir(parents=True)

    def test_the_only_build(self, library):
        self.put(library, "Tiny-Q4_0.gguf")
        assert self.find(library, "acme/tiny-gguf").path.name == "Tiny-Q4_0.gguf"

    def test_one_of_several(self, library):
        self.put(library, "Tiny-Q4_0.gguf", "Tiny-Q8_0.gguf")
        with pytest.raises(InstalledAmbiguous):
            self.find(library, "acme/Tiny-GGUF")
        assert self.find(library, "acme/Tiny-GGUF", "q8_0").path.name == "Tiny-Q8_0.gguf"

    def test_a_model_of_the_catalogue_that_is_not_here(self, library):
        with pytest.raises(NotInstalled):
            self.find(library, "Mistral-Small-4")

    def test_a_name_that_nobody_knows(self, library):
        with pytest.raises(ModelNotFound):
            self.find(library, "mistral-large-9")
