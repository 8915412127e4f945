"""The engine worker process: one model, one request at a time."""

import itertools
import sys
import threading
from typing import TYPE_CHECKING, TypeVar

from app.domain.chat import FinishReason, Timings, Usage
from app.domain.errors import Cancelled, EngineMissing
from app.domain.prompt import Control, Image, Segment, Text
from app.domain.reports import frames_of
from app.engine.protocol import (
    PROTOCOL,
    Command,
    Count,
    Counted,
    Forget,
    Forgotten,
    Generate,
    Generated,
    Keep,
    Kept,
    Load,
    Prepare,
    Prepared,
    Repeating,
    SegmentTokens,
    Stage,
    TextDelta,
    Tokenise,
    Tokenised,
    Unload,
    Unloaded,
)
from app.engine.worker.abort import AbortFlag
from app.engine.worker.heap import return_free_memory
from app.engine.worker.remote_device import add_remote_device, remote_endpoint
from app.pipe.messages import NO_REQUEST, Done, Failed, Progress, Ready, Request
from app.pipe.sandbox import become_worker
from app.pipe.server import Handler, Server
from app.pipe.silence import stay_silent

if TYPE_CHECKING:
    from app.engine.worker.answer import Delta
    from app.engine.worker.generation import Generator
    from app.engine.worker.model import Report

# A message from a worker is at most 1 MiB, and JSON may need six bytes for a character.
_IDS_PER_MESSAGE = 8192
_CHARACTERS_PER_MESSAGE = 65536

_Sliced = TypeVar("_Sliced", str, tuple[int, ...])


def run() -> int:
    """Serve the parent until it goes away or says quit."""
    endpoint = remote_endpoint(sys.argv)
    become_worker()
    abort, nudge = AbortFlag(), threading.Event()

    def begin() -> None:
        abort.clear()
        nudge.clear()

    # The channel first: importing the native library may already print.
    server = Server(
        Command, cancelled=_cancelled, on_begin=begin, on_cancel=abort.set, on_nudge=nudge.set
    )
    try:
        from app.engine.worker.native import features, initialise

        initialise()
        if endpoint:
            add_remote_device(endpoint)
        else:
            # After the drivers have found their devices: the first use of CUDA may have the
            # set-user-id program nvidia-modprobe make their files. Before any model is opened.
            stay_silent(is_throw_away=False)
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
    worker = _Worker(server, abort, nudge)
    handlers: dict[type[Request], Handler] = {
        Load: worker.load,
        Generate: worker.generate,
        Prepare: worker.prepare,
        Count: worker.count,
        Tokenise: worker.tokenise,
        Keep: worker.keep,
        Forget: worker.forget,
        Unload: worker.unload,
    }
    server.serve(Ready(protocol=PROTOCOL, build=" | ".join(features())), handlers)
    return 0


class _Worker:
    """Connects the pipe's requests to the model."""

    def __init__(self, server: Server, abort: AbortFlag, nudge: threading.Event) -> None:
        from app.engine.worker.counting import count_parts
        from app.engine.worker.generation import Generator
        from app.engine.worker.model import Model

        self._new_model, self._new_generator, self._count_parts = Model, Generator, count_parts
        self._server = server
        self._abort = abort
        self._nudge = nudge
        self._model: Model | None = None
        self._loaded_generator: Generator | None = None

    def load(self, request: Load) -> None:
        self._free()
        try:
            model = self._new_model(request, abort=self._abort, report=self._reporter(request))
        except Cancelled:
            self._server.send(Unloaded(request_id=request.request_id))
            return
        self._model = model
        self._loaded_generator = self._new_generator(model)
        self._server.send(model.loaded)

    def generate(self, request: Generate) -> None:
        def emit(delta: "Delta") -> None:
            self._server.send(
                TextDelta(
                    request_id=request.request_id,
                    text=delta.text,
                    part=delta.part,
                    is_thought=delta.is_thought,
                    completion_tokens=delta.completion_tokens,
                    reasoning_tokens=delta.reasoning_tokens,
                )
            )

        generated = self._generator.run(
            request,
            report=self._reporter(request),
            emit=emit,
            on_repetition=lambda: self._server.send(Repeating(request_id=request.request_id)),
            is_nudged=self._nudge.is_set,
        )
        self._server.send(generated)

    def prepare(self, request: Prepare) -> None:
        self._server.send(self._generator.prepare(request, self._reporter(request)))

    def count(self, request: Count) -> None:
        assert self._model
        counts = self._count_parts(self._model.prompts, request, self._reporter(request))
        self._server.send(Counted(request_id=request.request_id, **counts))

    def tokenise(self, request: Tokenise) -> None:
        assert self._model
        prompts = self._model.prompts
        for segment in self._generator.segments(request.conversation, self._reporter(request)):
            ids = tuple(prompts.ids(segment))
            text = self._model.vocabulary.text_of_ids(ids)
            pieces = itertools.zip_longest(
                _slices(text, _CHARACTERS_PER_MESSAGE), _slices(ids, _IDS_PER_MESSAGE)
            )
            for number, (characters, some_ids) in enumerate(pieces):
                self._server.send(
                    SegmentTokens(
                        request_id=request.request_id,
                        kind=_kind(segment),
                        text=characters or "",
                        ids=some_ids or (),
                        is_more=number > 0,
                    )
                )
        self._server.send(Tokenised(request_id=request.request_id, tokenizer=prompts.tokenizer))

    def keep(self, request: Keep) -> None:
        if self._loaded_generator:
            self._reporter(request)(Stage.SNAPSHOT, 0, 1)
            self._loaded_generator.sequences.keep(self._nudge.is_set)
        self._server.send(Kept(request_id=request.request_id))

    def forget(self, request: Forget) -> None:
        if self._loaded_generator:
            self._loaded_generator.sequences.forget(request.chat)
        self._server.send(Forgotten(request_id=request.request_id))

    def unload(self, request: Unload) -> None:
        self._reporter(request)(Stage.SNAPSHOT, 0, 1)
        self._free()
        self._server.send(Unloaded(request_id=request.request_id))

    @property
    def _generator(self) -> "Generator":
        assert self._loaded_generator, "the client loads before it asks"
        return self._loaded_generator

    def _free(self) -> None:
        if self._loaded_generator:
            self._loaded_generator.sequences.keep(lambda: False)
            self._loaded_generator = None
        if self._model:
            self._model.close()
            self._model = None
            return_free_memory()

    def _reporter(self, request: Request) -> "Report":
        def report(stage: Stage, done: int, total: int) -> None:
            self._server.send(
                Progress(request_id=request.request_id, stage=stage.value, done=done, total=total)
            )

        return report


def _slices(whole: _Sliced, size: int) -> list[_Sliced]:
    return [whole[begin : begin + size] for begin in range(0, len(whole), size)]


def _kind(segment: Segment) -> str:
    return {Control: "control", Text: "text", Image: "image"}[type(segment)]


def _cancelled(request: Request) -> Done:
    """The end of a request that was cancelled before it began."""
    request_id = request.request_id
    match request:
        case Generate():
            return Generated(
                request_id=request_id,
                finish_reason=FinishReason.CANCELLED,
                seed=request.sampling.seed or 0,
                usage=Usage(),
                timings=Timings(),
            )
        case Prepare():
            return Prepared(request_id=request_id, usage=Usage())
        case Keep():
            return Kept(request_id=request_id)
        case Count():
            return Counted(request_id=request_id)
        case Tokenise():
            return Tokenised(request_id=request_id, tokenizer="")
        case Forget():
            return Forgotten(request_id=request_id)
    return Unloaded(request_id=request_id)
