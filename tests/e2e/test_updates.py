"""Updates with the real download worker, real keys and a server on loopback."""

import base64
import json

import pytest

from app.domain.distribution import Kind
from tests.helpers.hub import Pattern
from tests.helpers.updates_desk import UpdatesDesk, let_run, setup_program


@pytest.fixture
def make(publisher, tmp_path, updates_worker):
    """Start copies of the program; they are ended after the test."""
    desks = []

    def make(kind: Kind = Kind.WINDOWS, **facts) -> UpdatesDesk:
        for before in desks:
            before.close()
        desks[:] = [UpdatesDesk(tmp_path, publisher.distribution(kind), updates_worker, **facts)]
        return desks[0].start()

    yield make
    for desk in desks:
        desk.close()


def test_a_newer_version_is_found_and_said_once(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    desk = make()
    assert desk.state.release.version == "0.2.0"
    assert desk.state.release.notes == "Faster answers.\nA calmer sidebar."
    desk.look()
    assert desk.found == ["0.2.0"]


def test_what_was_asked_is_in_the_list_of_connections(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    desk = make()
    host = publisher.hub.cdn_url.removeprefix("http://")
    assert [(one.host, one.why) for one in desk.log.read()] == [
        (host, "list of updates"),
        (host, "signature of the list of updates"),
    ]


def test_nothing_is_asked_where_nobody_switched_it_on(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    desk = make(looks_for_updates=False)
    assert not publisher.hub.log
    assert desk.state.release is None
    desk.look()
    assert desk.state.release.version == "0.2.0"


def test_what_was_found_once_is_not_said_at_every_start_where_nobody_asks(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    make()
    desk = make(looks_for_updates=False)
    assert desk.state.release.version == "0.2.0"
    assert desk.found == []


def test_nothing_is_asked_while_offline(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    desk = make(is_offline=True)
    desk.look()
    assert desk.problem == "offline_switched_on"
    assert desk.state.looked_at is None
    assert not publisher.hub.log


def test_it_looks_once_a_day_and_knows_at_the_next_start_what_it_found(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    make()
    publisher.hub.clear_log()
    desk = make()
    assert not publisher.hub.log
    assert desk.state.release.version == "0.2.0"
    assert desk.state.looked_at is not None


def test_a_day_later_it_looks_again(publisher, make, tmp_path):
    publisher.publish(publisher.release("0.2.0"))
    make().close()
    kept = tmp_path / "data" / "updates.json"
    said = json.loads(kept.read_text())
    kept.write_text(json.dumps({**said, "looked_at": "2026-11-01T00:00:00+00:00"}))
    publisher.hub.clear_log()
    make()
    assert publisher.hub.log


def test_a_failed_look_counts_as_one(publisher, make):
    assert make().problem == "file_unavailable"
    publisher.hub.clear_log()
    make()
    assert not publisher.hub.log


@pytest.mark.parametrize("kind", [Kind.CHECKOUT])
def test_a_checkout_has_no_updates(publisher, make, kind):
    publisher.publish(publisher.release("0.2.0"))
    desk = make(kind)
    assert not desk.updates.is_offered
    assert not publisher.hub.log


@pytest.mark.parametrize("without", ["update_url", "update_key"])
def test_a_copy_that_nobody_publishes_updates_of_offers_none(
    publisher, updates_worker, tmp_path, without
):
    desk = UpdatesDesk(tmp_path, publisher.distribution(**{without: ""}), updates_worker)
    assert not desk.updates.is_offered
    assert not desk.packs.is_offered
    desk.close()


@pytest.mark.parametrize(
    ("version", "published"), [("0.2.0", "0.2.0"), ("0.10.0", "0.9.0"), ("1.0", "1.0.0")]
)
def test_what_is_not_newer_is_not_offered(publisher, make, version, published):
    publisher.publish(publisher.release(published))
    desk = make(version=version)
    assert desk.state.release is None
    assert not desk.problem


def test_another_target_and_a_newer_system_are_not_offered(publisher, make):
    release = publisher.release("0.2.0")
    for artefact in release["artefacts"]:
        artefact["target"] = "windows-arm64"
    publisher.publish(release)
    assert make().state.release is None


@pytest.mark.parametrize("kind", [Kind.DEB, Kind.RPM, Kind.ARCHIVE, Kind.APPIMAGE])
def test_packages_get_a_notice_and_never_a_download(publisher, make, kind):
    publisher.publish(publisher.release("0.2.0"))
    desk = make(kind)
    assert desk.state.release.version == "0.2.0"
    publisher.hub.clear_log()
    desk.download()
    assert not publisher.hub.log
    assert not desk.cache.exists()


def test_a_list_that_is_too_long_is_refused(publisher, make):
    publisher.publish(publisher.release("0.2.0", notes="n" * 600_000))
    assert make().problem == "answer_too_long"


def test_a_list_of_another_format_is_refused(publisher, make):
    publisher.publish(publisher.release("0.2.0", format=2))
    assert make().problem == "updates_unreadable"


@pytest.mark.parametrize("content", [b"{}", b"[", b"[" * 100_000, b"null", b"\xff"])
def test_signed_nonsense_is_refused(publisher, make, content):
    publisher.put(content, publisher.key.sign(content))
    assert make().problem == "updates_unreadable"


@pytest.mark.parametrize("version", ["../../evil", "1.0\n", "", "1.0-rc1", "9" * 40])
def test_a_version_that_is_none_is_refused(publisher, make, version):
    publisher.publish(publisher.release("0.2.0") | {"version": version})
    assert make().problem == "updates_unreadable"


@pytest.mark.parametrize(
    "older", [{"version": "0.2.0"}, {"version": "0.4.0", "released": "2026-11-01"}]
)
def test_an_older_list_that_is_sent_again_is_refused(publisher, make, older):
    publisher.publish(publisher.release("0.3.0"))
    make()
    publisher.publish(publisher.release("0.2.0") | older)
    desk = make()
    desk.look()
    assert desk.problem == "updates_replayed"
    assert desk.state.release.version == "0.3.0"


def test_a_kept_list_that_was_changed_is_not_believed(publisher, make, tmp_path):
    publisher.publish(publisher.release("0.2.0"))
    make().close()
    kept = tmp_path / "data" / "updates.json"
    said = json.loads(kept.read_text())
    evil = json.dumps(publisher.release("9.0.0")).encode()
    kept.write_text(json.dumps({**said, "content": base64.b64encode(evil).decode()}))
    assert make().state.release is None


def test_it_is_downloaded_checked_and_run_and_then_the_program_ends(publisher, make, tmp_path):
    note = tmp_path / "ran"
    publisher.publish(publisher.release("0.2.0", setup_program(note)))
    desk = make()
    desk.download()
    assert desk.state.is_downloaded
    assert desk.quits == 0
    assert [path.name for path in desk.cache.iterdir()] == ["Cierzo-0.2.0-setup.exe"]
    let_run(desk)
    desk.install()
    assert desk.quits == 1
    assert not desk.problem
    desk.updates.installer.wait(timeout=20)
    assert note.read_text() == "ran\n"


def test_what_was_downloaded_is_there_at_the_next_start(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    make().download()
    publisher.hub.clear_log()
    desk = make()
    assert desk.state.is_downloaded
    assert not publisher.hub.log


def test_an_installer_that_the_system_does_not_start_leaves_the_program_running(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    desk = make()
    desk.download()
    desk.install()  # no permission to run it
    assert (desk.problem, desk.quits) == ("installer_not_started", 0)


def test_a_download_can_be_stopped_and_goes_on(publisher, make):
    publisher.publish(publisher.release("0.2.0", Pattern(3_000_000)))
    publisher.hub.bytes_per_s_per_connection = 500_000
    desk = make()
    desk.updates.download()
    desk.wait(lambda: desk.state.done_bytes > 300_000)
    desk.updates.cancel()
    desk.rest()
    assert (desk.state.is_downloaded, desk.problem) == (False, "")
    publisher.hub.bytes_per_s_per_connection = 0
    publisher.hub.clear_log()
    desk.download()
    assert desk.state.is_downloaded
    assert publisher.hub.bytes_sent() < 3_000_000


def test_offline_ends_a_download(publisher, make):
    publisher.publish(publisher.release("0.2.0", Pattern(3_000_000)))
    publisher.hub.bytes_per_s_per_connection = 200_000
    desk = make()
    desk.updates.download()
    desk.wait(lambda: desk.state.done_bytes)
    desk.settings = type(desk.settings)(is_offline=True)
    desk.downloads.settings_changed()
    desk.rest()
    assert desk.problem == "offline_switched_on"


def test_installers_of_other_versions_are_cleared_away(publisher, make):
    publisher.publish(publisher.release("0.2.0"))
    make().download()
    publisher.publish(publisher.release("0.3.0"))
    desk = make()
    desk.look()
    assert not list(desk.cache.iterdir())
    assert make(version="0.3.0").state.release is None


def test_a_disk_that_keeps_nothing_costs_the_memory_and_no_more(
    publisher, make, tmp_path, expected_log
):
    (tmp_path / "data").touch()
    publisher.publish(publisher.release("0.2.0"))
    assert make().state.release.version == "0.2.0"
    assert "could not be kept" in expected_log.text
