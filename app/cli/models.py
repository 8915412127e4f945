"""`models list|show`: the catalogue, what is installed and what is on its way."""

import argparse
from collections.abc import Iterator

from app.cli import downloads, library
from app.cli.arguments import Commands
from app.cli.desk import Desk
from app.cli.model_report import (
    ModelReport,
    offer_report,
    only_here,
    other_reports,
    with_downloads,
)
from app.cli.output import EXIT_DONE, write, write_json
from app.cli.progress import state_words
from app.domain.errors import NotInCatalogue
from app.domain.placement.values import Wishes
from app.domain.repository_name import parse_repository
from app.domain.units import format_bytes, format_count
from app.services.chosen_build import find_catalog_model
from app.services.hub_access import endpoint_of
from app.services.offers import ModelOffer
from app.services.plan_words import choice_words, speed_words
from app.services.pricing import Pricing
from app.settings.folders import Folders


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
    downloads.add_commands(actions, shared)
    library.add_commands(actions, shared)


def _list(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        reports = _reports(desk)
    if options.installed:
        reports = [here for report in reports if (here := only_here(report))]
    if options.json:
        write_json(reports)
    else:
        write("".join(f"{line}\n" for line in _lines(reports)))
    return EXIT_DONE


def _show(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        report, offer = _shown(desk, options.model)
    if options.json:
        write_json(report)
    else:
        write("".join(f"{line}\n" for line in _details(report, offer)))
    return EXIT_DONE


def _reports(desk: Desk) -> list[ModelReport]:
    machine, models = desk.machine(), desk.catalog.models
    installed = desk.library.installed(models)
    offers = Pricing(models, desk.library, machine, wishes_of=lambda build: Wishes()).offers
    reports = [
        offer_report(offer, model.builds, installed)
        for model, offer in zip(models, offers, strict=True)
    ]
    known = {build.path for offer in offers for build in offer.builds}
    others = [one for one in installed if one.path not in known]
    reports += other_reports(others, machine, desk.catalog.families)
    return with_downloads(reports, desk.kept_downloads())


def _shown(desk: Desk, name: str) -> tuple[ModelReport, ModelOffer]:
    """A model of the catalogue, or what a repository holds."""
    model = find_catalog_model(desk.catalog, name)
    if model:
        wishes = Wishes()
        pricing = Pricing([model], desk.library, desk.machine(), wishes_of=lambda build: wishes)
        return offer_report(pricing.offers[0], model.builds), pricing.offers[0]
    if "/" not in name:
        raise NotInCatalogue(name=name)
    repository = parse_repository(name, endpoint=endpoint_of(desk.settings))
    found = desk.look(repository, needs_prices=lambda found: True)
    return offer_report(found.offer, found.builds), found.offer


def _lines(reports: list[ModelReport]) -> Iterator[str]:
    width = max((len(report.id) for report in reports), default=0)
    for report in reports:
        mark = "  <- start with this one" if report.start_with else ""
        yield f"{report.id:{width}}  {_chosen_words(report)}{mark}"
        for build in report.builds:
            if build.installed:
                warning = f" ({build.warning})" if build.warning else ""
                yield f"  {build.build or build.path}: installed{warning}"
            elif build.download:
                reason = f". {build.download.reason}" if build.download.reason else ""
                yield f"  {build.build}: {state_words(build.download)}{reason}"


def _chosen_words(report: ModelReport) -> str:
    """The build that suits this PC best, else the one that is here."""
    priced = [build for build in report.builds if build.fits and not build.warning]
    chosen = next((build for build in priced if build.recommended), None)
    if chosen is None and any(build.library for build in report.builds):
        chosen = next((build for build in priced if build.installed), None)
    if chosen is None:
        return _why_none(report)
    speed = f", {speed_words(chosen.tokens_per_s)}" if chosen.tokens_per_s else ""
    return f"{chosen.build}: {chosen.fits}{speed}" if chosen.build else f"{chosen.fits}{speed}"


def _why_none(report: ModelReport) -> str:
    good = [build for build in report.builds if not build.warning]
    if not good:
        return "no build that works is known" if report.builds else "no build is known"
    if not any(build.fits for build in good):
        if any(build.library for build in good):
            return "how it fits this PC cannot be told"
        return "its size is not known before its repository is asked"
    return "does not fit this PC"


def _details(report: ModelReport, offer: ModelOffer) -> Iterator[str]:
    facts = (f"{report.name} ({report.id})", report.license, report.released)
    yield ", ".join(filter(None, facts))
    yield from filter(None, (report.about, report.license_note))
    if report.context:
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
