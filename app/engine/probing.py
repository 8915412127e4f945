"""Asking the engine about this PC, in throw-away processes: graphics drivers crash and hang."""

import pathlib
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from app.domain.device import EngineBuild, EngineSetup, EngineSpeed, Skipped
from app.domain.errors import EngineMissing
from app.domain.undecodable import UNDECODABLE
from app.engine.packs import engine_folder, environment_for, gpu_packs, is_fetched, name_of
from app.engine.runtime_packs import BrokenPackError, check_pack
from app.engine.worker_environment import ENGINE_ENVIRONMENT
from app.pipe.command import worker_command
from app.pipe.once import NoAnswerError, ask_once

_PROBE_ROLE = "--engine-probe"
_SPEED_ROLE = "--engine-speed"
_MOST_ANSWER_BYTES = 1 << 20
# Hides the cards from a development build, whose drivers are linked in.
_WITHOUT_GPUS = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "HIP_VISIBLE_DEVICES": "-1",
    "GGML_DISABLE_VULKAN": "1",
}

_Answer = TypeVar("_Answer", EngineBuild, EngineSpeed)


def probe_engine(
    *, environment: Mapping[str, str] | None = None, timeout_s: float = 30.0
) -> EngineBuild:
    """Ask a throw-away process for the engine's build and devices; waits for it.

    Args:
        environment: Of `EngineSetup`, if there is one.
        timeout_s: A driver's first start takes seconds.

    Raises:
        EngineMissing: The engine cannot be started, crashed or did not answer in time.
    """
    return _ask(_PROBE_ROLE, EngineBuild, environment or {}, timeout_s)


def measure_speed(
    *, environment: Mapping[str, str] | None = None, timeout_s: float = 60.0
) -> EngineSpeed:
    """Measure the devices in a throw-away process; takes seconds.

    Raises:
        EngineMissing: As for `probe_engine`.
    """
    return _ask(_SPEED_ROLE, EngineSpeed, environment or {}, timeout_s)


def set_up_engine(*, timeout_s: float = 30.0) -> EngineSetup:
    """Find out which backends work here, each in a process of its own; never fails.

    Args:
        timeout_s: For each.
    """
    folder = engine_folder()
    if folder is None:
        return _set_up_linked(timeout_s)
    skipped: list[Skipped] = []
    for pack in gpu_packs(folder):
        setup = _try_pack(folder, pack, timeout_s)
        if isinstance(setup, EngineSetup):
            return msgspec.structs.replace(setup, skipped=tuple(skipped))
        skipped.append(setup)
    environment = dict(environment_for(folder, None))
    return _on_cpu(environment, skipped, timeout_s)


def _try_pack(folder: pathlib.Path, pack: pathlib.Path, timeout_s: float) -> EngineSetup | Skipped:
    environment = dict(environment_for(folder, pack))
    try:
        if is_fetched(pack):
            check_pack(pack)
    except BrokenPackError as broken:
        return Skipped(backend=name_of(pack), reason=broken.reason)
    try:
        build = probe_engine(environment=environment, timeout_s=timeout_s)
    except EngineMissing as missing:
        return Skipped(backend=name_of(pack), reason=str(missing.facts["reason"]))
    setup = EngineSetup(build=build, environment=environment)
    if setup.has_gpu:
        return setup
    reasons = [skipped.reason for skipped in build.skipped] or ["found no card that it can use"]
    return Skipped(backend=name_of(pack), reason=reasons[0])


def _set_up_linked(timeout_s: float) -> EngineSetup:
    try:
        return EngineSetup(build=probe_engine(timeout_s=timeout_s), environment={})
    except EngineMissing as missing:
        fault = Skipped(backend="the search for devices", reason=str(missing.facts["reason"]))
    return _on_cpu(_WITHOUT_GPUS, [fault], timeout_s)


def _on_cpu(environment: dict[str, str], skipped: list[Skipped], timeout_s: float) -> EngineSetup:
    build = None
    try:
        build = probe_engine(environment=environment, timeout_s=timeout_s)
    except EngineMissing as missing:
        skipped = [*skipped, Skipped(backend="the engine", reason=str(missing.facts["reason"]))]
    return EngineSetup(build=build, environment=environment, skipped=tuple(skipped))


def _ask(
    role: str, answer: type[_Answer], environment: Mapping[str, str], timeout_s: float
) -> _Answer:
    """Start a process in that role and wait for its answer.

    Raises:
        EngineMissing: There is none.
    """
    detail = ""
    try:
        line = ask_once(
            worker_command(role),
            name="probe",
            environment={**ENGINE_ENVIRONMENT, **environment},
            max_answer_bytes=_MOST_ANSWER_BYTES,
            timeout_s=timeout_s,
        )
        return msgspec.json.decode(line, type=answer)
    except TimeoutError:
        reason = f"did not answer within {timeout_s:g} seconds"
    except NoAnswerError as death:
        reason = f"failed ({death.outcome.reason})"
        detail = "\n".join(death.outcome.last_words)
    except OSError as error:
        reason = f"could not be started ({error.strerror})"
    except UNDECODABLE:
        reason = "gave an answer that makes no sense"
    raise EngineMissing(reason=reason, detail=detail) from None
