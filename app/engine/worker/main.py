"""The engine worker process: one model, one request at a time."""

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING

from app.domain.chat import FinishReason, Timings, Usage
from app.domain.errors import Cancelled, EngineMissing
from app.domain.reports import frames_of
from app.engine.protocol import (
    PROTOCOL,
    Command,
    Generate,
    Generated,
    Load,
    Stage,
    TextDelta,
    Unload,
    Unloaded,
)
from app.engine.worker.abort import AbortFlag
from app.pipe.messages import NO_REQUEST, Done, Failed, Progress, Ready, Request
from app.pipe.server import Handler, Server

if TYPE_CHECKING:
    from app.engine.worker.model import Report

_PR_SET_PDEATHSIG = 1


def run() -> int:
    """Serve the parent until it goes away or says quit."""
    # Ctrl-C in a terminal reaches the whole group; what it means is the parent's to decide.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    _prefer_as_victim()
    abort = AbortFlag()
    # The channel first: importing the native library may already print.
    server = Server(Command, cancelled=_cancelled, on_begin=abort.clear, on_cancel=abort.set)
    try:
        from app.engine.worker.native import features, initialise

        initialise()
    except Exception as error:  # noqa: BLE001 - a broken installation fails in many ways
        missing = EngineMissing(reason="its native library cannot be loaded")
        server.send(
            Failed(
                request_id=NO_REQUEST,
                code=missing.code,
                facts=missing.facts,
                detail=frames_of(error),
            )
        )
        return 1
    worker = _Worker(server, abort)
    handlers: dict[type[Request], Handler] = {
        Load: worker.load,
        Generate: worker.generate,
        Unload: worker.unload,
    }
    server.serve(Ready(protocol=PROTOCOL, build=" | ".join(features())), handlers)
    return 0


class _Worker:
    """Connects the pipe's requests to the model."""

    def __init__(self, server: Server, abort: AbortFlag) -> None:
        from app.engine.worker.generation import Generator
        from app.engine.worker.model import Model

        self._new_model, self._new_generator = Model, Generator
        self._server = server
        self._abort = abort
        self._model: Model | None = None
        self._generator: Generator | None = None

    def load(self, request: Load) -> None:
        self._free()
        try:
            model = self._new_model(request, abort=self._abort, report=self._reporter(request))
        except Cancelled:
            self._server.send(Unloaded(request_id=request.request_id))
            return
        self._model = model
        self._generator = self._new_generator(model)
        self._server.send(model.loaded)

    def generate(self, request: Generate) -> None:
        assert self._generator is not None, "the client loads before it asks"
        generated = self._generator.run(
            request,
            report=self._reporter(request),
            emit=lambda text, tokens: self._server.send(
                TextDelta(request_id=request.request_id, text=text, completion_tokens=tokens)
            ),
        )
        self._server.send(generated)

    def unload(self, request: Unload) -> None:
        self._free()
        self._server.send(Unloaded(request_id=request.request_id))

    def _free(self) -> None:
        self._generator = None
        if self._model:
            self._model.close()
            self._model = None

    def _reporter(self, request: Request) -> "Report":
        def report(stage: Stage, done: int, total: int) -> None:
            self._server.send(
                Progress(request_id=request.request_id, stage=stage.value, done=done, total=total)
            )

        return report


def _cancelled(request: Request) -> Done:
    """The end of a request that was cancelled before it began."""
    if isinstance(request, Generate):
        return Generated(
            request_id=request.request_id,
            finish_reason=FinishReason.CANCELLED,
            seed=request.sampling.seed or 0,
            usage=Usage(),
            timings=Timings(),
        )
    return Unloaded(request_id=request.request_id)


def _die_with_parent() -> None:
    """Have Linux kill this process when its parent dies.

    End of file on stdin does the same everywhere, unless a chat template holds Python's lock.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prefer_as_victim() -> None:
    """Let the system end this process first when memory runs out, and write no core file."""
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write("500")
    except OSError:
        return  # not Linux, or not allowed: the system decides
