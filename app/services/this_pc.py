"""This PC as the planner sees it: what it has, what is free of it, and how fast it is."""

import os
import pathlib

import msgspec

from app.domain.device import Device, EngineBuild, EngineSetup
from app.domain.errors import AppError, EngineMissing, MeasuredWhileBusy
from app.domain.placement.values import DeviceState, Machine, Rates
from app.engine.probing import measure_speed, set_up_engine
from app.hardware.disk_speed import copy_bytes_per_s, disk_bytes_per_s
from app.hardware.memory import read_memory
from app.hardware.speed_cache import Speed, SpeedCache

_CPU = "CPU"
# What was measured beside so much other work is used, but measured once more the next time.
_SPOILING_CORES = 0.5


class ThisPc(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.

    Attributes:
        setup: How the engine is started here.
        problem: Why the graphics card is not used, or nothing could be measured well; None else.
    """

    machine: Machine
    setup: EngineSetup
    problem: AppError | None = None


def read_this_pc(
    cache: pathlib.Path, *, may_write: bool = True, model_file: pathlib.Path | None = None
) -> ThisPc:
    """Look at this PC; a second, and two or three more when it was not measured before.

    Args:
        cache: Folder that the measurement is kept in.
        may_write: Keep it there, and a file for a moment to measure the disk with.
        model_file: A large file to measure the disk with instead.
    """
    setup = set_up_engine()
    problem: AppError | None = setup.cpu_problem
    speed = None
    if setup.build:
        try:
            speed = _speed(setup, setup.build, cache, model_file, may_write=may_write)
        except EngineMissing as error:
            problem = problem or error
        else:
            problem = problem or (MeasuredWhileBusy() if speed.is_disturbed else None)
    return ThisPc(machine=_machine(setup.build, speed), setup=setup, problem=problem)


def _speed(
    setup: EngineSetup,
    build: EngineBuild,
    cache: pathlib.Path,
    model_file: pathlib.Path | None,
    *,
    may_write: bool,
) -> Speed:
    kept = SpeedCache(cache)
    found = kept.find(build)
    if found and not found.is_disturbed:
        return found
    measured = measure_speed(environment=setup.environment)
    before = found.rates if found else {}
    speed = Speed(
        rates={
            name: rates.best_of(before.get(name, rates)) for name, rates in measured.rates.items()
        },
        disk_bytes_per_s=disk_bytes_per_s(model_file, cache if may_write else None),
        copy_bytes_per_s=copy_bytes_per_s(),
        is_disturbed=measured.others_cores >= _SPOILING_CORES,
    )
    if may_write:
        kept.keep(build, speed)
    return speed


def _machine(build: EngineBuild | None, speed: Speed | None) -> Machine:
    memory, rates = read_memory(), speed.rates if speed else {}
    devices = build.devices if build else ()
    cpu_name = next((device.description for device in devices if device.kind == "cpu"), "")
    return Machine(
        cpu=DeviceState(
            name=_CPU,
            kind="cpu",
            description=cpu_name,
            total_bytes=memory.total_bytes,
            free_bytes=memory.available_bytes,
            rates=rates.get(_CPU),
        ),
        gpus=tuple(state for device in devices if (state := _gpu(device, rates))),
        disk_bytes_per_s=speed.disk_bytes_per_s if speed else None,
        threads=build.threads if build else 1,
        logical_threads=os.cpu_count() or 1,
    )


def _gpu(device: Device, rates: dict[str, Rates]) -> DeviceState | None:
    if device.kind not in ("gpu", "igpu"):
        return None
    return DeviceState(
        name=device.name,
        kind="gpu" if device.kind == "gpu" else "igpu",
        description=device.description,
        total_bytes=device.total_bytes,
        free_bytes=device.free_bytes,
        rates=rates.get(device.name),
    )
