"""Catalogue, library and queue together: what `cierzo models list --json` prints."""

import contextlib
from collections.abc import Iterable, Iterator

import msgspec

from app.cli.progress import DownloadReport, report_of
from app.domain.builds import Build
from app.domain.chat import Thinking
from app.domain.downloads.jobs import Download
from app.domain.errors import ModelError
from app.domain.families import Family
from app.domain.library import Check, Installed, Origin
from app.domain.placement.planner import plan
from app.domain.placement.values import Fit, Machine, MemoryPlan, PlannedModel, Wishes
from app.services.offers import BuildOffer, ModelOffer
from app.services.planned_models import planned_file


class FileReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of a build; `bytes` or `approx_bytes`, or neither where the size is not known."""

    path: str
    bytes: int | None = None
    approx_bytes: int | None = None
    sha256: str = ""


class InstalledReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an installed build; `app` is the program that it belongs to."""

    id: str
    bytes: int
    origin: Origin
    app: str
    check: Check
    last_used_at: str
    is_there: bool


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
    library: InstalledReport | None = None
    download: DownloadReport | None = None


class ModelReport(msgspec.Struct, frozen=True, kw_only=True):
    """A model of the catalogue, or one that is only here."""

    id: str
    name: str
    about: str = ""
    license: str = ""
    license_note: str = ""
    released: str = ""
    context: int = 0
    pictures: bool = False
    thinking: str = Thinking.NEVER.value
    start_with: bool = False
    builds: tuple[BuildReport, ...]


def offer_report(
    offer: ModelOffer, builds: Iterable[Build], installed: Iterable[Installed] = ()
) -> ModelReport:
    """A model with its prices on this PC and what is here of it.

    Args:
        offer: The prices.
        builds: Those of the offer, in its order.
        installed: Everything that is.
    """
    by_path = {one.path: one for one in installed}
    recommended = offer.choice.build if offer.choice else None
    return ModelReport(
        id=offer.id,
        name=offer.name,
        about=offer.about,
        license=offer.license,
        license_note=offer.license_note,
        released=offer.released,
        context=offer.limit_tokens,
        pictures=offer.sees_pictures,
        thinking=offer.thinking.value,
        start_with=offer.is_best,
        builds=tuple(
            _build_report(
                build,
                priced,
                by_path.get(priced.path) if priced.path else None,
                is_recommended=priced.id == recommended,
            )
            for build, priced in zip(builds, offer.builds, strict=True)
        ),
    )


def other_reports(
    installed: Iterable[Installed], machine: Machine, families: Iterable[Family]
) -> Iterator[ModelReport]:
    """What is here and not in the catalogue, a model for each that answers to a name."""
    families = tuple(families)
    models: dict[str, list[Installed]] = {}
    for one in installed:
        models.setdefault(one.model_id or one.name, []).append(one)
    for name, builds in models.items():
        prices = [_price(one, machine, families) for one in builds]
        planned = next((found for found, _ in prices if found), None)
        yield ModelReport(
            id=name,
            name=builds[0].name,
            context=planned.limit_tokens if planned else 0,
            pictures=any(one.projector for one in builds),
            builds=tuple(
                _installed_build(one, placed)
                for one, (_, placed) in zip(builds, prices, strict=True)
            ),
        )


def with_downloads(
    reports: Iterable[ModelReport], downloads: Iterable[Download]
) -> list[ModelReport]:
    """Say of each build how its download stands; those of unknown models come last."""
    found = {report.id: report for report in reports}
    for download in downloads:
        job = download.job
        report = found.get(job.model_id) or ModelReport(id=job.model_id, name=job.name, builds=())
        state = report_of(download)
        builds = tuple(
            msgspec.structs.replace(build, download=state)
            if (build.build, build.repository) == (job.build, job.repository)
            else build
            for build in report.builds
        )
        if builds == report.builds:
            builds += (_coming_build(download),)
        found[report.id] = msgspec.structs.replace(report, builds=builds)
    return list(found.values())


def only_here(report: ModelReport) -> ModelReport | None:
    """What is on this PC of a model or is on its way; None where nothing is."""
    builds = tuple(build for build in report.builds if build.installed or build.download)
    return msgspec.structs.replace(report, builds=builds) if builds else None


def _build_report(
    build: Build, offer: BuildOffer, installed: Installed | None, *, is_recommended: bool
) -> BuildReport:
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
        warning=offer.warning or (installed.warning if installed else ""),
        files=tuple(
            FileReport(
                path=file.path, bytes=file.bytes, approx_bytes=file.approx_bytes, sha256=file.sha256
            )
            for file in files
        ),
        library=_library_report(installed) if installed else None,
    )


def _installed_build(one: Installed, placed: MemoryPlan | None) -> BuildReport:
    return BuildReport(
        build=one.build,
        repository=one.repository,
        commit=one.commit,
        installed=one.is_there,
        path=str(one.path),
        fits=placed.fit if placed else None,
        tokens_per_s=placed.tokens_per_s if placed else None,
        recommended=False,
        warning=one.warning,
        files=tuple(
            FileReport(path=str(file.path), bytes=file.bytes, sha256=file.sha256)
            for file in one.all_files
        ),
        library=_library_report(one),
    )


def _coming_build(download: Download) -> BuildReport:
    job = download.job
    return BuildReport(
        build=job.build,
        repository=job.repository,
        commit=job.commit,
        installed=False,
        path=None,
        fits=None,
        tokens_per_s=None,
        recommended=False,
        warning="",
        files=tuple(
            FileReport(path=file.path, bytes=file.bytes, sha256=file.sha256) for file in job.files
        ),
        download=report_of(download),
    )


def _library_report(one: Installed) -> InstalledReport:
    checks = [file.check for file in one.all_files]
    # The worst of its files: one wrong byte is enough, and good are only all of them.
    check = next((c for c in (Check.WRONG, Check.UNKNOWN) if c in checks), Check.GOOD)
    return InstalledReport(
        id=one.id,
        bytes=one.size_bytes,
        origin=one.origin,
        app=one.app,
        check=check,
        last_used_at=one.last_used_at,
        is_there=one.is_there,
    )


def _price(
    one: Installed, machine: Machine, families: Iterable[Family]
) -> tuple[PlannedModel | None, MemoryPlan | None]:
    """By its header; neither where that cannot be read, which is said when it is opened."""
    with contextlib.suppress(ModelError):
        projector = one.projector.path if one.projector else None
        planned = planned_file(one.path, families=families, projector=projector)
        return planned, plan(planned, machine, Wishes())
    return None, None
