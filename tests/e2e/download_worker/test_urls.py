"""What a signed list names by its address, through the real worker."""

import pathlib
import subprocess

import pytest

from app.domain import errors
from app.downloads.protocol import FetchUrl, ReadUrl, Stopped, UrlFetched, UrlRead, UrlState
from tests.helpers.download_kit import DownloadWorker
from tests.helpers.hub import Content, Fault, Pattern, sha256_of
from tests.helpers.hub.content import size_of

FILE = Pattern(3_000_000, seed=7)
SLOW_BYTES_PER_S = 500_000


def read(worker: DownloadWorker, url: str, most_bytes: int = 1000) -> int:
    return worker.ask(
        lambda i: ReadUrl(
            request_id=i, network=worker.network, url=url, most_bytes=most_bytes, why="list"
        )
    )


def fetch(worker: DownloadWorker, url: str, target: pathlib.Path, content: Content = FILE) -> int:
    return worker.ask(
        lambda i: FetchUrl(
            request_id=i,
            network=worker.network,
            url=url,
            bytes=size_of(content),
            sha256=sha256_of(content),
            target=str(target),
            why="setup",
        )
    )


def left_in(folder: pathlib.Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def wait_for_bytes(worker: DownloadWorker, request_id: int, count: int) -> None:
    worker._wait(
        lambda e: (
            isinstance(e, UrlState) and e.request_id == request_id and (e.bytes_done >= count)
        ),
        20,
    )


def test_a_small_file_is_read_whole(worker, hub):
    request = read(worker, hub.publish("/list", b"hello"))
    assert worker.end_of(request) == UrlRead(request_id=request, content=b"hello")


def test_a_file_as_long_as_it_may_be_is_read_and_a_longer_one_is_not(worker, hub):
    worker.end_of(read(worker, hub.publish("/list", b"x" * 1000)))
    too_long = worker.error_of(read(worker, hub.publish("/list", b"x" * 1001)))
    assert isinstance(too_long, errors.AnswerTooLong)


def test_no_more_is_fetched_of_an_endless_answer_than_may_be_used(worker, hub):
    hub.fault(Fault(origin="cdn", ignores_range=True))
    url = hub.publish("/list", Pattern(40_000_000))
    assert isinstance(worker.error_of(read(worker, url)), errors.AnswerTooLong)
    assert hub.bytes_sent() < 10_000_000


def test_a_token_is_shown_to_nobody(worker, hub):
    worker.end_of(read(worker, hub.publish("/list", b"hello")))
    assert not any(entry.had_auth for entry in hub.log)


@pytest.mark.parametrize(
    "url", ["http://updates.example/list", "file:///etc/passwd", "ftp://127.0.0.1/x", "no address"]
)
def test_an_address_that_is_not_encrypted_is_not_asked(worker, url, tmp_path):
    assert isinstance(worker.error_of(read(worker, url)), errors.AddressInsecure)
    failed = worker.error_of(fetch(worker, url, tmp_path / "new" / "setup.exe"))
    assert isinstance(failed, errors.AddressInsecure)


def test_a_redirect_to_plain_http_is_not_followed(worker, hub, tmp_path):
    url = hub.publish("/list", b"hello")
    hub.fault(Fault(origin="cdn", redirect_to="http://updates.example/list"))
    refused = worker.error_of(read(worker, url))
    assert isinstance(refused, errors.AddressInsecure)
    assert refused.facts["host"] == "updates.example"
    failed = worker.error_of(fetch(worker, url, tmp_path / "setup.exe"))
    assert isinstance(failed, errors.AddressInsecure)


def test_an_address_with_nothing_behind_it_says_so(worker, hub, tmp_path):
    gone = worker.error_of(read(worker, f"{hub.cdn_url}/nothing"))
    assert isinstance(gone, errors.FileUnavailable)
    refused = worker.error_of(fetch(worker, f"{hub.cdn_url}/nothing", tmp_path / "setup.exe"))
    assert isinstance(refused, errors.FileUnavailable)


def test_a_login_page_is_no_list(worker, hub):
    url = hub.publish("/list", b"hello")
    hub.fault(Fault(origin="cdn", is_portal=True))
    assert isinstance(worker.error_of(read(worker, url)), errors.LoginNeeded)


@pytest.mark.parametrize("fault", [{"delay_s": 60}, {"stall_after_bytes": 2, "stall_s": 60}])
def test_a_server_that_hangs_is_given_up(worker, hub, fault):
    url = hub.publish("/list", b"hello")
    hub.fault(Fault(origin="cdn", **fault))
    assert isinstance(worker.error_of(read(worker, url)), errors.HubUnreachable)


def test_a_list_that_is_cut_off_is_no_list(worker, hub):
    url = hub.publish("/list", b"hello")
    hub.fault(Fault(origin="cdn", cut_after_bytes=2))
    assert isinstance(worker.error_of(read(worker, url)), errors.HubUnreachable)


def test_a_file_comes_to_its_place_and_nothing_is_left_beside_it(worker, hub, tmp_path):
    target = tmp_path / "new" / "setup.exe"
    request = fetch(worker, hub.publish("/setup", FILE), target)
    assert worker.end_of(request) == UrlFetched(request_id=request)
    assert target.stat().st_size == size_of(FILE)
    assert left_in(target.parent) == ["setup.exe"]


def test_what_is_there_is_not_fetched_again(worker, hub, tmp_path):
    target, url = tmp_path / "setup.exe", hub.publish("/setup", FILE)
    worker.end_of(fetch(worker, url, target))
    hub.clear_log()
    worker.end_of(fetch(worker, url, target))
    assert not hub.log


def test_a_file_that_was_changed_on_the_disk_is_fetched_again(worker, hub, tmp_path):
    target, url = tmp_path / "setup.exe", hub.publish("/setup", FILE)
    target.write_bytes(b"z" * size_of(FILE))
    worker.end_of(fetch(worker, url, target))
    assert target.read_bytes()[:4] == b"GGUF"


def test_a_wrong_hash_leaves_nothing(worker, hub, tmp_path):
    url = hub.publish("/setup", FILE)
    hub.fault(Fault(origin="cdn", wrong_byte_at=1_000_000))
    failed = worker.error_of(fetch(worker, url, tmp_path / "new" / "setup.exe"))
    assert isinstance(failed, errors.WrongBytes)
    assert left_in(tmp_path / "new") == []


def test_a_file_of_another_size_leaves_nothing(worker, hub, tmp_path):
    url = hub.publish("/setup", b"short")
    failed = worker.error_of(fetch(worker, url, tmp_path / "new" / "setup.exe"))
    assert isinstance(failed, errors.WrongBytes)
    assert left_in(tmp_path / "new") == []


def test_after_a_stop_it_goes_on_where_it_was(worker, hub, tmp_path):
    target, url = tmp_path / "setup.exe", hub.publish("/setup", FILE)
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    request = fetch(worker, url, target)
    wait_for_bytes(worker, request, 300_000)
    worker.cancel(request)
    assert worker.end_of(request) == Stopped(request_id=request)
    assert not target.exists()
    hub.bytes_per_s_per_connection = 0
    hub.clear_log()
    worker.end_of(fetch(worker, url, target))
    assert hub.bytes_sent() < size_of(FILE)


def test_after_the_worker_was_killed_it_goes_on_where_it_was(start_worker, hub, tmp_path):
    target, url = tmp_path / "setup.exe", hub.publish("/setup", FILE)
    hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S
    first = start_worker()
    wait_for_bytes(first, fetch(first, url, target), 1_000_000)
    first.kill()
    hub.bytes_per_s_per_connection = 0
    hub.clear_log()
    second = start_worker()
    second.end_of(fetch(second, url, target))
    assert hub.bytes_sent() < size_of(FILE)


def test_a_full_disk_is_refused_before_anything_is_fetched(worker, hub, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("file systems can only be mounted by root on Linux")
    try:
        full = worker.error_of(fetch(worker, hub.publish("/setup", FILE), folder / "setup.exe"))
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    assert isinstance(full, errors.DiskTooFull)
    assert not hub.bytes_sent()
