"""How costs grow with what there is: the exponent of each, over sizes that double or grow tenfold.

0 is a cost that does not grow at all, 1 one that grows in proportion. It is processor time or
memory where that can be told apart, since other programs run on this PC as well; the least of
several tries, since they can only add. What must grow may; what grows faster than it must is a bug.
"""

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import msgspec

from app.domain.chat import Conversation, Message, Role
from app.domain.downloads.network import Network
from app.domain.model_file import ModelFile
from app.downloads.protocol import Hash
from app.gguf.reader import read_header
from app.services.models import model_at
from app.store.store import Store
from benchmarks.chat_store import Language, large_store
from benchmarks.downloads import peak_mb
from benchmarks.figure import BenchmarkError
from benchmarks.fit import exponent
from benchmarks.processes import BareProcess, OurEngine, exact_cpu_s, python_module
from benchmarks.prompts import long_prompt
from tests.helpers.download_kit import DownloadWorker, job_of
from tests.helpers.hub import Pattern
from tests.helpers.raw_gguf import padded, start, tensor
from tests.helpers.tiny_models import write_mistral4

Costs = dict[str, float]
Measure = Callable[[int], Costs]

_TRIES = 3
_REPOSITORY = "acme/large-GGUF"
_SIDE_CHUNKS = 1000
_MEMORY_FOLDER = pathlib.Path("/dev/shm")
_TENSORS = 300


class Spec(msgspec.Struct, frozen=True):
    """One cost; `most` is what its exponent may be."""

    key: str
    name: str
    unit: str
    most: float
    factor: float = 1


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """What a cost is at several sizes, smallest first."""

    spec: Spec
    sizes: tuple[int, ...]
    costs: tuple[float, ...]

    @property
    def exponent(self) -> float:
        """How it grows."""
        return exponent(self.sizes, self.costs)

    @property
    def is_kept(self) -> bool:
        """Whether it grows no faster than it may."""
        return self.exponent <= self.spec.most


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that becomes large.

    Attributes:
        grows: What it is, with its unit.
        begin: Gives a measure; entered once for all sizes.
    """

    key: str
    grows: str
    sizes: tuple[int, ...]
    specs: tuple[Spec, ...]
    begin: Callable[[], contextlib.AbstractContextManager[Measure]]
    tries: int = _TRIES


def measured(subject: Subject, tries: int) -> list[Curve]:
    """Measure a subject at all its sizes, so many times in turn.

    Raises:
        BenchmarkError: Something does not do what it should.
    """
    found: dict[int, list[Costs]] = {size: [] for size in subject.sizes}
    with subject.begin() as measure:
        for _ in range(tries):
            for size in subject.sizes:
                found[size].append(measure(size))
    return [
        Curve(
            spec=spec,
            sizes=subject.sizes,
            costs=tuple(
                min(costs[spec.key] for costs in found[size]) * spec.factor
                for size in subject.sizes
            ),
        )
        for spec in subject.specs
    ]


@contextlib.contextmanager
def _answers() -> Iterator[Measure]:
    """One process streams the longest; what is shorter is its beginning."""
    longest: dict[str, Any] = {}

    def measure(size_chars: int) -> Costs:
        if size_chars == _ANSWERS[0]:
            longest.update(_window("benchmarks.streamed_answer", _ANSWERS[-1]))
        end = size_chars // 4
        memory_mb = longest["memory_mb"]
        return {
            "update": statistics.fmean(longest["costs_s"][end - _SIDE_CHUNKS : end]),
            "memory": memory_mb[end // 1000 - 1] - memory_mb[0],
        }

    yield measure


@contextlib.contextmanager
def _histories() -> Iterator[Measure]:
    def measure(messages: int) -> Costs:
        found = _window("benchmarks.long_chat_window", messages)
        return {
            "open": found["open_s"],
            "jump": statistics.median(found["jumps_s"]),
            "step": statistics.median(found["steps_s"]),
            "memory": found["grown_mb"],
        }

    yield measure


@contextlib.contextmanager
def _contexts() -> Iterator[Measure]:
    """A follow-up in a chat whose beginning the engine has read already."""
    with tempfile.TemporaryDirectory() as name:
        path = write_mistral4(pathlib.Path(name, "tiny.gguf"))
        with closing(_engine(model_at(path))) as engine:

            def measure(words: int) -> Costs:
                history = (Message(Role.USER, long_prompt(words, 1)),)
                answer = engine.ask(Conversation(history), 1, chat=str(words)).text
                spent_s = []
                for number in range(5):
                    further = Message(Role.USER, f"And then? {number}")
                    talk = Conversation((*history, Message(Role.ASSISTANT, answer), further))
                    idle_s = exact_cpu_s(engine.pid)
                    asked = engine.ask(talk, 1, chat=str(words))
                    spent_s.append(exact_cpu_s(engine.pid) - idle_s)
                    usage = engine.finish(asked).usage
                    if usage.prompt_tokens - usage.reused_tokens > 100:
                        raise BenchmarkError(f"read again: {usage}")
                return {"followup": min(spent_s)}

            yield measure


def _engine(model: ModelFile) -> OurEngine:
    return OurEngine(model, context_tokens=65_536)


@contextlib.contextmanager
def _chats() -> Iterator[Measure]:
    language = Language()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for chats in _CHATS:
            with Store(folder / str(chats) / "data") as store:
                large_store(store, language, chats=chats, messages=4)

        def measure(chats: int) -> Costs:
            word = language.queries()["common"]
            return _window("benchmarks.many_chats_window", folder / str(chats), word)

        yield measure


@contextlib.contextmanager
def _libraries() -> Iterator[Measure]:
    def measure(models: int) -> Costs:
        with tempfile.TemporaryDirectory() as name:
            return _window("benchmarks.library_window", name, models)

    yield measure


@contextlib.contextmanager
def _files() -> Iterator[Measure]:
    place = _MEMORY_FOLDER if _MEMORY_FOLDER.is_dir() else None
    hub = BareProcess(python_module("tests.helpers.hub"))
    with closing(hub), tempfile.TemporaryDirectory(dir=place) as name:
        endpoint = hub.listen()["hub"]
        files = {f"{size}.gguf": [size, 0] for size in _FILES}
        commit = hub.ask(add=_REPOSITORY, files=files)["commit"]

        def measure(size_bytes: int) -> Costs:
            with tempfile.TemporaryDirectory(dir=name) as folder:
                network = Network(endpoint=endpoint)
                return _file_costs(pathlib.Path(folder), network, commit, size_bytes)

        yield measure


def _file_costs(folder: pathlib.Path, network: Network, commit: str, size_bytes: int) -> Costs:
    """Fetch it with a worker of its own, hash it with another, and read a header as long."""
    path = f"{size_bytes}.gguf"
    job = job_of(_REPOSITORY, commit, {path: Pattern(size_bytes)})
    log = folder / "worker.log"
    with DownloadWorker(network, log=log, pace=1) as worker:
        idle_s = exact_cpu_s(worker.pid)
        worker.end_of(worker.fetch(job, folder), 300)
        fetched = {"fetch": exact_cpu_s(worker.pid) - idle_s, "fetch_memory": peak_mb(worker.pid)}
    (there,) = folder.rglob(path)
    with DownloadWorker(network, log=log, pace=1) as worker:
        worker.end_of(worker.ask(lambda i: Hash(request_id=i, path=str(folder / "worker.log"))))
        idle_s = exact_cpu_s(worker.pid)
        worker.end_of(
            worker.ask(lambda i: Hash(request_id=i, path=str(there), is_urgent=True)), 300
        )
        hashed = {"hash": exact_cpu_s(worker.pid) - idle_s, "hash_memory": peak_mb(worker.pid)}
    return fetched | hashed | {"header": _header_s(folder / "hollow.gguf", size_bytes)}


def _header_s(path: pathlib.Path, size_bytes: int) -> float:
    """Of a file with weights that nobody wrote: it has the size, and takes no room."""
    each = size_bytes // _TENSORS // 128 * 32
    table = [
        tensor(f"blk.{number}.weight", (each,), offset=4 * each * number)
        for number in range(_TENSORS)
    ]
    header = padded(start(tensors=_TENSORS, keys=0) + b"".join(table))
    path.write_bytes(header)
    os.truncate(path, len(header) + 4 * each * _TENSORS)
    costs_s = []
    for _ in range(20):
        with path.open("rb") as file:
            began_s = time.thread_time()
            read_header(file, path.stat().st_size)
            costs_s.append(time.thread_time() - began_s)
    return min(costs_s)


def _window(module: str, *arguments: object) -> dict[str, Any]:
    ended = subprocess.run(
        [*python_module(module), *map(str, arguments)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        check=False,
        timeout=600,
    )
    if ended.returncode:
        raise BenchmarkError(f"{module} failed: {ended.stderr.decode(errors='replace')[-500:]}")
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


_ANSWERS = (10_000, 20_000, 40_000, 80_000, 160_000)
_CHATS = (100, 400, 1600, 6400)
_FILES = (16_000_000, 64_000_000, 256_000_000, 1_024_000_000)

SUBJECTS: Sequence[Subject] = (
    Subject(
        key="answer",
        grows="length of an answer, signs",
        sizes=_ANSWERS,
        begin=_answers,
        tries=2,
        specs=(
            Spec("update", "one streamed update", "ms", 0.1, 1000),
            Spec("memory", "memory of the answer", "MB", 1.0),
        ),
    ),
    Subject(
        key="history",
        grows="history of a chat, messages",
        sizes=(1000, 4000, 16_000, 64_000),
        begin=_histories,
        specs=(
            Spec("open", "opening the chat", "ms", 0.3, 1000),
            Spec("jump", "a jump", "ms", 0.1, 1000),
            Spec("step", "a step of the wheel", "ms", 0.1, 1000),
            Spec("memory", "memory of the window", "MB", 1.0),
        ),
    ),
    Subject(
        key="context",
        grows="history of a chat, words",
        sizes=(1000, 2000, 4000, 8000, 16_000),
        begin=_contexts,
        specs=(
            Spec("followup", "the engine until the first token of a follow-up", "ms", 0.8, 1000),
        ),
    ),
    Subject(
        key="chats",
        grows="chats with 4 messages each",
        sizes=_CHATS,
        begin=_chats,
        specs=(
            Spec("newest_cpu_s", "window until the last chat is there", "ms", 0.3, 1000),
            Spec("search_cpu_s", "search for a word", "ms", 0.5, 1000),
            Spec("letter_cpu_s", "a letter in the search field", "ms", 0.8, 1000),
            Spec("change_cpu_s", "a chat comes into the list or goes", "ms", 0.8, 1000),
            Spec("rss_mb", "memory of the window", "MB", 0.2),
        ),
    ),
    Subject(
        key="library",
        grows="models in the library",
        sizes=(8, 32, 128, 512),
        begin=_libraries,
        specs=(
            Spec("scan_cpu_s", "taking stock", "ms", 1.0, 1000),
            Spec("list_cpu_s", "the list until it can be used", "ms", 0.3, 1000),
            Spec("change_cpu_s", "one change in the list", "ms", 0.5, 1000),
            Spec("list_mb", "memory of the list", "MB", 1.0),
        ),
    ),
    Subject(
        key="file",
        grows="size of a file, bytes",
        sizes=_FILES,
        begin=_files,
        tries=2,
        specs=(
            Spec("fetch", "downloading it", "s", 1.05),
            Spec("fetch_memory", "memory of the downloading process", "MB", 0.05),
            Spec("hash", "hashing it", "s", 1.05),
            Spec("hash_memory", "memory of the hashing process", "MB", 0.05),
            Spec("header", "reading its header", "ms", 0.05, 1000),
        ),
    ),
)
