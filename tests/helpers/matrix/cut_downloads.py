"""F2: downloads that end too early."""

import contextlib
import pathlib
from collections.abc import Iterator

from app.domain.downloads.folder import installed_path
from app.domain.downloads.network import Network
from app.domain.errors import AppError
from app.domain.model_file import ModelFile
from tests.helpers.download_kit import DownloadWorker, job_of
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.hub import Fault, Hub, sha256_of
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.tiny_model import write_tiny_llama

_PATH = "tiny-Q4_K_M.gguf"
_MOST_SENT_TWICE = 4096


def _try_cuts(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Seed 1 is nothing of the file, 2 is 1 % of it … 101 is all but the last byte."""
    content = write_tiny_llama(folder / _PATH).read_bytes()
    tally = Tally()
    with Hub() as hub:
        network = Network(endpoint=hub.url)
        with (
            DownloadWorker(network, log=folder / "worker.log") as worker,
            contextlib.closing(EngineRunner(_named(folder / _PATH))) as engine,
        ):
            for seed in range(first_seed, first_seed + count):
                tally.tried += 1
                share = (seed - 1) % 101
                length = len(content) - 1 if share == 100 else len(content) * share // 100
                try:
                    tally.wrong += [
                        f"seed {seed}: {wrong}"
                        for wrong in (
                            *_not_loaded(engine, folder / f"{seed}-{_PATH}", content[:length]),
                            *_resumed(worker, hub, folder / str(seed), content, length),
                        )
                    ]
                except TimeoutError as error:
                    tally.hangs += 1
                    tally.wrong.append(f"seed {seed}: {error}")
                except AppError as error:
                    tally.wrong.append(f"seed {seed}: {error}")
    return tally


def _not_loaded(engine: EngineRunner, path: pathlib.Path, data: bytes) -> Iterator[str]:
    """A file that somebody else left so is refused."""
    path.write_bytes(data)
    engine.service.use(_named(path))
    asked = engine.ask("Hi", max_tokens=2)
    path.unlink()
    if not isinstance(asked.end, AppError) or asked.text:
        yield "a file that is cut off was loaded"


def _resumed(
    worker: DownloadWorker, hub: Hub, folder: pathlib.Path, content: bytes, length: int
) -> Iterator[str]:
    """A download that broke off there is no model, and goes on where it was."""
    repository = f"acme/{folder.name}"
    files = {_PATH: content}
    job = job_of(repository, hub.add(repository, files), files, job_id=folder.name.zfill(16))
    models = folder / "models"
    models.mkdir(parents=True)
    hub.clear_log()
    hub.fault(Fault(origin="cdn", cut_after_bytes=length, times=1))
    hub.fault(Fault(origin="cdn", status=503))
    request_id = worker.fetch(job, models)
    worker.wait_for_state(request_id, lambda state: state.problem is not None)
    if any(path.suffix == ".gguf" for path in models.rglob("*")):
        yield "what is not whole has its final name"
    hub.clear_faults()
    worker.end_of(request_id)
    whole = installed_path(models, job, job.files[0])
    if sha256_of(whole.read_bytes()) != sha256_of(content):
        yield "what was installed is not what was published"
    if (sent := hub.bytes_sent()) > len(content) + _MOST_SENT_TWICE:
        yield f"{sent} bytes were sent for {len(content)}"


def _named(path: pathlib.Path) -> ModelFile:
    return ModelFile(name=path.stem, path=path)


ROWS = (
    Row(
        number="F2",
        fault="a download breaks off at 0, 1 … 99 % and before its last byte; such files elsewhere",
        expected="refused before it is loaded; the download goes on and is whole then",
        tries=101,
        tries_in_tests=4,
        run=_try_cuts,
    ),
)
