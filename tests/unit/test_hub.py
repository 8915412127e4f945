"""The test hub is what the real huggingface_hub client takes for a Hub."""

import hashlib
import http.client
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import huggingface_hub
import pytest
from huggingface_hub import HfApi, errors

from tests.helpers.hub import Fault, Hub, Pattern, sha256_of

NAME, PATH = "acme/tiny-GGUF", "tiny-Q4_K_M.gguf"
LARGE = Pattern(3_000_001)
FILES = {PATH: LARGE, "BF16/tiny-BF16.gguf": Pattern(5000, 1), "README.md": b"# Tiny\n"}


@pytest.fixture
def api(hub, monkeypatch):
    """The real client."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_TELEMETRY", True)
    hub.add(NAME, FILES)
    yield HfApi(endpoint=hub.url, token=False)
    huggingface_hub.close_session()


def link_to(hub: Hub, api: HfApi, path: str = PATH) -> str:
    url = huggingface_hub.hf_hub_url(NAME, path, endpoint=hub.url)
    return api.get_hf_file_metadata(url=url).location


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_tree_lists_sizes_and_hashes(api):
    files = {file.path: file for file in api.list_repo_tree(NAME, recursive=True)}
    assert files[PATH].size == LARGE.size_bytes
    assert files[PATH].lfs.sha256 == sha256_of(LARGE)
    assert set(files) == {*FILES, "BF16"}


def test_a_folder_of_the_tree_is_listed_by_itself(api):
    assert [file.path for file in api.list_repo_tree(NAME, "BF16")] == ["BF16/tiny-BF16.gguf"]


def test_a_long_tree_comes_in_pages(api, hub):
    hub.state.tree_page_length = 1
    assert len(list(api.list_repo_tree(NAME, recursive=True))) == 4
    assert len([entry for entry in hub.log if "/tree/" in entry.path]) == 4


def test_a_model_is_described(api):
    info = api.model_info(NAME, files_metadata=True)
    described = {file.rfilename: file for file in info.siblings}
    assert described[PATH].lfs.sha256 == sha256_of(LARGE)
    assert info.gated is False


def test_paths_are_described_one_by_one(api):
    assert [file.size for file in api.get_paths_info(NAME, [PATH])] == [LARGE.size_bytes]


def test_the_head_of_a_file_says_commit_size_hash_and_link(api, hub):
    url = huggingface_hub.hf_hub_url(NAME, PATH, endpoint=hub.url)
    metadata = api.get_hf_file_metadata(url=url)
    assert metadata.etag == sha256_of(LARGE)
    assert metadata.size == LARGE.size_bytes
    assert metadata.commit_hash == api.model_info(NAME).sha
    assert metadata.location.startswith(hub.cdn_url)


@pytest.mark.parametrize("path", [PATH, "README.md"])
def test_a_file_is_downloaded_by_the_real_client(api, tmp_path, path):
    there = api.hf_hub_download(NAME, path, cache_dir=tmp_path)
    content = pathlib.Path(there).read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256_of(FILES[path])


def test_an_old_commit_stays_when_main_moves_on(api, hub):
    old = api.model_info(NAME).sha
    new = hub.add(NAME, {PATH: Pattern(7)})
    assert api.model_info(NAME).sha == new != old
    assert api.get_paths_info(NAME, [PATH], revision=old)[0].size == LARGE.size_bytes


@pytest.mark.parametrize(
    ("name", "path", "revision", "error"),
    [
        ("acme/none", PATH, "main", errors.RepositoryNotFoundError),
        (NAME, "none.gguf", "main", errors.RemoteEntryNotFoundError),
        (NAME, PATH, "none", errors.RevisionNotFoundError),
    ],
)
def test_what_is_missing_is_named(api, hub, name, path, revision, error):
    url = huggingface_hub.hf_hub_url(name, path, revision=revision, endpoint=hub.url)
    with pytest.raises(error):
        api.get_hf_file_metadata(url=url)


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_gated_file_is_for_those_who_accepted_its_terms(api, hub, is_accepted):
    hub.add("acme/gated", {PATH: Pattern(100)}, gated=True)
    hub.state.is_accepted = is_accepted
    url = huggingface_hub.hf_hub_url("acme/gated", PATH, endpoint=hub.url)
    with pytest.raises(errors.GatedRepoError):
        api.get_hf_file_metadata(url=url)
    if is_accepted:
        assert api.get_hf_file_metadata(url=url, token=hub.token).size == 100
    else:
        with pytest.raises(errors.GatedRepoError):
            api.get_hf_file_metadata(url=url, token=hub.token)


def test_a_private_repository_is_missing_for_strangers(api, hub):
    hub.add("acme/private", {PATH: Pattern(100)}, private=True)
    with pytest.raises(errors.RepositoryNotFoundError):
        api.model_info("acme/private")
    assert api.model_info("acme/private", token=hub.token).private


def test_a_wrong_token_is_refused(api, hub):
    with pytest.raises(errors.HfHubHTTPError) as refused:
        api.model_info(NAME, token="hf_wrong")
    assert refused.value.response.status_code == 401
    assert api.whoami(token=hub.token)["name"] == "tester"


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-0", 0, 1), ("bytes=1048570-2097200", 1048570, 2097201), ("bytes=-5", 2999996, None)],
)
def test_ranges_are_exact(api, hub, wanted, start, end):
    link = link_to(hub, api)
    whole = get(link)[2]
    status, headers, part = get(link, Range=wanted)
    assert (status, part) == (206, whole[start:end])
    assert headers["Content-Range"] == f"bytes {start}-{(end or 3000001) - 1}/3000001"


def test_a_range_behind_the_end_is_refused(api, hub):
    status, headers, _ = get(link_to(hub, api), Range="bytes=3000001-")
    assert (status, headers["Content-Range"]) == (416, "bytes */3000001")


def test_links_end(api, hub):
    hub.link_life_s = -1
    assert get(link_to(hub, api))[0] == 403


def test_links_cannot_be_made_up(api, hub):
    assert get(link_to(hub, api)[:-1] + "z")[0] == 403


def test_the_log_counts_what_was_sent(api, hub):
    link = link_to(hub, api)
    get(link, Range="bytes=10-19")
    get(link, Authorization="Bearer secret")
    ranged, whole = [entry for entry in hub.log if entry.origin == "cdn"]
    assert (ranged.bytes_sent, ranged.range, ranged.had_auth) == (10, "bytes=10-19", False)
    assert (whole.bytes_sent, whole.had_auth) == (LARGE.size_bytes, True)
    assert hub.bytes_sent() == LARGE.size_bytes + 10


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(origin="cdn", cut_after_bytes=1000), http.client.IncompleteRead),
        (Fault(origin="cdn", cut_after_bytes=1000, resets=True), ConnectionResetError),
    ],
)
def test_a_connection_is_cut(api, hub, fault, error):
    hub.fault(fault)
    with pytest.raises(error):
        get(link_to(hub, api))
    assert hub.bytes_sent() == 1000


def test_a_fault_spares_and_hits_as_often_as_it_says(api, hub):
    hub.fault(Fault(origin="cdn", status=503, skip=1, times=2, headers={"Retry-After": "7"}))
    link = link_to(hub, api)
    answers = [get(link) for _ in range(4)]
    assert [status for status, _, _ in answers] == [200, 503, 503, 200]
    assert answers[1][1]["Retry-After"] == "7"


def test_one_byte_is_wrong(api, hub):
    link = link_to(hub, api)
    good = get(link)[2]
    hub.fault(Fault(origin="cdn", wrong_byte_at=2_000_000))
    bad = get(link)[2]
    assert [i for i in range(len(good)) if good[i] != bad[i]] == [2_000_000]


def test_a_part_is_shifted_and_says_so(api, hub):
    hub.fault(Fault(origin="cdn", shift_bytes=100, only_ranged=True))
    _, headers, part = get(link_to(hub, api), Range="bytes=0-999")
    assert (headers["Content-Range"], len(part)) == ("bytes 100-999/3000001", 900)


def test_the_whole_is_sent_instead_of_a_part(api, hub):
    hub.fault(Fault(origin="cdn", ignores_range=True))
    status, _, body = get(link_to(hub, api), Range="bytes=0-999")
    assert (status, len(body)) == (200, LARGE.size_bytes)


def test_a_body_is_shorter_than_it_was(api, hub):
    hub.fault(Fault(origin="cdn", shorter_bytes=1))
    assert len(get(link_to(hub, api))[2]) == LARGE.size_bytes - 1


def test_a_body_has_no_length(api, hub):
    hub.fault(Fault(origin="cdn", has_no_length=True))
    _, headers, body = get(link_to(hub, api))
    assert "Content-Length" not in headers
    assert len(body) == LARGE.size_bytes


def test_a_portal_answers_instead(api, hub):
    hub.fault(Fault(origin="hub", is_portal=True, method="HEAD"))
    with pytest.raises(errors.LocalEntryNotFoundError):
        api.hf_hub_download(NAME, PATH)


def test_listing_and_head_say_a_wrong_size(api, hub):
    hub.fault(Fault(origin="hub", size_bytes=99))
    url = huggingface_hub.hf_hub_url(NAME, PATH, endpoint=hub.url)
    assert api.get_hf_file_metadata(url=url).size == 99
    assert api.get_paths_info(NAME, [PATH])[0].lfs.size == 99


def test_a_slow_connection_keeps_its_rate(api, hub):
    hub.bytes_per_s_per_connection = 10_000_000
    link, begun_s = link_to(hub, api), time.monotonic()
    get(link, Range="bytes=0-999999")
    assert time.monotonic() - begun_s > 0.08


def test_a_stopped_hub_hangs_up_at_once_and_comes_back_on_the_same_port(api, hub):
    hub.fault(Fault(origin="cdn", stall_after_bytes=10, stall_s=60))
    link, failed = link_to(hub, api), threading.Event()

    def wait():
        with pytest.raises((http.client.HTTPException, OSError)):
            get(link)
        failed.set()

    thread = threading.Thread(target=wait)
    thread.start()
    hub.wait_for(lambda log: log[-1].bytes_sent == 10)
    hub.stop()
    assert failed.wait(5)
    thread.join()
    with pytest.raises(ConnectionRefusedError):
        get(link)
    hub.start()
    hub.clear_faults()
    assert get(link)[0] == 200


def test_a_hub_of_its_own_is_steered_by_lines(socket_enabled):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.hub"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    urls = json.loads(process.stdout.readline())
    order = json.dumps({"add": NAME, "files": {PATH: [5000, 1]}})
    print(order, json.dumps({"log": 1}), sep="\n", file=process.stdin, flush=True)
    said = json.loads(process.stdout.readline())
    assert said["sha256"] == {PATH: sha256_of(Pattern(5000, 1))}
    assert json.loads(process.stdout.readline()) == []
    assert get(f"{urls['hub']}/{NAME}/resolve/{said['commit']}/{PATH}?")[0] == 302
    process.communicate()
    assert process.returncode == 0


def test_the_same_pattern_has_the_same_hash_and_looks_like_a_model(api, hub):
    body = get(link_to(hub, api))[2]
    assert body.startswith(b"GGUF")
    assert hashlib.sha256(body).hexdigest() == sha256_of(Pattern(3_000_001))
    assert sha256_of(Pattern(3_000_001, seed=1)) != sha256_of(LARGE)
    assert os.environ["NO_PROXY"] == "127.0.0.1"
