"""The downloads' service with the real worker process and a hub on loopback."""

import pathlib
import queue

import msgspec
import psutil
import pytest

from app.domain.downloads.folder import installed_path, job_folder
from app.domain.downloads.jobs import State
from app.domain.errors import OfflineSwitchedOn, RepositoryGated
from app.downloads.client import DownloadClient
from app.services.downloads import Downloads
from app.services.network_log import NetworkLog
from app.settings.model import Settings
from tests.helpers.download_kit import PACE, job_of
from tests.helpers.hub.content import Pattern, pieces_of, sha256_of

MIB = 1 << 20
MODEL = Pattern(24 * MIB)
OTHER = Pattern(3 * MIB, seed=2)
PROJECTOR = Pattern(2 * MIB, seed=3)
FILES = {"tiny-Q4_K_M.gguf": MODEL, "mmproj-F16.gguf": PROJECTOR}
# Slow enough to be met in the middle, fast enough for a test.
SLOW_BYTES_PER_S = 6 * MIB


class Tokens:
    """A key store with a token or without one."""

    def __init__(self, token: str) -> None:
        self.token = token

    def get(self) -> str:
        return self.token


class Cierzo:
    """One running program: service, client and worker; its event loop is a queue."""

    def __init__(self, folder: pathlib.Path, hub, *, token: str = "") -> None:
        self.models = folder / "models"
        self.settings = Settings(hub_endpoint=hub.url)
        self.posted: queue.SimpleQueue = queue.SimpleQueue()
        self.client = DownloadClient(post=self.posted.put, test_pace=PACE)
        self.network_log = NetworkLog(folder / "logs")
        self.downloads = Downloads(
            self.client,
            models_folders=lambda: (self.models,),
            download_folder=lambda: self.models,
            settings=lambda: self.settings,
            tokens=Tokens(token),
            network_log=self.network_log,
            reuse_folders=lambda: (),
            post=self.posted.put,
            look_s=0.05,
        )
        self.bytes_shown: list[int] = []
        self.downloads.on_change = self._see

    def _see(self) -> None:
        self.bytes_shown += [one.bytes_done for one in self.downloads.downloads[:1]]

    def settle(self, condition) -> None:
        while not condition():
            self.posted.get(timeout=30)()

    def shown(self, job):
        return next(one for one in self.downloads.downloads if one.job.id == job.id)

    def wait_for(self, job, state: State) -> None:
        self.settle(lambda: self.shown(job).state in (state, State.FAILED))
        assert self.shown(job).state is state, self.shown(job).problem

    def wait_for_bytes(self, job, count: int) -> None:
        self.settle(lambda: self.shown(job).bytes_done >= count)

    def change(self, **changes) -> None:
        self.settings = msgspec.structs.replace(self.settings, **changes)
        self.downloads.settings_changed()


@pytest.fixture
def start(hub, tmp_path, expected_log):
    programs: list[Cierzo] = []

    def start(*, token: str = "") -> Cierzo:
        programs.append(Cierzo(tmp_path, hub, token=token))
        programs[-1].downloads.start()
        return programs[-1]

    yield start
    for program in programs:
        program.downloads.close()


@pytest.fixture
def tiny(hub):
    """A job of a model and its projector."""
    return job_of("acme/tiny-GGUF", hub.add("acme/tiny-GGUF", FILES), FILES, job_id="tiny")


def assert_installed(program: Cierzo, job) -> None:
    for file in job.files:
        content = installed_path(program.models, job, file).read_bytes()
        assert content == whole(FILES[file.path])
    assert not (program.models / ".downloads").exists()


def began_anew(hub) -> bool:
    """Whether the first bytes of the model were asked for since the log was cleared."""
    name = f"/blob/{sha256_of(MODEL)}"
    return any(one.path.startswith(name) and one.range.startswith("bytes=0-") for one in hub.log)


def whole(pattern: Pattern) -> bytes:
    return b"".join(pieces_of(pattern))


def test_a_download_arrives_whole(start, tiny):
    program = start()
    program.downloads.add(tiny)
    program.wait_for(tiny, State.INSTALLED)
    program.settle(lambda: not (program.models / ".downloads").exists())
    assert_installed(program, tiny)
    assert program.bytes_shown == sorted(program.bytes_shown)


def test_everything_that_came_is_in_the_list(start, tiny, hub):
    program = start()
    program.downloads.add(tiny)
    program.wait_for(tiny, State.INSTALLED)
    lines = program.network_log.read()
    hosts = {line.host for line in lines}
    assert hosts == {hub.url.split("/")[-1], hub.cdn_url.split("/")[-1]}
    assert sum(line.bytes for line in lines) >= tiny.total_bytes
    assert len(lines) < 10


def test_pausing_and_another_start_go_on_with_what_is_there(start, tiny, hub):
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    first = start()
    first.downloads.add(tiny)
    first.wait_for_bytes(tiny, 6 * MIB)
    first.downloads.pause("tiny")
    first.downloads.close()
    hub.clear_log()
    second = start()
    shown = second.shown(tiny)
    assert shown.state is State.PAUSED
    assert shown.bytes_done >= 6 * MIB
    hub.bytes_per_s_per_connection = 0
    second.downloads.resume("tiny")
    second.wait_for(tiny, State.INSTALLED)
    assert not began_anew(hub)


def test_a_worker_that_is_killed_costs_little(start, tiny, hub):
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    program = start()
    program.downloads.add(tiny)
    program.wait_for_bytes(tiny, 6 * MIB)
    psutil.Process(program.client.pid).kill()
    program.wait_for(tiny, State.CONNECTING)
    hub.clear_log()
    hub.bytes_per_s_per_connection = 0
    program.wait_for(tiny, State.INSTALLED)
    assert not began_anew(hub)
    assert program.bytes_shown == sorted(program.bytes_shown)


def test_a_program_that_dies_goes_on_at_the_next_start(start, tiny, hub):
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    first = start()
    first.downloads.add(tiny)
    first.wait_for_bytes(tiny, 6 * MIB)
    first.downloads.close()
    hub.clear_log()
    hub.bytes_per_s_per_connection = 0
    second = start()
    second.wait_for(tiny, State.INSTALLED)
    assert not began_anew(hub)


def test_two_programs_on_one_folder_fetch_everything_once(start, tiny, hub):
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    first = start()
    first.downloads.add(tiny)
    first.wait_for_bytes(tiny, MIB)
    second = start()
    assert second.shown(tiny).is_elsewhere
    second.wait_for_bytes(tiny, 4 * MIB)
    hub.bytes_per_s_per_connection = 0
    first.wait_for(tiny, State.INSTALLED)
    second.wait_for(tiny, State.INSTALLED)
    assert sum("/tree/" in one.path for one in hub.log) == 1


def test_another_program_goes_on_when_the_first_one_ends(start, tiny, hub):
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    first, second = start(), start()
    first.downloads.add(tiny)
    first.wait_for_bytes(tiny, MIB)
    second.downloads.add(tiny)
    second.settle(lambda: second.shown(tiny).is_elsewhere)
    first.downloads.close()
    hub.bytes_per_s_per_connection = 0
    second.wait_for(tiny, State.INSTALLED)


def test_another_program_pauses_it(start, tiny, hub):
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    first = start()
    first.downloads.add(tiny)
    first.wait_for_bytes(tiny, MIB)
    second = start()
    second.downloads.pause("tiny")
    first.wait_for(tiny, State.PAUSED)
    second.wait_for(tiny, State.PAUSED)


def test_cancelling_leaves_nothing(start, tiny, hub):
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    program = start()
    program.downloads.add(tiny)
    program.wait_for_bytes(tiny, MIB)
    program.downloads.cancel("tiny")
    program.settle(lambda: not job_folder(program.models, "tiny").exists())
    assert program.downloads.downloads == ()


def test_offline_stops_it_and_online_goes_on(start, tiny, hub):
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    program = start()
    program.downloads.add(tiny)
    program.wait_for_bytes(tiny, MIB)
    program.change(is_offline=True)
    assert isinstance(program.shown(tiny).problem, OfflineSwitchedOn)
    hub.wait_for(lambda log: all(one.is_over for one in log))
    hub.clear_log()
    ends: list = []
    program.downloads.look("acme/tiny-GGUF", ends.append)
    program.settle(lambda: ends)
    assert hub.log == []
    hub.bytes_per_s_per_connection = 0
    program.change(is_offline=False)
    program.wait_for(tiny, State.INSTALLED)


def test_a_gated_repository_needs_a_token_and_then_goes_on(start, hub):
    files = {"t-Q4_K_M.gguf": OTHER}
    job = job_of("acme/gated-GGUF", hub.add("acme/gated-GGUF", files, gated=True), files)
    program = start()
    program.downloads.add(job)
    program.settle(lambda: program.shown(job).state is State.FAILED)
    assert isinstance(program.shown(job).problem, RepositoryGated)
    program.downloads.close()
    again = start(token=hub.token)
    again.downloads.resume(job.id)
    again.wait_for(job, State.INSTALLED)
    assert not any(one.had_auth for one in hub.log if one.origin == "cdn")


def test_a_repository_is_listed_and_a_header_fetched(start, hub):
    commit = hub.add("acme/tiny-GGUF", FILES)
    program, ends = start(), []
    program.downloads.look("acme/tiny-GGUF", ends.append)
    program.downloads.peek("acme/tiny-GGUF", commit, "tiny-Q4_K_M.gguf", 4096, ends.append)
    program.settle(lambda: len(ends) == 2)
    looked, path = sorted(ends, key=lambda end: isinstance(end, pathlib.Path))
    assert looked.commit == commit
    assert {file.path: file.bytes for file in looked.files} == {
        path: content.size_bytes for path, content in FILES.items()
    }
    assert path.read_bytes() == whole(MODEL)[:4096]


def test_a_limit_holds_and_is_lifted_at_once(start, tiny, hub):
    program = start()
    program.settings = msgspec.structs.replace(program.settings, download_bytes_per_s=2 * MIB)
    program.downloads.settings_changed()
    program.downloads.add(tiny)
    program.wait_for_bytes(tiny, MIB)
    assert program.shown(tiny).bytes_done < 12 * MIB
    program.change(download_bytes_per_s=0)
    program.wait_for(tiny, State.INSTALLED)


def test_hashing_and_copying_go_through_the_same_worker(start, tmp_path):
    source, target, ends = tmp_path / "a.gguf", tmp_path / "b.gguf", []
    source.write_bytes(whole(OTHER))
    program = start()
    options = {"on_progress": lambda progress: None, "on_end": ends.append}
    program.client.hash(source, is_urgent=True, **options)
    program.settle(lambda: ends)
    assert (ends[0].sha256, ends[0].bytes) == (sha256_of(OTHER), OTHER.size_bytes)
    program.client.copy(source, target, sha256=sha256_of(OTHER), keeps_source=True, **options)
    program.settle(lambda: len(ends) == 2)
    assert target.read_bytes() == source.read_bytes()
