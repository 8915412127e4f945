"""What the worker learns of repositories, and what it says when it cannot."""

import hashlib
import socket

import pytest

from app.domain import errors
from app.domain.builds import BuildFile
from app.domain.downloads.network import Network
from app.downloads.protocol import (
    Look,
    Looked,
    Peek,
    Peeked,
    SetLimits,
    Stopped,
)
from tests.helpers.download_kit import DownloadWorker
from tests.helpers.hub import Fault
from tests.helpers.hub.content import sha256_of
from tests.helpers.published import MODEL, REPOSITORY, SMALL


def test_a_look_pins_the_commit_and_lists_exact_sizes_and_hashes(hub, worker):
    hub.state.tree_page_length = 2
    commit = hub.add(REPOSITORY, {"README.md": b"read", MODEL: SMALL, "sub/x-Q8_0.gguf": SMALL})
    request = worker.ask(lambda i: Look(**asked(worker, i)))
    assert worker.end_of(request) == Looked(
        request_id=request,
        commit=commit,
        files=(
            BuildFile(path="README.md", bytes=4),
            BuildFile(path=MODEL, bytes=300_000, sha256=sha256_of(SMALL)),
            BuildFile(path="sub/x-Q8_0.gguf", bytes=300_000, sha256=sha256_of(SMALL)),
        ),
    )


def asked(worker: DownloadWorker, request_id: int, repository: str = REPOSITORY) -> dict:
    return {"request_id": request_id, "network": worker.network, "repository": repository}


def look(worker: DownloadWorker, repository: str = REPOSITORY) -> errors.AppError:
    return worker.error_of(worker.ask(lambda i: Look(**asked(worker, i, repository))))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 500}, errors.HubRefused),
        ({"status": 429, "headers": {"Retry-After": "7"}}, errors.HubOverrun),
        ({"status": 403}, errors.HubRefused),
        ({"is_portal": True}, errors.LoginNeeded),
        ({"redirect_to": "/login"}, errors.LoginNeeded),
        ({"cut_after_bytes": 9, "resets": True}, errors.HubUnreachable),
        ({"stall_after_bytes": 0, "stall_s": 1.5}, errors.HubUnreachable),
    ],
)
def test_a_look_that_fails_says_why_and_does_not_wait(hub, worker, fault, error):
    hub.add(REPOSITORY, {MODEL: SMALL})
    hub.fault(Fault(origin="hub", **fault))
    assert isinstance(look(worker), error)


def test_repositories_that_cannot_be_looked_at_are_told_apart(hub, worker):
    hub.add("acme/gated", {MODEL: SMALL}, gated=True)
    hub.add("acme/private", {MODEL: SMALL}, private=True)
    hub.add("acme/empty", {})
    names = ["acme/gated", "acme/private", "acme/none", "acme/empty", "a/b/c"]
    assert [type(look(worker, name)) for name in names] == [
        errors.RepositoryGated,
        errors.RepositoryUnknown,
        errors.RepositoryUnknown,
        errors.RepositoryEmpty,
        errors.BadRepositoryName,
    ]


def test_a_hub_that_is_gone_is_unreachable(hub, worker):
    hub.stop()
    error = look(worker)
    hub.start()
    assert isinstance(error, errors.HubUnreachable)
    assert error.facts["host"] == hub.url.removeprefix("http://")


@pytest.mark.parametrize(
    ("network", "error"),
    [
        ({"endpoint": "ftp://mirror"}, errors.BadEndpoint),
        ({"endpoint": "no address"}, errors.BadEndpoint),
        ({"proxy": "gopher://127.0.0.1:9"}, errors.ProxyFailed),
        ({"proxy": "http://127.0.0.1:9"}, errors.ProxyFailed),
        ({"proxy": "socks5://127.0.0.1:9"}, errors.ProxyFailed),
        ({"token": "hf_\nx"}, errors.TokenRefused),
        ({"token": "hf_wrong"}, errors.TokenRefused),
    ],
)
def test_settings_that_cannot_work_are_named(hub, worker, network, error):
    hub.add(REPOSITORY, {MODEL: SMALL})
    worker.network = Network(**{"endpoint": hub.url, **network})
    assert isinstance(look(worker), error)


def test_https_to_a_server_without_a_certificate_is_refused(hub, worker):
    worker.network = Network(endpoint=hub.url.replace("http:", "https:"))
    assert isinstance(look(worker), errors.SecureConnectionFailed)


def test_networks_do_not_mix(hub, worker):
    hub.add("acme/gated", {MODEL: SMALL}, gated=True)
    with_token = Network(endpoint=hub.url, token=hub.token)
    requests = []
    for network in [worker.network, with_token] * 4:
        worker.network = network
        requests.append(worker.ask(lambda i: Look(**asked(worker, i, "acme/gated"))))
    for number, request in enumerate(requests):
        if number % 2:
            assert isinstance(worker.end_of(request), Looked)
        else:
            assert isinstance(worker.error_of(request), errors.RepositoryGated)


def test_a_cancelled_look_ends_at_once(hub, worker):
    hub.add(REPOSITORY, {MODEL: SMALL})
    hub.fault(Fault(origin="hub", delay_s=1.0))
    worker.end_of(worker.ask(lambda i: SetLimits(request_id=i, bytes_per_s=0)))  # it has started
    request = worker.ask(lambda i: Look(**asked(worker, i)))
    worker.cancel(request)
    assert worker.end_of(request, limit_s=0.3) == Stopped(request_id=request)


def test_a_peek_writes_the_beginning_of_a_file(hub, worker, tmp_path):
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    target = tmp_path / "start"

    def peek(length_bytes: int) -> bytes:
        request = worker.ask(
            lambda i: Peek(
                **asked(worker, i),
                commit=commit,
                path=MODEL,
                length_bytes=length_bytes,
                target=str(target),
            )
        )
        assert worker.end_of(request) == Peeked(request_id=request, path=str(target))
        return target.read_bytes()

    assert len(peek(1000)) == 1000
    assert hashlib.sha256(peek(1 << 20)).hexdigest() == sha256_of(SMALL)
    assert hub.log[-1].range == "bytes=0-299999"


def test_a_listing_that_never_ends_is_given_up(hub, worker):
    hub.add(REPOSITORY, {MODEL: SMALL})
    address = f"{hub.url}/api/models/{REPOSITORY}/tree/main"
    headers = {"Link": f'<{address}?recursive=true>; rel="next"'}
    hub.fault(Fault(origin="hub", path="/tree/", headers=headers))
    assert isinstance(look(worker), errors.LoginNeeded)
    assert len(hub.log) == 200


def test_a_hop_that_does_not_answer_is_the_one_that_is_named(hub, worker, socket_enabled):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{listener.getsockname()[1]}"
    hub.add(REPOSITORY, {MODEL: SMALL})
    hub.fault(Fault(origin="hub", path="/tree/", redirect_to=f"http://{dead}/x"))
    error = look(worker)
    assert isinstance(error, errors.HubUnreachable)
    assert error.facts["host"] == dead


def test_no_limit_of_requests_makes_a_wait_longer_than_ten_minutes(hub, worker):
    hub.add(REPOSITORY, {MODEL: SMALL})
    hub.fault(Fault(origin="hub", status=429, headers={"RateLimit": '"api";r=0;t=99999999'}))
    assert look(worker).facts["wait_s"] == 600


def test_a_peek_at_a_file_that_is_shorter_names_it(hub, worker, tmp_path):
    commit = hub.add(REPOSITORY, {MODEL: SMALL})
    hub.fault(Fault(origin="cdn", shorter_bytes=10))
    request = worker.ask(
        lambda i: Peek(
            **asked(worker, i),
            commit=commit,
            path=MODEL,
            length_bytes=1000,
            target=str(tmp_path / "0"),
        )
    )
    error = worker.error_of(request)
    assert isinstance(error, errors.PublishedFileChanged)
    assert error.facts["name"] == MODEL
