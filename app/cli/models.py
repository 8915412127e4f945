"""`models`: the catalogue and what is installed of it."""

import argparse
from collections.abc import Iterator

import msgspec

from app.catalog.catalog import Catalog, load_catalog
from app.cli.arguments import Commands
from app.cli.output import EXIT_DONE, print_warning, write, write_json
from app.domain.builds import Build, BuildFile
from app.domain.catalogue import CatalogModel
from app.domain.errors import ModelNotFound
from app.domain.placement.values import Fit, Wishes
from app.domain.units import format_bytes, format_count
from app.services.chosen_build import find_catalog_model
from app.services.library import Library
from app.services.offers import BuildOffer, ModelOffer
from app.services.plan_words import choice_words, speed_words
from app.services.pricing import Pricing
from app.services.this_pc import read_this_pc
from app.settings.folders import Folders


class FileReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of a build; `bytes` or `approx_bytes`, or neither where the size is not known."""

    path: str
    bytes: int | None = None
    approx_bytes: int | None = None
    sha256: str = ""


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """A build; `path` is that of its first file where it is installed."""

    build: str
    repository: str
    commit: str
    installed: bool
    path: str | None
    fits: Fit | None
    tokens_per_s: float | None
    recommended: bool
    warning: str
    files: tuple[FileReport, ...]


class ModelReport(msgspec.Struct, frozen=True, kw_only=True):
    """A model of the catalogue."""

    id: str
    name: str
    about: str
    license: str
    license_note: str
    released: str
    context: int
    pictures: bool
    thinking: str
    start_with: bool
    builds: tuple[BuildReport, ...]


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare `models` and what it can do."""
    models = commands.add_parser("models", parents=[shared], help="the catalogue and this PC")
    actions = models.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", parents=[shared], help="every model, one line each")
    listing.set_defaults(command=_list)
    listing.add_argument("--installed", action="store_true", help="only what is on this PC")
    show = actions.add_parser("show", parents=[shared], help="one model with its builds")
    show.set_defaults(command=_show)
    show.add_argument("model", metavar="NAME")


def _list(options: argparse.Namespace, folders: Folders) -> int:
    catalog = _catalog(folders)
    reports = _reports(catalog.models, folders)
    if options.installed:
        reports = [installed for report in reports if (installed := _installed(report))]
    if options.json:
        write_json(reports)
    else:
        write("".join(f"{line}\n" for line in _lines(reports)))
    return EXIT_DONE


def _show(options: argparse.Namespace, folders: Folders) -> int:
    catalog = _catalog(folders)
    model = find_catalog_model(catalog, options.model)
    if model is None:
        raise ModelNotFound(name=options.model)
    report, offer = next(iter(_priced([model], folders)))
    if options.json:
        write_json(report)
    else:
        write("".join(f"{line}\n" for line in _details(report, offer)))
    return EXIT_DONE


def _catalog(folders: Folders) -> Catalog:
    catalog = load_catalog(own=folders.config / "models.toml")
    for problem in catalog.problems:
        print_warning(str(problem))
    return catalog


def _reports(models: tuple[CatalogModel, ...], folders: Folders) -> list[ModelReport]:
    return [report for report, _ in _priced(models, folders)]


def _priced(
    models: tuple[CatalogModel, ...] | list[CatalogModel], folders: Folders
) -> Iterator[tuple[ModelReport, ModelOffer]]:
    machine = read_this_pc(folders.cache).machine
    library = Library(folders.data / "models")
    offers = Pricing(models, library, machine, wishes_of=lambda build: Wishes()).offers
    for model, offer in zip(models, offers, strict=True):
        builds = zip(model.builds, offer.builds, strict=True)
        recommended = offer.choice.build if offer.choice else None
        yield (
            ModelReport(
                id=model.id,
                name=model.name,
                about=model.about,
                license=model.license,
                license_note=model.license_note,
                released=model.released,
                context=model.context_limit_tokens,
                pictures=model.pictures,
                thinking=model.thinking.value,
                start_with=offer.is_best,
                builds=tuple(
                    _build(build, priced, is_recommended=priced.id == recommended)
                    for build, priced in builds
                ),
            ),
            offer,
        )


def _build(build: Build, offer: BuildOffer, *, is_recommended: bool) -> BuildReport:
    files = (*build.files, *([build.projector] if build.projector else []))
    return BuildReport(
        build=build.id,
        repository=build.repository,
        commit=build.commit,
        installed=offer.path is not None,
        path=str(offer.path) if offer.path else None,
        fits=offer.plan.fit if offer.plan else None,
        tokens_per_s=offer.plan.tokens_per_s if offer.plan else None,
        recommended=is_recommended,
        warning=offer.warning,
        files=tuple(_file(file) for file in files),
    )


def _file(file: BuildFile) -> FileReport:
    return FileReport(
        path=file.path, bytes=file.bytes, approx_bytes=file.approx_bytes, sha256=file.sha256
    )


def _installed(report: ModelReport) -> ModelReport | None:
    builds = tuple(build for build in report.builds if build.installed)
    return msgspec.structs.replace(report, builds=builds) if builds else None


def _lines(reports: list[ModelReport]) -> Iterator[str]:
    width = max((len(report.id) for report in reports), default=0)
    for report in reports:
        chosen = next((build for build in report.builds if build.recommended), None)
        fits = f"{chosen.build}: {chosen.fits}" if chosen else _why_none(report)
        speed = f", {speed_words(chosen.tokens_per_s)}" if chosen and chosen.tokens_per_s else ""
        mark = "  <- start with this one" if report.start_with else ""
        yield f"{report.id:{width}}  {fits}{speed}{mark}"


def _why_none(report: ModelReport) -> str:
    good = [build for build in report.builds if not build.warning]
    if not good:
        return "no build that works is known" if report.builds else "no build is known"
    if not any(build.fits for build in good):
        return "its size is not known before its repository is asked"
    return "does not fit this PC"


def _details(report: ModelReport, offer: ModelOffer) -> Iterator[str]:
    yield f"{report.name} ({report.id}), {report.license}, {report.released}"
    yield report.about
    if report.license_note:
        yield report.license_note
    yield f"Context: {format_count(report.context)} tokens. Thinking: {report.thinking}."
    if offer.choice:
        yield f"Recommended here: {offer.choice.build}, {choice_words(offer.choice)}."
    for build in offer.builds:
        about = "about " if build.is_approximate else ""
        size = f"{about}{format_bytes(build.bytes)}" if build.bytes else "size not known"
        fit = build.plan.fit.value if build.plan else "?"
        speed = speed_words(build.plan.tokens_per_s) if build.plan else ""
        words = ", ".join(word for word in (size, fit, speed) if word)
        mark = "*" if build.path else " "
        yield f" {mark} {build.id}: {words}" + (f" ({build.warning})" if build.warning else "")
