"""Jobs: what is fetched, what is refused, and what everybody is told."""

import hashlib
import pathlib

import msgspec
import pytest

from app.domain import errors
from app.domain.downloads.folder import JOB, job_folder
from app.domain.downloads.jobs import State
from app.domain.downloads.network import Network
from app.downloads.protocol import (
    Fetched,
    Traffic,
)
from tests.helpers.download_kit import job_of, keep_job
from tests.helpers.hub import Fault, Pattern
from tests.helpers.hub.content import sha256_of
from tests.helpers.published import MODEL, REPOSITORY, SMALL, installed, label_job


def test_a_split_model_and_its_projector_get_their_names_together(hub, worker, models):
    files = {
        "Q4/tiny-Q4_K_M-00001-of-00002.gguf": Pattern(300_000, 1),
        "Q4/tiny-Q4_K_M-00002-of-00002.gguf": Pattern(200_000, 2),
        "mmproj-F16.gguf": Pattern(100_000, 3),
    }
    commit = hub.add(REPOSITORY, {"README.md": b"x", "tiny-Q8_0.gguf": SMALL, **files})
    request = worker.fetch(label_job(), models)
    end = worker.end_of(request)
    assert isinstance(end, Fetched)
    assert end.job.commit == commit
    assert [file.path for file in end.job.files] == list(files)
    assert installed(models) == {f"{REPOSITORY}/{p}": sha256_of(c) for p, c in files.items()}
    assert [pathlib.Path(path) for path in end.paths] == [models / REPOSITORY / p for p in files]
    assert not job_folder(models, "job").exists(), "nothing is left of the job"


def test_progress_is_said_of_the_whole_job_and_never_goes_back(hub, worker, models):
    files = {MODEL: Pattern(3_000_000, 1), "mmproj-F16.gguf": Pattern(1_000_000, 2)}
    hub.bytes_per_s_per_connection = 4_000_000
    commit = hub.add(REPOSITORY, files)
    request = worker.fetch(job_of(REPOSITORY, commit, files), models)
    worker.end_of(request)
    states = worker.states_of(request)
    known = [state for state in states if state.bytes_total is not None]
    done = [state.bytes_done for state in known]
    assert done == sorted(done)
    assert {state.bytes_total for state in known} == {4_000_000}
    assert State.DOWNLOADING in {state.state for state in states}
    assert len(states) < 15


def test_every_connection_is_told_with_host_reason_and_bytes(hub, worker, models):
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    request = worker.fetch(job_of(REPOSITORY, commit, {MODEL: SMALL}), models)
    worker.end_of(request)
    sums: dict[tuple[str, str], int] = {}
    for _, event in worker.events:
        if isinstance(event, Traffic) and event.request_id == request:
            key = (event.host, event.why)
            sums[key] = sums.get(key, 0) + event.bytes
    hub_host, cdn_host = (url.removeprefix("http://") for url in (hub.url, hub.cdn_url))
    assert sums.pop((hub_host, f"{REPOSITORY}: list of files")) > 100
    assert sums == {
        (hub_host, f"{REPOSITORY}: where {MODEL} is"): 0,
        (cdn_host, f"{REPOSITORY}: {MODEL}"): 300_000,
    }


def test_nothing_is_asked_but_what_the_job_needs_and_the_token_stays_at_the_hub(
    hub, start_worker, models
):
    worker = start_worker(
        network=Network(endpoint=hub.url, token=hub.token),
        # As on a PC where other programs use the Hub too.
        environment={"HF_TOKEN": "hf_other", "HF_DEBUG": "1", "CLAUDECODE": "1"},
    )
    commit = hub.add(REPOSITORY, {MODEL: SMALL}, gated=True)
    worker.end_of(worker.fetch(job_of(REPOSITORY, commit, {MODEL: SMALL}), models))
    asked_for = [(seen.origin, seen.method, seen.path.partition("?")[0]) for seen in hub.log]
    assert asked_for[0] == ("hub", "GET", f"/api/models/{REPOSITORY}/tree/{commit}")
    assert asked_for[1] == ("hub", "HEAD", f"/{REPOSITORY}/resolve/{commit}/{MODEL}")
    assert {(origin, method) for origin, method, _ in asked_for[2:]} == {("cdn", "GET")}
    assert [seen.had_auth for seen in hub.log[:2]] == [True, True]
    assert not any(seen.had_auth for seen in hub.log[2:])


def test_the_log_of_a_talkative_library_has_no_address_and_no_token(
    hub, start_worker, models, tmp_path
):
    worker = start_worker(
        network=Network(endpoint=hub.url, token=hub.token),
        environment={"HF_DEBUG": "1", "HF_HUB_VERBOSITY": "debug"},
    )
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    worker.end_of(worker.fetch(job_of(REPOSITORY, commit, {MODEL: SMALL}), models))
    worker.close()
    log = (tmp_path / "worker.log").read_text()
    assert hub.token not in log
    assert "sig=" not in log
    assert not log


def test_a_token_of_another_program_is_not_used(hub, start_worker, models):
    worker = start_worker(environment={"HF_TOKEN": hub.token})
    commit = hub.add(REPOSITORY, {MODEL: SMALL}, gated=True)
    request = worker.fetch(job_of(REPOSITORY, commit, {MODEL: SMALL}), models)
    assert isinstance(worker.error_of(request), errors.RepositoryGated)
    assert not any(seen.had_auth for seen in hub.log)


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({"README.md": b"x"}, errors.RepositoryEmpty),
        ({"tiny-Q8_0.gguf": SMALL}, errors.BuildNotFound),
        ({MODEL: SMALL, "sub/other-Q4_K_M.gguf": SMALL}, errors.BuildAmbiguous),
        ({"tiny-Q4_K_M-00001-of-00002.gguf": SMALL}, errors.BuildIncomplete),
        ({"../tiny-Q4_K_M.gguf": SMALL}, errors.UnsafeFileName),
        ({"nul/tiny-Q4_K_M.gguf": SMALL}, errors.UnsafeFileName),
        ({"x" * 300 + "-Q4_K_M.gguf": SMALL}, errors.UnsafeFileName),
    ],
)
def test_a_label_that_names_no_whole_build_fails_before_a_byte_is_fetched(
    hub, worker, models, files, error
):
    hub.add(REPOSITORY, files)
    assert isinstance(worker.error_of(worker.fetch(label_job(), models)), error)
    assert not [seen for seen in hub.log if seen.origin == "cdn"]
    assert not installed(models)


@pytest.mark.parametrize("change", [{"bytes": 300_001}, {"sha256": "0" * 64}])
def test_a_file_that_is_not_the_published_one_is_refused(hub, worker, models, change):
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    job = job_of(REPOSITORY, commit, {MODEL: SMALL})
    wrong = msgspec.structs.replace(job, files=(msgspec.structs.replace(job.files[0], **change),))
    error = worker.error_of(worker.fetch(wrong, models))
    assert isinstance(error, errors.PublishedFileChanged)


def test_a_file_without_a_checksum_is_refused(hub, worker, models):
    commit = hub.add(REPOSITORY, {"notes.txt": b"in git"})
    job = job_of(REPOSITORY, commit, {"notes.txt": b"in git"})
    file = msgspec.structs.replace(job.files[0], sha256="")
    error = worker.error_of(worker.fetch(msgspec.structs.replace(job, files=(file,)), models))
    assert isinstance(error, errors.ChecksumMissing)


def test_a_file_or_a_commit_that_is_gone_is_named(hub, worker, models):
    commit = hub.add(REPOSITORY, {"other.gguf": SMALL})
    for job in (
        job_of(REPOSITORY, commit, {MODEL: SMALL}),
        job_of(REPOSITORY, "0" * 40, {MODEL: SMALL}),
    ):
        error = worker.error_of(worker.fetch(job, models))
        assert isinstance(error, errors.PublishedFileMissing)


def test_the_pinned_commit_is_fetched_though_main_moved_on(hub, worker, models):
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    hub.add(REPOSITORY, {MODEL: Pattern(300_000, 9)})
    worker.end_of(worker.fetch(job_of(REPOSITORY, commit, {MODEL: SMALL}), models))
    assert installed(models) == {f"{REPOSITORY}/{MODEL}": sha256_of(SMALL)}


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"status": 503}, "hub_trouble"),
        ({"is_portal": True}, "login_page"),
        ({"cut_after_bytes": 5, "resets": True}, "network_down"),
    ],
)
def test_a_job_waits_for_a_hub_in_trouble_and_goes_on_by_itself(
    hub, worker, models, fault, problem
):
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    hub.fault(Fault(origin="hub", method="GET", times=2, **fault))
    request = worker.fetch(job_of(REPOSITORY, commit, {MODEL: SMALL}), models)
    waiting = worker.wait_for_state(request, lambda state: state.state is State.WAITING)
    assert waiting.problem.code == problem
    assert isinstance(worker.end_of(request), Fetched)


def test_a_disk_without_room_is_told_before_a_byte_is_fetched(hub, worker, models):
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    job = job_of(REPOSITORY, commit, {MODEL: SMALL})
    error = worker.error_of(worker.fetch(job, models, other_bytes=1 << 50))
    assert isinstance(error, errors.DiskTooFull)
    assert error.facts["folder"] == str(models)
    assert error.facts["missing_bytes"] > 1 << 49
    assert not [seen for seen in hub.log if seen.origin == "cdn"]


def test_a_folder_that_is_gone_is_named(hub, worker, models):
    job = job_of(REPOSITORY, "0" * 40, {MODEL: SMALL})
    keep_job(models, job)
    models.rename(models.parent / "elsewhere")
    error = worker.error_of(worker.fetch(job, models, is_kept=True))
    assert isinstance(error, errors.ModelFolderGone)
    assert error.facts["folder"] == str(models)


def test_a_job_that_cannot_be_read_is_unknown(hub, worker, models):
    job = job_of(REPOSITORY, "0" * 40, {MODEL: SMALL})
    (keep_job(models, job) / JOB).write_bytes(b"{")
    error = worker.error_of(worker.fetch(job, models, is_kept=True))
    assert isinstance(error, errors.DownloadUnknown)


def test_another_file_of_the_same_name_is_not_overwritten(hub, worker, models):
    target = models / REPOSITORY / MODEL
    target.parent.mkdir(parents=True)
    target.write_bytes(b"mine")
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    error = worker.error_of(worker.fetch(job_of(REPOSITORY, commit, {MODEL: SMALL}), models))
    assert isinstance(error, errors.TargetExists)
    assert target.read_bytes() == b"mine"
    assert not [seen for seen in hub.log if seen.origin == "cdn"]


def test_a_newer_build_takes_the_place_of_the_one_it_was_meant_for_only(hub, worker, models):
    old = b"GGUF of last year"
    target = models / REPOSITORY / MODEL
    target.parent.mkdir(parents=True)
    target.write_bytes(old)
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    job = job_of(REPOSITORY, commit, {MODEL: SMALL})
    meant_for_another = msgspec.structs.replace(job, id="other", replaces=("0" * 64,))
    error = worker.error_of(worker.fetch(meant_for_another, models))
    assert isinstance(error, errors.TargetExists)
    assert target.read_bytes() == old
    newer = msgspec.structs.replace(job, replaces=(hashlib.sha256(old).hexdigest(),))
    worker.end_of(worker.fetch(newer, models))
    assert target.read_bytes() == SMALL


def test_a_projector_that_another_build_brought_is_not_fetched_again(hub, worker, models):
    projector = Pattern(100_000, 5)
    files = {MODEL: SMALL, "mmproj-F16.gguf": projector}
    commit = hub.add(REPOSITORY, {**files, "tiny-Q8_0.gguf": SMALL})
    worker.end_of(worker.fetch(job_of(REPOSITORY, commit, files), models))
    other = {"tiny-Q8_0.gguf": SMALL, "mmproj-F16.gguf": projector}
    end = worker.end_of(worker.fetch(job_of(REPOSITORY, commit, other, job_id="b"), models))
    assert len(end.paths) == 2
    assert sum("mmproj" in seen.path and seen.method == "HEAD" for seen in hub.log) == 1


def reuse(hub, worker, models, folder: pathlib.Path) -> bool:
    """Whether a job fetched nothing from the CDN."""
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    job = job_of(REPOSITORY, commit, {MODEL: SMALL})
    worker.end_of(worker.fetch(job, models, reuse_folders=(folder,)))
    assert installed(models) == {f"{REPOSITORY}/{MODEL}": sha256_of(SMALL)}
    return not [seen for seen in hub.log if seen.origin == "cdn"]


def test_a_file_in_the_hugging_face_cache_is_linked_and_not_fetched(hub, worker, models, tmp_path):
    cache = tmp_path / "hub"
    blob = cache / "models--other--name" / "blobs" / sha256_of(SMALL)
    blob.parent.mkdir(parents=True)
    blob.write_bytes(SMALL)
    assert reuse(hub, worker, models, cache)
    assert (models / REPOSITORY / MODEL).samefile(blob)


def test_a_file_in_another_models_folder_is_not_fetched(hub, worker, models, tmp_path):
    path = tmp_path / "others" / "someone" / "else" / MODEL
    path.parent.mkdir(parents=True)
    path.write_bytes(SMALL)
    assert reuse(hub, worker, models, tmp_path / "others")


def test_a_damaged_file_in_the_cache_is_left_alone_and_the_right_one_fetched(
    hub, worker, models, tmp_path
):
    cache = tmp_path / "hub"
    blob = cache / "models--other--name" / "blobs" / sha256_of(SMALL)
    blob.parent.mkdir(parents=True)
    damaged = b"\0" + SMALL[1:]
    blob.write_bytes(damaged)
    assert not reuse(hub, worker, models, cache)
    assert blob.read_bytes() == damaged


def test_a_file_on_another_volume_is_copied(hub, worker, models, second_volume):
    path = second_volume / "someone" / "else" / MODEL
    path.parent.mkdir(parents=True)
    path.write_bytes(SMALL)
    assert reuse(hub, worker, models, second_volume)


def place_meanwhile(hub, worker, models, path: str, content: bytes):
    """Download two files, and put one of them there as another process does."""
    files = {MODEL: Pattern(3_000_000), "mmproj-F16.gguf": SMALL}
    hub.bytes_per_s_per_connection = 1_000_000
    job = job_of(REPOSITORY, hub.add(REPOSITORY, files), files)
    request = worker.fetch(job, models)
    worker.wait_for_bytes(request, 100_000)
    target = models / REPOSITORY / path
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    return request


def test_a_projector_that_another_process_installed_meanwhile_is_used(hub, worker, models):
    request = place_meanwhile(hub, worker, models, "mmproj-F16.gguf", SMALL)
    worker.end_of(request)
    assert set(installed(models)) == {f"{REPOSITORY}/{MODEL}", f"{REPOSITORY}/mmproj-F16.gguf"}
    assert not job_folder(models, "job").exists()


def test_of_a_set_that_cannot_be_installed_no_file_gets_its_name(hub, worker, models):
    request = place_meanwhile(hub, worker, models, "mmproj-F16.gguf", b"another")
    assert isinstance(worker.error_of(request), errors.TargetExists)
    assert set(installed(models)) == {f"{REPOSITORY}/mmproj-F16.gguf"}
