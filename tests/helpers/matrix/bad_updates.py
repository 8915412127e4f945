"""Updates that are not what their publisher signed, through the real download worker."""

import json
import pathlib
import random
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.helpers.hub import Fault, Hub
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import LostError, trying
from tests.helpers.publisher import LIST, Publisher
from tests.helpers.updates_desk import SharedWorker, UpdatesDesk, let_run, setup_program

_SETUP = "/releases/0.2.0/setup"


class _Case:
    """A copy of the program, its publisher, and somebody between them who does wrong."""

    def __init__(
        self, folder: pathlib.Path, publisher: Publisher, worker: SharedWorker, seed: int
    ) -> None:
        self.publisher = publisher
        self.hub = publisher.hub
        self.draw = random.Random(seed)
        self.note = folder / "ran"
        # Large enough to be cut at many places.
        self.setup = setup_program(self.note) + b"\n#" + self.draw.randbytes(300_000)
        self.desk = UpdatesDesk(folder, publisher.distribution(), worker)

    def publish(self, version: str = "0.2.0", **facts: object) -> bytes:
        """Sign and publish a release that is as it should be."""
        return self.publisher.publish(self.publisher.release(version, self.setup, **facts))

    def swap(self, content: bytes) -> None:
        """Have another installer in the place of the published one."""
        self.hub.publish(_SETUP, content)


def _other_key(case: _Case) -> str:
    case.publisher.publish(
        case.publisher.release("0.2.0", case.setup), key=Ed25519PrivateKey.generate()
    )
    case.desk.start()
    return "updates_untrusted"


def _other_list(case: _Case) -> str:
    content = json.dumps(case.publisher.release("0.2.0", case.setup)).encode()
    case.publisher.put(content, case.publisher.key.sign(content[1:]))
    case.desk.start()
    return "updates_untrusted"


def _no_signature(case: _Case) -> str:
    case.publish()
    junk = case.draw.choice((b"\n", b"!!!", b"A" * 88, b"\xff\xfe", b"A" * 1000))
    case.hub.publish(f"{LIST}.sig", junk)
    case.desk.start()
    return "updates_untrusted"


def _one_byte(case: _Case) -> str:
    content = bytearray(case.publish())
    signature = case.publisher.key.sign(bytes(content))
    content[case.draw.randrange(len(content))] ^= 1 << case.draw.randrange(8)
    case.publisher.put(bytes(content), signature)
    case.desk.start()
    return "updates_untrusted"


def _cut_list(case: _Case) -> str:
    content = case.publish()
    cut = content[: case.draw.randrange(len(content))]
    case.publisher.put(cut or b"\n", case.publisher.key.sign(content))
    case.desk.start()
    return "updates_untrusted"


def _old_list(case: _Case) -> str:
    case.publish("0.3.0")
    case.desk.start()
    case.publish("0.2.0")
    case.desk.look()
    return "updates_replayed"


def _old_version(case: _Case) -> str:
    case.publish(case.draw.choice(("0.0.9", "0.1.0", "0.1")))
    case.desk.start()
    assert case.desk.state.release is None, "an old version is offered"
    return ""


def _swapped_file(case: _Case) -> str:
    case.publish()
    case.swap(setup_program(case.note).ljust(len(case.setup), b"\n"))
    case.desk.start().download()
    return "update_damaged"


def _longer_file(case: _Case) -> str:
    case.publish()
    case.swap(case.setup + b"\nexit 0\n")
    case.desk.start().download()
    return "update_damaged"


def _wrong_byte(case: _Case) -> str:
    case.publish()
    place = case.draw.randrange(len(case.setup))
    case.hub.fault(Fault(origin="cdn", path=_SETUP, wrong_byte_at=place))
    case.desk.start().download()
    return "update_damaged"


def _cut_download(case: _Case) -> str:
    case.publish()
    place = case.draw.randrange(len(case.setup))
    case.hub.fault(Fault(origin="cdn", path=_SETUP, cut_after_bytes=place, times=1))
    case.desk.start().download()
    return ""


def _changed_on_disk(case: _Case) -> str:
    case.publish()
    case.desk.start().download()
    (setup,) = case.desk.cache.iterdir()
    setup.write_bytes(setup_program(case.note).ljust(len(case.setup), b"\n"))
    let_run(case.desk)
    case.desk.install()
    return "update_damaged"


def _redirected(case: _Case) -> str:
    case.publish()
    case.hub.fault(Fault(origin="cdn", redirect_to="http://evil.example/update.json"))
    case.desk.start()
    return "address_insecure"


_CASES: tuple[tuple[str, Callable[[_Case], str]], ...] = (
    ("signed with another key", _other_key),
    ("the signature of another list", _other_list),
    ("no signature", _no_signature),
    ("a bit of the list flipped", _one_byte),
    ("the list cut", _cut_list),
    ("an older list sent again", _old_list),
    ("an old version", _old_version),
    ("the file swapped", _swapped_file),
    ("the file longer", _longer_file),
    ("a byte of the file flipped", _wrong_byte),
    ("the download cut", _cut_download),
    ("the file changed on the disk", _changed_on_disk),
    ("redirected to http", _redirected),
)


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    tally = Tally()
    worker = SharedWorker()
    try:
        for seed in range(first_seed, first_seed + count):
            name, wrong = _CASES[(seed - 1) % len(_CASES)]
            place = folder / str(seed)
            place.mkdir()
            with Hub() as hub, trying(tally, f"seed {seed}, {name}"):
                case = _Case(place, Publisher(hub), worker, seed)
                try:
                    _refuse(case, wrong)
                finally:
                    case.desk.close()
    finally:
        worker.client.close()
    return tally


def _refuse(case: _Case, wrong: Callable[[_Case], str]) -> None:
    """Nothing is run, and a good update is had afterwards."""
    desk = case.desk
    expected = wrong(case)
    assert desk.problem == expected, f"it says “{desk.problem}”, not “{expected}”"
    if case.note.exists() or desk.quits:
        raise LostError("an installer was run that nobody had signed")
    case.hub.clear_faults()
    case.publish("0.4.0", released="2026-12-02")
    desk.look()
    desk.download()
    let_run(desk)
    desk.install()
    assert desk.quits == 1, f"a good update afterwards: “{desk.problem}”"
    desk.updates.installer.wait(timeout=20)
    assert case.note.exists(), "a good update was not run afterwards"


ROWS = (
    Row(
        number="F24",
        fault="an update wrongly signed, old, swapped, cut, changed on the disk, led to http",
        expected="refused or downloaded again, nothing of it is run, the next good one is had",
        tries=2 * len(_CASES),
        tries_in_tests=len(_CASES),
        run=_try,
    ),
)
