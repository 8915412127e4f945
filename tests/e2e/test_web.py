"""How the downloader reaches servers: proxies, TLS, secrets, what it never logs."""

import asyncio
import datetime as dt
import ipaddress
import logging
import socket
import ssl
import threading

import pytest

from app.domain.downloads.network import Network
from app.domain.errors import ProxyFailed, SecureConnectionFailed
from app.downloads.worker.limiter import Limiter
from app.downloads.worker.timing import SleepWatch, Timing
from app.downloads.worker.web import ConnectionBrokenError, Web, host_of
from tests.helpers.file_fetching import FAST, FileFetching
from tests.helpers.hub import Fault, Pattern

MB = 10**6


@pytest.fixture
def fetching(hub, tmp_path):
    return FileFetching(hub, tmp_path, Pattern(3 * MB))


def ask(url, network=None, headers=None, first=0, stop=10, on_host=str):
    async def run():
        async with (
            Web(network or Network(), timing=FAST) as web,
            web.get(url, headers or {}, first=first, stop=stop, on_host=on_host) as answer,
        ):
            return answer.status_code, await answer.aread()

    return asyncio.run(run())


@pytest.fixture
def free_port(socket_enabled):
    """A port of loopback on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_a_part_is_asked_for_and_comes(fetching):
    headers = {"Authorization": f"Bearer {fetching.hub.token}"}
    status, body = ask(fetching.url, headers=headers, first=4, stop=9)
    assert (status, len(body)) == (206, 5)


def test_headers_do_not_follow_to_another_origin_and_back(fetching):
    """The CDN sends us back to the Hub, which would like a token."""
    fetching.hub.fault(Fault(origin="cdn", redirect_to=fetching.url, times=1))
    ask(fetching.url, headers={"Authorization": f"Bearer {fetching.hub.token}"})
    assert [(entry.origin, entry.had_auth) for entry in fetching.hub.log] == [
        ("hub", True),
        ("cdn", False),
        ("hub", False),
        ("cdn", False),
    ]


def test_redirects_in_a_circle_end(fetching):
    fetching.hub.fault(Fault(origin="hub", redirect_to=fetching.url))
    with pytest.raises(ConnectionBrokenError):
        ask(fetching.url)


@pytest.mark.parametrize("target", ["http://[", "file:///etc/passwd", "//", "gopher://x/"])
def test_a_redirect_to_nowhere_is_no_defect_of_ours(fetching, target):
    fetching.hub.fault(Fault(origin="hub", redirect_to=target))
    with pytest.raises(ConnectionBrokenError):
        ask(fetching.url)


def test_cookies_are_not_kept(fetching):
    fetching.hub.fault(Fault(origin="cdn", headers={"Set-Cookie": "who=you; Path=/"}))

    async def run():
        async with Web(Network(), timing=FAST) as web:
            for _ in range(2):
                async with web.get(fetching.url, {}, first=0, stop=1, on_host=str) as answer:
                    sent = answer.request.headers
            return sent

    assert "cookie" not in asyncio.run(run())


def test_signed_addresses_are_never_logged(fetching, caplog):
    with caplog.at_level(logging.DEBUG):
        fetching.run()
    assert "sig=" not in caplog.text
    assert fetching.hub.token not in caplog.text


def test_a_proxy_that_does_not_answer_is_named(fetching, free_port):
    proxy = f"http://user:secret@127.0.0.1:{free_port}"
    with pytest.raises(ConnectionBrokenError) as broken:
        ask(fetching.url, Network(proxy=proxy))
    assert isinstance(broken.value.problem, ProxyFailed)
    assert "secret" not in str(broken.value.problem)


def test_a_socks_proxy_that_does_not_answer_is_named(fetching, free_port):
    with pytest.raises(ConnectionBrokenError) as broken:
        ask(fetching.url, Network(proxy=f"socks5://127.0.0.1:{free_port}"))
    assert isinstance(broken.value.problem, ProxyFailed)


@pytest.mark.parametrize("proxy", ["gopher://proxy:1", "proxy", "http://proxy:x"])
def test_an_address_that_is_no_proxys_is_refused_at_once(proxy):
    with pytest.raises(ProxyFailed):
        Web(Network(proxy=proxy), timing=FAST)


def test_a_file_waits_for_its_proxy(fetching, free_port):
    fetching.network = Network(proxy=f"http://127.0.0.1:{free_port}")
    fetching.run_until(lambda state: state.problem is not None)
    assert fetching.problems == ["proxy_failed"]


@pytest.fixture
def untrusted_url(tmp_path, hub):
    """Of a server whose certificate nobody signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_certificate(tmp_path / "own.pem"))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        with pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(connection, server_side=True)
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}/file"
    thread.join(5)
    listener.close()


def write_certificate(path):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, form, plain))
    return path


def test_a_certificate_that_nobody_signed_is_refused(untrusted_url):
    with pytest.raises(ConnectionBrokenError) as broken:
        ask(untrusted_url)
    assert isinstance(broken.value.problem, SecureConnectionFailed)


def test_a_host_is_shown_without_what_is_secret():
    assert host_of("https://user:word@cdn.example:444/a?sig=1") == "cdn.example:444"
    assert host_of("https://cdn.example:443/a") == "cdn.example"


def test_a_limit_that_is_lifted_lets_everything_through_at_once():
    async def run():
        limiter = Limiter(1)
        taking = asyncio.create_task(limiter.take(1024))
        await asyncio.wait({taking}, timeout=0.01)
        assert not taking.done()
        limiter.bytes_per_s = 0
        await asyncio.wait_for(taking, 5)
        assert limiter.piece_bytes >= MB

    asyncio.run(run())


def test_all_connections_share_one_limit():
    async def run():
        limiter = Limiter(MB)
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        await asyncio.gather(*(limiter.take(50_000) for _ in range(6)))
        return loop.time() - begun_s

    assert 0.25 <= asyncio.run(run()) < 1


def test_a_sleep_of_the_pc_is_noticed_once(monkeypatch):
    """The monotonic clock stopped, the other one did not."""
    now = [1000.0]
    monkeypatch.setattr(SleepWatch, "_now_s", staticmethod(lambda: (5.0, now[0])))
    watch = SleepWatch()
    now[0] += 1
    assert not watch.has_slept()
    now[0] += 3600
    assert watch.has_slept()
    assert not watch.has_slept()


def test_scaled_waits_keep_their_relations():
    assert Timing().scaled(0.5).read_s == Timing().read_s / 2


def test_every_hop_is_told_before_it_is_asked_and_the_one_that_failed_is_named(fetching, free_port):
    hub = fetching.hub
    hub.fault(Fault(origin="cdn", redirect_to=f"http://127.0.0.1:{free_port}/x"))
    hosts: list[str] = []
    headers = {"Authorization": f"Bearer {hub.token}"}
    with pytest.raises(ConnectionBrokenError) as broken:
        ask(fetching.url, headers=headers, on_host=hosts.append)
    dead = f"127.0.0.1:{free_port}"
    assert hosts == [host_of(hub.url), host_of(hub.cdn_url), dead]
    assert broken.value.problem.facts["host"] == dead
