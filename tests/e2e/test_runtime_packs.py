"""Runtime packs: fetched by the real worker, found by the real engine's probes."""

import json
import pathlib
import shutil
import sys

import pytest

from app.cli import probe
from app.domain.device import Device, Nvidia
from app.engine import client, packs, probing
from app.engine.probing import set_up_engine
from tests.helpers.hub import Pattern
from tests.helpers.plugin_backends import plugin_command, write_backend
from tests.helpers.publisher import ABI, LICENCE, Publisher, pack_of
from tests.helpers.updates_desk import UpdatesDesk

FILES = {"libggml-cuda.so": b"library" * 100, "LICENSE-NVIDIA.txt": LICENCE.encode()}
OTHER_ABI = "llama-cpp-python-0.3.40-ffffffffffff"


def card(driver: str = "580.65.06", capability: str = "8.6") -> Device:
    nvidia = Nvidia(
        driver=driver, compute_capability=capability, pci_id="0000:01:00.0", other_bytes=0
    )
    return Device(
        name="Vulkan0",
        description="NVIDIA GeForce RTX 3060",
        kind="gpu",
        total_bytes=1 << 33,
        free_bytes=1 << 33,
        nvidia=nvidia,
    )


@pytest.fixture
def make(publisher, tmp_path, updates_worker):
    """Start copies of the program; they are ended after the test."""
    desks = []

    def make(*devices: Device, **facts) -> UpdatesDesk:
        for before in desks:
            before.close()
        facts = {"looks_for_updates": False, **facts}
        distribution = publisher.distribution()
        desks[:] = [UpdatesDesk(tmp_path, distribution, updates_worker, devices=devices, **facts)]
        desk = desks[0].start()
        desk.packs.read_pc()
        desk.rest()
        return desk

    yield make
    for desk in desks:
        desk.close()


def publish(publisher: Publisher, archive: bytes | None = None, **facts) -> None:
    pack = publisher.pack(pack_of(FILES) if archive is None else archive, **facts)
    publisher.publish(publisher.release("0.1.0", packs=[pack]))


def look(desk: UpdatesDesk) -> UpdatesDesk:
    desk.packs.look()
    desk.rest()
    return desk


def install(desk: UpdatesDesk) -> UpdatesDesk:
    desk.packs.install()
    desk.rest()
    return desk


def problem(desk: UpdatesDesk) -> str:
    return desk.packs.state.problem.code if desk.packs.state.problem else ""


def test_a_pack_is_offered_for_a_card_that_can_use_it(publisher, make):
    publish(publisher)
    desk = make(card())
    assert desk.packs.state.has_card
    assert not publisher.hub.log, "nothing is asked before the person asks"
    look(desk)
    assert desk.packs.state.offer.licence == LICENCE
    assert desk.packs.state.card == "NVIDIA GeForce RTX 3060"


@pytest.mark.parametrize("devices", [(), (card(capability="6.1"),), (card(driver="535.1"),)])
def test_it_is_not_offered_elsewhere(publisher, make, devices):
    publish(publisher)
    desk = look(make(*devices))
    assert desk.packs.state.offer is None
    install(desk)
    assert not desk.runtimes.exists()


def test_a_driver_that_is_too_old_is_named(publisher, make):
    publish(publisher)
    hint = look(make(card(driver="535.1"))).packs.state.hint
    assert hint.facts == {"minimum": "580", "driver": "535.1"}


@pytest.mark.parametrize("facts", [{"abi": OTHER_ABI}, {"target": "windows-x86_64"}])
def test_a_pack_for_another_engine_is_not_offered(publisher, make, facts):
    publish(publisher, **facts)
    assert look(make(card())).packs.state.offer is None


def test_an_engine_that_does_not_say_what_it_is_takes_no_packs(publisher, make):
    publish(publisher)
    desk = make(card(), abi="")
    assert not desk.packs.is_offered
    assert look(desk).packs.state.offer is None


def test_it_is_installed_removed_and_offered_again(publisher, make):
    publish(publisher)
    desk = install(look(make(card())))
    assert not problem(desk)
    assert [pack.name for pack in desk.packs.state.installed] == ["cuda13"]
    assert desk.packs.state.offer is None
    assert desk.restarts == 1
    assert not list((desk.folder / "cache" / "runtimes").iterdir())
    assert "runtime pack cuda13" in [one.why for one in desk.log.read()]
    desk.packs.remove("cuda13")
    desk.rest()
    assert desk.packs.state.installed == ()
    assert desk.packs.state.offer is not None
    assert desk.restarts == 2
    assert not list((desk.runtimes / ABI).iterdir())


def test_what_is_installed_is_known_at_the_next_start(publisher, make):
    publish(publisher)
    install(look(make(card())))
    publisher.hub.clear_log()
    desk = make(card())
    assert [pack.name for pack in desk.packs.state.installed] == ["cuda13"]
    assert not publisher.hub.log


def test_a_pack_that_was_damaged_on_the_disk_is_named_and_offered_again(publisher, make):
    publish(publisher)
    desk = install(look(make(card())))
    library = desk.runtimes / ABI / "cuda13" / "libggml-cuda.so"
    library.write_bytes(library.read_bytes()[:-1])
    state = make(card()).packs.state
    assert state.installed[0].fault == "is damaged"
    assert state.offer is not None


def test_an_update_of_the_program_removes_the_pack_of_before_and_says_so(publisher, make):
    publish(publisher)
    install(look(make(card())))
    publish(publisher, pack_of(FILES, abi=OTHER_ABI), abi=OTHER_ABI)
    desk = make(card(), abi=OTHER_ABI)
    assert not (desk.runtimes / ABI).exists()
    assert desk.packs.state.was_removed
    assert make(card(), abi=OTHER_ABI).packs.state.was_removed, "until there is another"
    desk = install(look(make(card(), abi=OTHER_ABI)))
    assert not desk.packs.state.was_removed
    assert not make(card(), abi=OTHER_ABI).packs.state.was_removed


def test_a_pack_that_leads_out_of_its_folder_is_refused(publisher, make):
    archive = pack_of({**FILES, "../evil.so": b"x"})
    publish(publisher, archive)
    desk = install(look(make(card())))
    assert problem(desk) == "pack_refused"
    assert not list(desk.runtimes.rglob("evil.so"))
    assert desk.packs.state.installed == ()
    assert desk.restarts == 0


def test_a_pack_with_a_wrong_hash_is_not_unpacked(publisher, make):
    publish(publisher)
    publisher.hub.publish("/packs/cuda13.tar.xz", b"\0" * len(pack_of(FILES)))
    desk = install(look(make(card())))
    assert problem(desk) == "update_damaged"
    assert not (desk.runtimes / ABI).exists()


def test_a_download_of_a_pack_can_be_stopped(publisher, make):
    pack = publisher.pack(b"") | publisher.file("/packs/big", Pattern(3_000_000))
    publisher.publish(publisher.release("0.1.0", packs=[pack]))
    publisher.hub.bytes_per_s_per_connection = 300_000
    desk = look(make(card()))
    desk.packs.install()
    desk.wait(lambda: desk.packs.state.done_bytes)
    desk.packs.cancel()
    desk.rest()
    assert not problem(desk)
    assert desk.packs.state.installed == ()


def test_a_list_that_is_not_signed_offers_nothing(publisher, make):
    publish(publisher)
    publisher.hub.publish("/releases/update.json.sig", b"A" * 88)
    desk = look(make(card()))
    assert problem(desk) == "updates_untrusted"
    assert desk.packs.state.offer is None


# -- the engine --------------------------------------------------------------------------------


@pytest.fixture
def engine(monkeypatch, tmp_path) -> pathlib.Path:
    """A packaged engine with the processor's backend, and a place for packs."""
    folder = tmp_path / "engine"
    write_backend(folder / "cpu" / "libggml-cpu-best.so", is_cpu=True, score=5)
    (folder / "engine.json").write_text(json.dumps({"abi": ABI, "version": "x", "backends": []}))
    notes = tmp_path / "notes"
    notes.touch()
    monkeypatch.setenv("CIERZO_TEST_NOTES", str(notes))
    monkeypatch.setenv("CIERZO_ENGINE", str(folder))
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(__file__).parents[2]))
    monkeypatch.setattr(probing, "worker_command", plugin_command)
    monkeypatch.setattr(client, "worker_command", plugin_command)
    monkeypatch.setattr(packs, "_runtimes", [])
    packs.use_runtimes(tmp_path / "data" / "runtimes")
    return folder


def installed_pack(tmp_path, publisher, make, **deeds) -> pathlib.Path:
    """A pack with a real library, installed the whole way."""
    library = write_backend(tmp_path / "built" / "libggml-cuda.so", **deeds)
    files = {"libggml-cuda.so": library.read_bytes()}
    publish(publisher, pack_of(files))
    install(look(make(card())))
    return tmp_path / "data" / "runtimes" / ABI / "cuda13"


def used(tmp_path) -> list[str]:
    lines = (tmp_path / "notes").read_text().splitlines()
    return [line.removeprefix("use ") for line in lines if line.startswith("use ")]


def test_the_engine_tries_an_installed_pack_before_what_came_along(
    engine, tmp_path, publisher, make
):
    write_backend(engine / "vulkan" / "libggml-vulkan.so")
    pack = installed_pack(tmp_path, publisher, make)
    assert packs.gpu_packs(engine) == [pack, engine / "vulkan"]
    assert all(path.is_absolute() for path in packs.gpu_packs(engine))
    setup = set_up_engine()
    tried = [name for name in used(tmp_path) if "cpu" not in name]
    assert tried == ["libggml-cuda.so", "libggml-vulkan.so"]
    assert [device.kind for device in setup.build.devices] == ["cpu"]


@pytest.mark.parametrize(
    ("deeds", "reason"),
    [
        ({"at_load": "crash"}, "failed (signal SIGSEGV)"),
        ({"at_start": "hang"}, "did not answer within 5 seconds"),
        ({}, "found no card that it can use"),
        ({"version": 1}, "does not work on this PC or with this version"),
    ],
)
def test_a_pack_that_does_not_work_leaves_the_processor(
    engine, tmp_path, publisher, make, deeds, reason
):
    installed_pack(tmp_path, publisher, make, **deeds)
    setup = set_up_engine(timeout_s=5.0)
    assert setup.build.devices
    assert str(setup.cpu_problem) == f"Running on the CPU because CUDA {reason}."


def test_who_tests_a_driver_can_probe_an_installed_pack(
    engine, tmp_path, publisher, make, monkeypatch, capsys
):
    installed_pack(tmp_path, publisher, make)
    monkeypatch.setattr(packs, "_runtimes", [])
    monkeypatch.setattr(sys, "argv", ["cierzo", "--home", str(tmp_path), "--probe", "cpu,cuda13"])
    assert probe.run() == 3
    found = json.loads(capsys.readouterr().out)
    assert found["cpu"]["problem"] is None
    assert found["cuda13"]["problem"] == "found no device that it can use"


def test_a_damaged_pack_is_not_even_opened(engine, tmp_path, publisher, make):
    pack = installed_pack(tmp_path, publisher, make)
    library = pack / "libggml-cuda.so"
    library.write_bytes(library.read_bytes() + b"\0")
    setup = set_up_engine()
    assert str(setup.cpu_problem) == ("Running on the CPU because CUDA is damaged.")
    assert "libggml-cuda.so" not in (tmp_path / "notes").read_text()


def test_a_pack_that_lost_a_file_is_not_opened(engine, tmp_path, publisher, make):
    pack = installed_pack(tmp_path, publisher, make)
    (pack / "libggml-cuda.so").unlink()
    reasons = [skipped.reason for skipped in set_up_engine().skipped]
    assert reasons == ["lacks a file"]


def test_a_pack_of_another_engine_is_not_found(engine, tmp_path, publisher, make):
    pack = installed_pack(tmp_path, publisher, make)
    shutil.move(pack.parent, pack.parents[1] / OTHER_ABI)
    assert packs.gpu_packs(engine) == []


def test_an_engine_without_a_name_finds_no_packs(engine, tmp_path, publisher, make):
    installed_pack(tmp_path, publisher, make)
    for content in (b"{}", b"", b"[" * 2000):
        (engine / "engine.json").write_bytes(content)
        assert packs.gpu_packs(engine) == []
