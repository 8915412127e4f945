"""`plan`: where a model would lie on this PC, and how fast it would be."""

import argparse
import contextlib

import msgspec

from app.catalog.catalog import load_catalog
from app.cli.arguments import Commands
from app.cli.numbers import positive
from app.cli.output import EXIT_DONE, write, write_json
from app.domain.placement.planner import plan
from app.domain.placement.values import DeviceState, Machine, Wishes
from app.domain.units import format_bytes, format_count
from app.services.chosen_build import find_planned
from app.services.model_folders import open_library
from app.services.plan_report import PlanReport, report_plan
from app.services.plan_words import plan_sentence, speed_words
from app.services.this_pc import read_this_pc
from app.settings.file import SettingsFile
from app.settings.folders import Folders

# More than any machine has: a mistyped number is an error, not a plan.
_MOST_BYTES = 1 << 60


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare `plan`."""
    parser = commands.add_parser("plan", parents=[shared], help="show where a model would lie")
    parser.set_defaults(command=_plan)
    parser.add_argument("--model", metavar="NAME|PATH")
    parser.add_argument("--build", metavar="B", help="the recommended one otherwise")
    parser.add_argument("--context", type=positive, metavar="TOKENS")
    parser.add_argument(
        "--device-memory",
        type=_device_memory,
        action="append",
        metavar="NAME=BYTES",
        help="plan for these devices in place of the real ones",
    )
    parser.add_argument("--ram", type=_bytes, metavar="BYTES", help="in place of the real memory")


def _plan(options: argparse.Namespace, folders: Folders) -> int:
    settings = SettingsFile(folders.config)
    settings.load()
    catalog = load_catalog(own=folders.config / "models.toml")
    machine = _machine(options, folders)
    wishes = Wishes(context_tokens=options.context, kept_bytes=settings.value.kept_bytes)
    found = find_planned(
        options.model,
        options.build,
        catalog=catalog,
        library=open_library(folders, lambda: settings.value),
        last_model=settings.value.last_model,
        machine=machine,
    )
    chosen = plan(found.planned, machine, wishes)
    report = report_plan(chosen, model=found.model, build=found.build, reason=plan_sentence(chosen))
    if options.json:
        write_json(report)
    else:
        write(_in_words(report))
    return EXIT_DONE


def _machine(options: argparse.Namespace, folders: Folders) -> Machine:
    machine = read_this_pc(folders.cache, may_write=False).machine
    if options.device_memory is not None:
        rates = {gpu.name: gpu.rates for gpu in machine.gpus}
        gpus = tuple(
            DeviceState(
                name=name, kind="gpu", total_bytes=size, free_bytes=size, rates=rates.get(name)
            )
            for name, size in options.device_memory
        )
        machine = msgspec.structs.replace(machine, gpus=gpus)
    if options.ram is not None:
        cpu = msgspec.structs.replace(machine.cpu, total_bytes=options.ram, free_bytes=options.ram)
        machine = msgspec.structs.replace(machine, cpu=cpu)
    return machine


def _in_words(report: PlanReport) -> str:
    lines = [f"{report.model} {report.build}".strip(), report.reason]
    if speed := speed_words(report.tokens_per_s):
        lines.append(f"Speed: {speed}")
    lines.append(
        f"Context: {format_count(report.context)} tokens, "
        f"comfortable up to {format_count(report.comfortable_context)}"
    )
    for device in report.devices:
        parts = {
            "weights": device.weights_bytes,
            "experts": device.expert_bytes,
            "chats": device.kv_bytes,
            "pictures": device.vision_bytes,
            "work": device.compute_bytes,
        }
        taken = ", ".join(f"{name} {format_bytes(size)}" for name, size in parts.items() if size)
        lines.append(f"{device.name} ({device.kind}): {taken or 'nothing'}")
        if device.kind != "disk":
            free = format_bytes(max(0, device.free_bytes))
            lines.append(f"    {free} of {format_bytes(device.total_bytes)} left free")
    lines.append(
        f"{report.gpu_layers} layers on graphics cards, experts of {report.cpu_expert_layers} of "
        f"them in memory, {report.kv_type} chat memory, batches of {report.batch}"
    )
    return "\n".join(lines) + "\n"


def _device_memory(text: str) -> tuple[str, int]:
    name, _, size = text.rpartition("=")
    if not name:
        raise argparse.ArgumentTypeError(f"“{text}” is not NAME=BYTES")
    return name, _bytes(size)


def _bytes(text: str) -> int:
    with contextlib.suppress(ValueError):
        if -_MOST_BYTES < (size := int(text)) < _MOST_BYTES:
            return size
    raise argparse.ArgumentTypeError(f"“{text}” is not a number of bytes")
