"""What the engine service does about the PC that it runs on."""

import pathlib
from collections.abc import Callable

import pytest

from app.domain.errors import AppError, Cancelled, FileAltered
from app.domain.model_file import ModelFile
from app.domain.placement.values import Placement, Share
from app.engine.protocol import DeviceMemory, Load
from app.services.engine_service import EnginePhase, EngineService
from app.services.model_loader import LoadOptions
from tests.helpers.fake_engine import FakeWorkerClient

FIRST, SECOND = (ModelFile(name=name, path=pathlib.Path(f"/{name}.gguf")) for name in "ab")
ENVIRONMENT = {"CIERZO_BACKENDS": "/engine/cpu"}


class Stage:
    def __init__(self) -> None:
        self.client = FakeWorkerClient()
        self.asked = []
        self.engine = EngineService(
            self.client, FIRST, free_memory_bytes=lambda: 1 << 34, set_up=self.asked.append
        )

    def loads(self) -> list[str]:
        return [request.path for request in self.client.requests if isinstance(request, Load)]


@pytest.fixture
def stage():
    return Stage()


def test_a_load_waits_for_the_backends_and_knows_them(stage):
    stage.engine.prepare()
    assert stage.engine.state.phase is EnginePhase.LOADING
    assert stage.loads() == []
    stage.asked[0](ENVIRONMENT)
    assert stage.client.environment == ENVIRONMENT
    assert stage.loads() == ["/a.gguf"]


def test_they_are_tried_once(stage):
    stage.engine.prepare()
    stage.asked[0](ENVIRONMENT)
    stage.client.finish_load()
    stage.engine.use(SECOND)
    stage.engine.prepare()
    assert len(stage.asked) == 1
    assert stage.loads() == ["/a.gguf", "/b.gguf"]


def test_a_model_chosen_meanwhile_is_the_one_that_is_loaded(stage):
    stage.engine.prepare()
    stage.engine.use(SECOND)
    stage.engine.prepare()
    assert stage.loads() == []
    stage.asked[0](ENVIRONMENT)
    assert stage.loads() == ["/b.gguf"]


def test_nothing_is_loaded_that_nobody_waits_for_any_more(stage):
    stage.engine.prepare()
    stage.engine.use(SECOND)
    stage.asked[0](ENVIRONMENT)
    assert stage.loads() == []


def test_a_card_that_reads_experts_over_the_bus_may_take_longer_to_stop(stage):
    stage.engine.prepare()
    stage.asked[0]({})
    share = Share(name="CPU", kind="cpu", total_bytes=1 << 36, expert_bytes=40 * 10**9)
    placement = Placement(context_tokens=4096, gpu_layers=37, cpu_expert_layers=30)
    stage.client.finish_load(placement=placement, planned=(share,))
    assert stage.client.patience_s == 8
    stage.engine.use(SECOND)
    stage.engine.prepare()
    stage.client.finish_load()
    assert stage.client.patience_s == 0


def test_of_the_model_that_is_replaced_only_what_lay_in_ram_counts_as_free_ram(stage):
    stage.engine.prepare()
    stage.asked[0]({})
    in_ram = DeviceMemory(
        device="CPU", model_bytes=900, mapped_bytes=800, context_bytes=10, compute_bytes=1
    )
    on_card = DeviceMemory(device="CUDA0", model_bytes=7000, context_bytes=5000)
    stage.client.finish_load(memory=(in_ram, on_card))
    stage.engine.use(SECOND)
    stage.engine.prepare()
    load = next(r for r in reversed(stage.client.requests) if isinstance(r, Load))
    assert load.free_bytes == (1 << 34) + 111


class Checked:
    """A desk at which every model file is checked before it is loaded."""

    def __init__(self) -> None:
        self.client = FakeWorkerClient()
        self.asked: list[tuple[pathlib.Path, Callable[[AppError | None], None]]] = []
        self.engine = EngineService(
            self.client,
            FIRST,
            free_memory_bytes=lambda: 1 << 34,
            options=LoadOptions(check_file=lambda path, on_end: self.asked.append((path, on_end))),
        )

    def loads(self) -> list[str]:
        return [request.path for request in self.client.requests if isinstance(request, Load)]


@pytest.fixture
def checked():
    return Checked()


def test_a_file_is_loaded_when_it_is_found_to_be_the_one_that_was_installed(checked):
    checked.engine.prepare()
    assert checked.engine.state.is_checking
    assert checked.loads() == []
    path, found = checked.asked[0]
    found(None)
    assert path == FIRST.path
    assert not checked.engine.state.is_checking
    assert checked.loads() == ["/a.gguf"]


def test_a_file_that_is_another_one_now_is_not_loaded(checked):
    ends = []
    checked.engine.when_loaded(on_loaded=ends.append, on_end=ends.append)
    checked.asked[0][1](FileAltered(name="a.gguf"))
    assert checked.engine.state.phase is EnginePhase.FAILED
    assert [type(end) for end in ends] == [FileAltered]
    assert checked.loads() == []


def test_a_check_of_a_model_that_nobody_wants_any_more_loads_nothing(checked):
    checked.engine.prepare()
    checked.engine.use(SECOND)
    checked.engine.prepare()
    checked.asked[0][1](None)
    assert checked.loads() == []
    checked.asked[1][1](None)
    assert checked.loads() == ["/b.gguf"]


def test_a_question_can_be_stopped_while_the_file_is_checked(checked):
    ends = []
    work = checked.engine.when_loaded(on_loaded=ends.append, on_end=ends.append)
    work.stop()
    checked.asked[0][1](None)
    assert [type(end) for end in ends] == [Cancelled]
    assert checked.engine.state.phase is EnginePhase.EMPTY
    assert checked.loads() == []
