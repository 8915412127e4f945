"""`bench`: how fast a model really is on this PC, beside what was predicted."""

import argparse
import contextlib
import pathlib
import tempfile
from collections.abc import Iterator

from app.catalog.catalog import load_catalog
from app.cli.arguments import Commands
from app.cli.numbers import positive
from app.cli.output import (
    EXIT_DONE,
    EXIT_ENVIRONMENT,
    EXIT_INTERRUPTED,
    print_error,
    write,
    write_json,
)
from app.domain.atomic_file import is_taken, rename_new
from app.domain.builds import quant_label
from app.domain.errors import Cancelled, ExportRefused, NotEnoughMemory
from app.domain.export_refusal import export_refusal
from app.domain.file_names import shown_name
from app.domain.model_file import ModelFile
from app.domain.placement.planner import plan
from app.domain.placement.values import Fit, Machine, MemoryPlan, Wishes
from app.services.model_folders import open_library
from app.services.models import find_model
from app.services.picture_drawing import draw_png
from app.services.planned_models import planned_file
from app.services.speed_picture import draw_speed
from app.services.speed_report import SpeedReport, in_lines, report_speed
from app.services.speed_trial import SpeedTrial
from app.services.this_pc import read_this_pc
from app.settings.file import SettingsFile
from app.settings.folders import Folders

_USUAL_RUNS = 5
_SUFFIXES = (".png", ".svg")
_TAKEN = "it is there already"


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare `bench`."""
    parser = commands.add_parser("bench", parents=[shared], help="measure a model's speed")
    parser.set_defaults(command=_bench)
    parser.add_argument("--model", metavar="NAME|PATH")
    parser.add_argument("--build", metavar="B", help="where several of a model are installed")
    parser.add_argument("--runs", type=positive, default=_USUAL_RUNS, metavar="N")
    parser.add_argument(
        "--picture", type=_picture, metavar="FILE", help="draw it too, as .png or .svg"
    )


def _bench(options: argparse.Namespace, folders: Folders) -> int:
    if options.picture:
        _check_place(options.picture)  # before the minutes that measuring takes
    settings = SettingsFile(folders.config)
    settings.load()
    catalog = load_catalog(own=folders.config / "models.toml")
    model = find_model(
        options.model,
        starter=catalog.starter,
        last_model=settings.value.last_model,
        library=open_library(folders, lambda: settings.value),
        models=catalog.models,
        build=options.build,
    )
    planned = planned_file(model.path, families=catalog.families)
    machine = read_this_pc(folders.cache, model_file=model.path).machine
    # Predicted before the model is loaded for the first time.
    predicted = plan(planned, machine, Wishes())
    _check_room(predicted, model, machine)
    trial = SpeedTrial(model, catalog.families)
    try:
        trials = [found for _ in range(options.runs) if (found := trial.must_measure(Wishes()))]
    except Cancelled:
        return EXIT_INTERRUPTED
    if not trials:
        sentence = f"“{model.name}” ends its answers before they can be timed. Try another model."
        print_error("nothing_to_time", sentence, as_json=options.json)
        return EXIT_ENVIRONMENT
    report = report_speed(
        trials,
        model=model.name,
        build=options.build or _build_of(model),
        machine=machine,
        predicted=predicted,
    )
    if options.picture:
        _draw(report, options.picture)
    if options.json:
        write_json(report)
    else:
        write(in_lines(report))
    return EXIT_DONE


def _check_room(predicted: MemoryPlan, model: ModelFile, machine: Machine) -> None:
    """Refuse what would bring this PC to a standstill.

    Raises:
        NotEnoughMemory: The model does not fit.
    """
    if predicted.fit is Fit.NO:
        raise NotEnoughMemory(
            name=model.name,
            context_tokens=predicted.placement.context_tokens,
            needed_bytes=sum(share.model_bytes for share in predicted.shares),
            free_bytes=machine.cpu.free_bytes,
        )


def _build_of(model: ModelFile) -> str:
    """The number format that the file's name tells; empty where it tells none."""
    label = quant_label(model.path.name)
    return "" if label == model.path.stem else label


def _picture(text: str) -> pathlib.Path:
    path = pathlib.Path(text)
    if path.suffix.lower() not in _SUFFIXES:
        raise argparse.ArgumentTypeError(f"“{text}” ends neither in .png nor in .svg")
    return path


def _check_place(path: pathlib.Path) -> None:
    """Refuse a place where nothing can be written, or something is already.

    Raises:
        ExportError: As it says.
    """
    name = shown_name(path.name)
    try:
        if is_taken(path):
            raise ExportRefused(name=name, reason=_TAKEN)
        with _beside(path) as made:
            made.touch()
    except OSError as error:
        raise export_refusal(error, name) from None


def _draw(report: SpeedReport, path: pathlib.Path) -> None:
    """Draw the picture; it is there when it is whole, and replaces nothing.

    Raises:
        ExportError: It could not be drawn or written.
    """
    name, svg = shown_name(path.name), draw_speed(report)
    is_svg = path.suffix.lower() == ".svg"
    content = svg.encode() if is_svg else draw_png(svg, name=name)
    try:
        with _beside(path) as made:
            made.write_bytes(content)
            rename_new(made, path)
    except FileExistsError:
        raise ExportRefused(name=name, reason=_TAKEN) from None
    except OSError as error:
        raise export_refusal(error, name) from None


@contextlib.contextmanager
def _beside(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A place of that name on the same drive, which is gone with the block."""
    with tempfile.TemporaryDirectory(prefix=".cierzo-", dir=path.parent) as folder:
        yield pathlib.Path(folder, path.name)
