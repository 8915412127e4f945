"""Connections that end, stall, crawl or are refused; servers that are busy or broken."""

from tests.helpers.download_faults.desk import Desk, Row
from tests.helpers.hub import Fault

_MB = 1_000_000


def _cut(*, resets: bool, times: int, after_bytes: int = 5 * _MB) -> tuple[Fault, ...]:
    return (Fault(origin="cdn", cut_after_bytes=after_bytes, resets=resets, times=times),)


def _status(status: int, *, times: int = 1, origin: str = "cdn", **headers: str) -> Row:
    words = {1: "once", 3: "three times", 6: "six times"}[times]
    method = "GET" if origin == "cdn" else "HEAD"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    extra = "".join(f", {name}: {value}" for name, value in named.items())
    fault = Fault(origin=origin, method=method, status=status, times=times, headers=named)
    return Row(name=f"{status} {words} on the {method}{extra}", faults=(fault,))


def _network_is_gone(desk: Desk) -> None:
    """Before the first request."""
    desk.hub.stop()
    request_id = desk.begin()
    desk.wait_for_problem(request_id)
    desk.hub.start()
    desk.end(request_id)


def _network_goes(desk: Desk) -> None:
    desk.hub.bytes_per_s_per_connection = 10 * _MB
    request_id = desk.begin()
    desk.wait_for_share(request_id, 0.2)
    desk.hub.stop()
    desk.wait_for_problem(request_id)
    desk.hub.bytes_per_s_per_connection = 0
    desk.hub.start()
    desk.end(request_id)


def _links_expire(desk: Desk) -> None:
    desk.hub.bytes_per_s_per_connection = 12 * _MB
    desk.hub.link_life_s = 0.3
    desk.download()
    asked = [entry for entry in desk.hub.log if entry.method == "HEAD"]
    assert len(asked) > 1, "no link ended while it was needed"


ROWS = (
    Row(name="nothing goes wrong"),
    Row(name="FIN after 5 MB, once", faults=_cut(resets=False, times=1)),
    Row(name="FIN after 5 MB, three times", faults=_cut(resets=False, times=3)),
    Row(name="FIN before the first byte, once", faults=_cut(resets=False, times=1, after_bytes=0)),
    Row(name="RST after 5 MB, once", faults=_cut(resets=True, times=1)),
    Row(name="RST after 5 MB, three times", faults=_cut(resets=True, times=3)),
    Row(name="RST before the first byte, once", faults=_cut(resets=True, times=1, after_bytes=0)),
    *(_status(status) for status in (400, 401, 403, 404, 408, 410, 416, 429, 500, 502, 503, 504)),
    _status(500, times=3),
    _status(403, times=3),
    _status(503, times=6),
    _status(429, Retry_After="1"),
    _status(503, Retry_After="1"),
    _status(429, origin="hub"),
    _status(429, origin="hub", Retry_After="1"),
    _status(500, origin="hub"),
    _status(503, origin="hub", times=3),
    Row(
        name="416 after a FIN",
        faults=(*_cut(resets=False, times=1), Fault(origin="cdn", status=416, times=1)),
    ),
    Row(
        name="stall of 60 s after 5 MB, once",
        faults=(Fault(origin="cdn", stall_after_bytes=5 * _MB, stall_s=60, times=1),),
    ),
    Row(
        name="no answer for 60 s, once",
        faults=(Fault(origin="cdn", delay_s=60, times=1),),
    ),
    Row(
        name="no answer for 60 s to the HEAD, once",
        faults=(Fault(origin="hub", method="HEAD", delay_s=60, times=1),),
    ),
    Row(
        name="1 byte/s for ever on one connection",
        faults=(Fault(origin="cdn", bytes_per_s=1, times=1),),
    ),
    Row(
        name="1 byte/s for ever on four connections",
        faults=(Fault(origin="cdn", bytes_per_s=1, times=4),),
    ),
    Row(name="links that end after 0.3 s", act=_links_expire),
    Row(
        name="no network at the beginning",
        act=_network_is_gone,
        expected="NetworkDown, installed",
    ),
    Row(name="no network in the middle", act=_network_goes, expected="NetworkDown, installed"),
)
