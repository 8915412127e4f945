"""`bench`: how fast a model really is on this PC, beside what was predicted."""

import argparse
import statistics

import msgspec

from app.catalog.catalog import load_catalog
from app.cli.arguments import Commands
from app.cli.numbers import positive
from app.cli.output import EXIT_DONE, write, write_json
from app.domain.errors import NotEnoughMemory
from app.domain.placement.planner import plan
from app.domain.placement.values import Wishes
from app.services.model_folders import open_library
from app.services.models import find_model
from app.services.planned_models import planned_file
from app.services.speed_trial import SpeedTrial
from app.services.this_pc import read_this_pc
from app.settings.file import SettingsFile
from app.settings.folders import Folders

_USUAL_RUNS = 5


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One figure; `spread` lies between the quartiles, `ratio_to` the prediction."""

    name: str
    median: float
    spread: float
    unit: str
    ratio_to: float | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `cierzo bench --json` prints."""

    model: str
    build: str
    machine: str
    results: tuple[Result, ...]


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare `bench`."""
    parser = commands.add_parser("bench", parents=[shared], help="measure a model's speed")
    parser.set_defaults(command=_bench)
    parser.add_argument("--model", metavar="NAME|PATH")
    parser.add_argument("--build", metavar="B", help="where several of a model are installed")
    parser.add_argument("--runs", type=positive, default=_USUAL_RUNS, metavar="N")


def _bench(options: argparse.Namespace, folders: Folders) -> int:
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
    trial = SpeedTrial(model, catalog.families)
    trials = [found for _ in range(options.runs) if (found := trial.measure(Wishes()))]
    if not trials:
        raise NotEnoughMemory(
            name=model.name,
            context_tokens=predicted.placement.context_tokens,
            needed_bytes=sum(share.model_bytes for share in predicted.shares),
            free_bytes=machine.cpu.free_bytes,
        )
    devices = [machine.cpu, *machine.gpus]
    report = Report(
        model=model.name,
        build=options.build or "",
        machine=", ".join(device.description or device.name for device in devices),
        results=(
            _result("decode", [t.tokens_per_s for t in trials], predicted.tokens_per_s),
            _result(
                "prefill", [t.prompt_tokens_per_s for t in trials], predicted.prompt_tokens_per_s
            ),
            _result("exchange", [t.exchange_s for t in trials], None, unit="s"),
        ),
    )
    if options.json:
        write_json(report)
    else:
        write("".join(f"{_words(result)}\n" for result in report.results))
    return EXIT_DONE


def _result(
    name: str, values: list[float], predicted: float | None, *, unit: str = "tokens/s"
) -> Result:
    low, median, high = statistics.quantiles(
        values * 2 if len(values) == 1 else values, method="inclusive"
    )
    return Result(
        name=name,
        median=median,
        spread=high - low,
        unit=unit,
        ratio_to=median / predicted if predicted else None,
    )


def _words(result: Result) -> str:
    words = f"{result.name}: {result.median:.4g} ± {result.spread:.2g} {result.unit}"
    if result.ratio_to is not None:
        words += f", {result.ratio_to:.2f} times what was predicted"
    return words
