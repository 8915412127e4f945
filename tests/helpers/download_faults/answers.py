"""Answers that are not what was asked for: other bytes, other sizes, other files, web pages."""

import msgspec

from app.domain.downloads.network import Network
from tests.helpers.download_faults.desk import FILES, PATH, REPOSITORY, SIZE_BYTES, Desk, Row
from tests.helpers.download_kit import job_of
from tests.helpers.hub import Fault, Pattern

_OTHER_HASH = "0" * 64


def _portal_then_login(desk: Desk) -> None:
    """It waits for the person's login, and goes on."""
    request_id = desk.begin()
    desk.wait_for_problem(request_id)
    desk.hub.clear_faults()
    desk.end(request_id)


def _redirect_then_login(desk: Desk) -> None:
    login = f"{desk.hub.cdn_url}/login"
    desk.hub.fault(Fault(origin="hub", redirect_to=login))
    desk.hub.fault(Fault(origin="cdn", path="/login", is_portal=True))
    _portal_then_login(desk)


def _without_list(desk: Desk) -> None:
    """Only the repository and the build are known, so the Hub's list is believed first."""
    job = msgspec.structs.replace(desk.job, commit="", files=())
    desk.download(job=job)


def _main_moves_on(desk: Desk) -> None:
    """Between two runs, and what was begun is finished."""
    desk.hub.bytes_per_s_per_connection = 10_000_000
    with desk.own_worker() as worker:
        request_id = desk.begin(worker, msgspec.structs.replace(desk.job, commit="", files=()))
        desk.wait_for_share(request_id, 0.3, worker)
        pinned = worker.states_of(request_id)[-1].job
        worker.kill()
    desk.hub.bytes_per_s_per_connection = 0
    desk.hub.add(REPOSITORY, {PATH: Pattern(SIZE_BYTES + 1, seed=5)})
    desk.download(job=pinned)


def _gated(desk: Desk) -> None:
    desk.commit = desk.hub.add(REPOSITORY, FILES, gated=True)
    desk.job = msgspec.structs.replace(desk.job, commit=desk.commit)
    desk.download()


def _gated_with_token(desk: Desk) -> None:
    desk.network = Network(endpoint=desk.hub.url, token=desk.hub.token)
    _gated(desk)
    assert all(e.had_auth for e in desk.hub.log if e.origin == "hub"), "the Hub got no token"


def _wrong_token(desk: Desk) -> None:
    desk.network = Network(endpoint=desk.hub.url, token="hf_wrong")
    _gated(desk)


def _no_such_repository(desk: Desk) -> None:
    desk.job = msgspec.structs.replace(desk.job, repository="acme/none")
    desk.download()


def _no_such_file(desk: Desk) -> None:
    desk.job = job_of(REPOSITORY, desk.commit, {"none-Q4_K_M.gguf": Pattern(1000)})
    desk.download()


def _named(path: str) -> Row:
    """A repository with a file that must not be written under its name."""

    def act(desk: Desk) -> None:
        files = {path: Pattern(1000)}
        desk.commit = desk.hub.add(REPOSITORY, files)
        desk.job = job_of(REPOSITORY, desk.commit, files)
        before = set(desk.folder.parent.rglob("*.gguf"))
        desk.download()
        assert before == set(desk.folder.parent.rglob("*.gguf")), "it was written"

    shown = path if len(path) < 40 else f"{len(path)} characters"
    return Row(name=f"a file named {shown}", act=act, expected="UnsafeFileName", most_served=0)


ROWS = (
    Row(
        name="one wrong byte, once",
        faults=(Fault(origin="cdn", wrong_byte_at=SIZE_BYTES // 2, times=1),),
        most_served=2.05,
    ),
    Row(
        name="one wrong byte in the whole file, once",
        faults=(Fault(origin="cdn", wrong_byte_at=100, ignores_range=True, times=1),),
        most_served=2.05,
    ),
    Row(
        name="one wrong byte, always",
        faults=(Fault(origin="cdn", wrong_byte_at=SIZE_BYTES // 2),),
        expected="WrongBytes",
        most_served=2.05,
    ),
    Row(
        name="Content-Length 1 MB short, once",
        faults=(Fault(origin="cdn", shorter_bytes=1_000_000, times=1),),
    ),
    Row(name="no Content-Length", faults=(Fault(origin="cdn", has_no_length=True),)),
    Row(name="no ranges: always 200", faults=(Fault(origin="cdn", ignores_range=True),)),
    Row(
        name="no ranges and no Content-Length",
        faults=(Fault(origin="cdn", ignores_range=True, has_no_length=True),),
    ),
    Row(
        name="200 instead of 206 after a FIN",
        faults=(
            Fault(origin="cdn", cut_after_bytes=5_000_000, times=1),
            Fault(origin="cdn", ignores_range=True, times=1),
        ),
        most_served=1.3,
    ),
    Row(
        name="206 shifted by 1,000 bytes, once",
        faults=(Fault(origin="cdn", shift_bytes=1000, only_ranged=True, times=1),),
    ),
    Row(
        name="206 without Content-Range, once",
        faults=(Fault(origin="cdn", only_ranged=True, drops_headers=("Content-Range",), times=1),),
    ),
    Row(
        name="another ETag from the CDN each time",
        faults=(Fault(origin="cdn", etag=_OTHER_HASH, times=1),),
    ),
    Row(name="web page on the GET, once", faults=(Fault(origin="cdn", is_portal=True, times=1),)),
    Row(
        name="web page on every GET, then login",
        faults=(Fault(origin="cdn", is_portal=True),),
        act=_portal_then_login,
        expected="LoginPage, installed",
    ),
    Row(
        name="web page on every HEAD, then login",
        faults=(Fault(origin="hub", is_portal=True),),
        act=_portal_then_login,
        expected="LoginPage, installed",
    ),
    Row(
        name="redirect to a login on every HEAD, then login",
        act=_redirect_then_login,
        expected="LoginPage, installed",
    ),
    Row(
        name="X-Linked-Size missing",
        faults=(Fault(origin="hub", drops_headers=("X-Linked-Size",)),),
    ),
    Row(
        name="X-Linked-Etag and ETag missing",
        faults=(Fault(origin="hub", drops_headers=("X-Linked-Etag", "ETag")),),
        expected="installed|PublishedFileChanged|BadEndpoint",
    ),
    Row(name="main moves on between two runs", act=_main_moves_on, most_served=1.1),
    Row(
        name="another hash under the same commit",
        faults=(Fault(origin="hub", method="HEAD", etag=_OTHER_HASH),),
        expected="PublishedFileChanged",
        most_served=0,
    ),
    Row(
        name="another size under the same commit",
        faults=(Fault(origin="hub", method="HEAD", size_bytes=SIZE_BYTES + 1),),
        expected="PublishedFileChanged",
        most_served=0,
    ),
    Row(name="the Hub is asked what belongs to the build", act=_without_list),
    Row(
        name="the list says 1,000 bytes less than there are",
        faults=(Fault(origin="hub", path="/api/", size_bytes=SIZE_BYTES - 1000),),
        act=_without_list,
        expected="PublishedFileChanged",
        most_served=0,
    ),
    Row(
        name="list and HEAD say 1,000 bytes less than there are",
        faults=(Fault(origin="hub", size_bytes=SIZE_BYTES - 1000),),
        act=_without_list,
        expected="PublishedFileChanged",
    ),
    Row(
        name="list and HEAD say 1,000 bytes more than there are",
        faults=(Fault(origin="hub", size_bytes=SIZE_BYTES + 1000),),
        act=_without_list,
        expected="PublishedFileChanged",
    ),
    Row(
        name="list and HEAD say a petabyte",
        faults=(Fault(origin="hub", size_bytes=10**15),),
        act=_without_list,
        expected="DiskTooFull",
        most_served=0,
    ),
    Row(name="gated, no token", act=_gated, expected="RepositoryGated", most_served=0),
    Row(name="gated, with a token that the CDN must not see", act=_gated_with_token),
    Row(name="a token that the Hub does not know", act=_wrong_token, expected="TokenRefused"),
    Row(name="no such repository", act=_no_such_repository, expected="RepositoryUnknown"),
    Row(name="no such file", act=_no_such_file, expected="PublishedFileMissing"),
    *(
        _named(path)
        for path in (
            "../tiny-Q4_K_M.gguf",
            "a/../../../tiny-Q4_K_M.gguf",
            "/tmp/tiny-Q4_K_M.gguf",
            "C:\\tiny-Q4_K_M.gguf",
            "..\\tiny-Q4_K_M.gguf",
            "NUL.gguf",
            "con/tiny-Q4_K_M.gguf",
            "tiny-Q4_K_M.gguf.",
            "tiny:Q4_K_M.gguf",
            "tiny\x1b[2J-Q4_K_M.gguf",
            "x" * 295 + ".gguf",
        )
    ),
)
