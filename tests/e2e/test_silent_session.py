"""A session with the real window opens no internet socket, and is the same without a network."""

import os
import subprocess
import sys

import pytest
import pytest_socket

from tests.helpers.silence.document import DOCUMENT, in_words
from tests.helpers.silence.findings import find
from tests.helpers.silence.sent import sent_requests
from tests.helpers.silence.trace import Trace, by_role
from tests.helpers.silence.watched import obstacle, strace_to

EVERYTHING = bool(os.environ.get("CIERZO_TEST_EVERYTHING"))
TO_ANYBODY = {"Host", "Accept", "Accept-Encoding", "Connection", "User-Agent"}


@pytest.fixture
def loopback(socket_enabled):
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.mark.timeout(600)
def test_no_process_of_a_session_opens_an_internet_socket(tmp_path, loopback):
    if problem := obstacle():
        assert not EVERYTHING, problem
        pytest.skip(problem)
    findings = find(tmp_path, with_idle=False)
    assert list(findings.faults(with_idle=False)) == [], "\n".join(in_words(findings))


def test_what_is_sent_names_nobody(tmp_path, loopback):
    sent = sent_requests(tmp_path)
    told = DOCUMENT.read_text(encoding="utf-8")
    for occasion, requests in sent.items():
        assert occasion in told
        for request in requests:
            assert f"{request.origin}: `{request.request}`" in told
            names = {line.partition(":")[0].title() for line in request.headers}
            if "an account" in occasion and request.origin == "the Hub":
                names.remove("Authorization")
            assert names - {"Range"} == TO_ANYBODY
            assert all(f"`{line}`" in told for line in request.headers)


LOUD = """
import socket, subprocess, sys, threading
def be_loud():
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()
if sys.argv[1:] == ["--media-worker"]:
    thread = threading.Thread(target=be_loud)
    thread.start()
    thread.join()
else:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()
    subprocess.run([sys.executable, __file__, "--media-worker"], check=True)
"""


def test_a_socket_is_found_and_its_process_named(tmp_path):
    """In a thread of a grandchild, whose role its command line tells."""
    if problem := obstacle():
        assert not EVERYTHING, problem
        pytest.skip(problem)
    program, log = tmp_path / "loud.py", tmp_path / "log"
    program.write_text(LOUD)
    subprocess.run([*strace_to(log), sys.executable, program], check=True)
    roles = by_role(Trace().take(log.read_text().splitlines()).processes)
    assert [each.internet_calls for each in roles.pop("media worker")] == [1]
    ((other,),) = roles.values()
    assert (other.internet_calls, dict(other.sockets)) == (0, {"AF_NETLINK": 1})
