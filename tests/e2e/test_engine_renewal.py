"""An engine that runs already starts anew when other backends are there."""

import json
import pathlib

import pytest

from app.engine import client
from app.engine.client import engine_client
from app.engine.packs import environment_for
from app.engine.protocol import Generated
from app.services.engine_service import Ask, EnginePhase, EngineService
from tests.helpers.engine_runner import GREEDY, conversation
from tests.helpers.plugin_backends import plugin_command, write_backend
from tests.helpers.posted import Posted


class Desk(Posted):
    """The service with the real worker; a test says which pack there is."""

    def __init__(self, engine: pathlib.Path, model) -> None:
        super().__init__()
        self.engine_folder = engine
        self.pack: pathlib.Path | None = None
        self.set_ups = 0
        self.service = EngineService(
            engine_client(post=self.post),
            model,
            free_memory_bytes=lambda: 8 << 30,
            set_up=self._set_up,
        )

    def _set_up(self, on_ready) -> None:
        self.set_ups += 1
        environment = environment_for(self.engine_folder, self.pack)
        self.post(lambda: on_ready(environment))

    def load(self) -> int:
        """Load the model; the worker's process id."""
        self.service.prepare()
        self.wait(lambda: self.service.state.phase is EnginePhase.READY)
        return self.service.pid

    def ask(self, text: str) -> list:
        ends = []
        question = Ask(conversation=conversation(text), sampling=GREEDY, max_tokens=4)
        self.service.answer(question, on_event=lambda event: None, on_end=ends.append)
        return ends


@pytest.fixture
def desk(tmp_path, monkeypatch, starter):
    (tmp_path / "notes").touch()
    monkeypatch.setenv("CIERZO_TEST_NOTES", str(tmp_path / "notes"))
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(__file__).parents[2]))
    monkeypatch.setattr(client, "worker_command", plugin_command)
    engine = tmp_path / "engine"
    write_backend(engine / "cpu" / "libggml-cpu-best.so", is_cpu=True, score=5)
    (engine / "engine.json").write_text(json.dumps({"abi": "abi"}))
    desk = Desk(engine, starter)
    yield desk
    desk.service.close()


def used(tmp_path) -> list[str]:
    lines = (tmp_path / "notes").read_text().splitlines()
    return [line.removeprefix("use ") for line in lines if line.startswith("use ")]


def test_the_next_load_is_on_the_new_pack(desk, tmp_path):
    first = desk.load()
    assert used(tmp_path) == ["libggml-cpu-best.so"]
    desk.pack = write_backend(tmp_path / "runtimes" / "cuda13" / "libggml-cuda.so").parent
    desk.service.set_up_again()
    desk.wait(lambda: desk.service.pid is None)
    assert desk.service.state.phase is EnginePhase.EMPTY
    assert desk.load() != first
    assert desk.set_ups == 2
    assert used(tmp_path)[1:] == ["libggml-cuda.so", "libggml-cpu-best.so"]


def test_an_answer_that_is_being_written_is_not_cut_off(desk, tmp_path):
    desk.load()
    ends = desk.ask("Hi")
    desk.service.set_up_again()
    assert desk.service.pid is not None
    desk.wait(lambda: ends)
    assert isinstance(ends[0], Generated)
    desk.wait(lambda: desk.service.pid is None)
    again = desk.ask("Hi")
    desk.wait(lambda: again)
    assert isinstance(again[0], Generated)
    assert desk.set_ups == 2


def test_an_engine_that_was_never_started_stays_so(desk):
    desk.service.set_up_again()
    assert desk.service.pid is None
    desk.load()
    assert desk.set_ups == 1
