"""Jobs that stop and go on, by whosever wish, and the process itself."""

import os
import subprocess
import sys

import msgspec
import pytest

from app.domain import errors
from app.domain.downloads.folder import JOB, Wish, job_folder
from app.domain.downloads.jobs import Job
from app.downloads.protocol import (
    Fetched,
    LimitsSet,
    SetLimits,
    Stopped,
)
from app.downloads.worker.main import _options
from tests.helpers.download_kit import job_of, keep_job, leave_wish
from tests.helpers.hub import Fault
from tests.helpers.hub.content import sha256_of
from tests.helpers.published import MODEL, REPOSITORY, SLOW, installed, label_job


def test_a_cancelled_job_keeps_its_part_and_goes_on_with_it(hub, worker, models, slow_job):
    request = worker.fetch(slow_job, models)
    worker.wait_for_bytes(request, 1_000_000)
    worker.cancel(request)
    assert worker.end_of(request, limit_s=1) == Stopped(request_id=request)
    hub.bytes_per_s_per_connection = 0
    worker.end_of(worker.fetch(slow_job, models, is_kept=True))
    assert installed(models) == {f"{REPOSITORY}/{MODEL}": sha256_of(SLOW)}
    assert sum(seen.bytes_sent for seen in hub.log if seen.origin == "cdn") < 11_000_000


def test_a_wish_to_pause_stops_the_job_and_is_written_down(worker, models, slow_job):
    request = worker.fetch(slow_job, models)
    worker.wait_for_bytes(request, 500_000)
    leave_wish(models, slow_job, Wish.PAUSE)
    assert worker.end_of(request) == Stopped(request_id=request, wish="pause")
    folder = job_folder(models, slow_job.id)
    assert msgspec.json.decode((folder / JOB).read_bytes(), type=Job).is_paused
    assert not (folder / Wish.PAUSE).exists()


def test_a_wish_to_cancel_stops_the_job_and_stays_for_who_forgets_it(worker, models, slow_job):
    request = worker.fetch(slow_job, models)
    worker.wait_for_bytes(request, 500_000)
    leave_wish(models, slow_job, Wish.RESUME)
    leave_wish(models, slow_job, Wish.CANCEL)
    assert worker.end_of(request) == Stopped(request_id=request, wish="cancel")
    assert (job_folder(models, slow_job.id) / Wish.CANCEL).exists()


def test_what_the_window_wrote_into_a_job_meanwhile_is_kept(hub, worker, models):
    hub.add(REPOSITORY, {MODEL: SLOW})
    hub.bytes_per_s_per_connection = 2_000_000
    hub.fault(Fault(origin="hub", method="HEAD", delay_s=0.3, times=1))
    request = worker.fetch(label_job(), models)
    keep_job(models, label_job(order=7))
    worker.wait_for_bytes(request, 1)
    worker.cancel(request)
    worker.end_of(request)
    kept = msgspec.json.decode((job_folder(models, "job") / JOB).read_bytes(), type=Job)
    assert (kept.order, kept.commit != "", len(kept.files)) == (7, True, 1)


def test_only_one_process_works_on_a_job(start_worker, models, slow_job):
    first, second = start_worker(), start_worker()
    request = first.fetch(slow_job, models)
    first.wait_for_bytes(request, 100_000)
    other = second.fetch(slow_job, models, is_kept=True)
    assert isinstance(second.error_of(other), errors.DownloadElsewhere)
    first.kill()
    again = second.fetch(slow_job, models, is_kept=True)
    assert second.wait_for_bytes(again, 100_000), "the lock died with its process"
    second.cancel(again)
    second.end_of(again)


def test_a_limit_takes_effect_in_a_running_job(hub, worker, models):
    job = job_of(REPOSITORY, hub.add(REPOSITORY, {MODEL: SLOW}), {MODEL: SLOW})
    limits = worker.ask(lambda i: SetLimits(request_id=i, bytes_per_s=200_000))
    assert worker.end_of(limits) == LimitsSet(request_id=limits)
    request = worker.fetch(job, models)
    assert worker.wait_for_bytes(request, 50_000).bytes_done < 4_000_000
    worker.ask(lambda i: SetLimits(request_id=i, bytes_per_s=0))
    assert isinstance(worker.end_of(request, limit_s=5), Fetched)


@pytest.mark.skipif(sys.platform != "linux", reason="systemd's program")
def test_the_pc_is_kept_awake_while_a_job_runs(hub, start_worker, models, slow_job, tmp_path):
    program = tmp_path / "bin" / "systemd-inhibit"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho began >> {tmp_path}/kept\ncat\n", encoding="utf-8")
    program.chmod(0o700)
    worker = start_worker(environment={"PATH": f"{program.parent}:{os.environ['PATH']}"})
    request = worker.fetch(slow_job, models)
    worker.wait_for_bytes(request, 500_000)
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "began\n"
    worker.cancel(request)
    worker.end_of(request)


def test_it_ends_with_its_parent_and_loses_nothing(hub, start_worker, models, slow_job):
    worker = start_worker()
    request = worker.fetch(slow_job, models)
    worker.wait_for_bytes(request, 1_000_000)
    assert worker.close() == 0
    hub.bytes_per_s_per_connection = 0
    again = start_worker()
    again.end_of(again.fetch(slow_job, models, is_kept=True))
    assert sum(seen.bytes_sent for seen in hub.log if seen.origin == "cdn") < 11_000_000


def test_it_does_not_serve_a_frozen_program_at_another_pace(monkeypatch):
    assert _options(["--download-worker", "--test-pace", "0.1"]).test_pace == 0.1
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert _options(["--download-worker", "--test-pace", "0.1"]).test_pace == 1.0


def test_the_hub_s_library_is_only_in_the_worker():
    code = "import sys, app.downloads.client; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"huggingface_hub", "httpx2"} & set(result.stdout.split())
