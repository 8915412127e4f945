"""`models download|pause|resume|cancel|token`: what comes over the network."""

import argparse
import pathlib
import sys
from getpass import getpass

import msgspec

from app.cli.arguments import Commands
from app.cli.desk import Desk
from app.cli.output import EXIT_DONE, write, write_json
from app.cli.progress import ProgressOutput, progress_output
from app.domain.builds import Build
from app.domain.downloads.folder import Wish
from app.domain.downloads.jobs import Download, Job, State, job_for
from app.domain.errors import (
    BuildNotFound,
    BuildUndecided,
    DownloadAmbiguous,
    DownloadCancelled,
    DownloadUnknown,
    FolderMissing,
    FolderUnwritable,
    KeyStoreMissing,
    NotInCatalogue,
    OfflineSwitchedOn,
    TokenMissing,
)
from app.domain.repository_name import is_repository, parse_repository
from app.services.chosen_build import find_build, find_catalog_model, recommended_build
from app.services.download_jobs import KeptJob, ask, read_job, read_jobs, rewrite_job
from app.services.found_repository import FoundRepository
from app.services.hub_access import endpoint_of
from app.services.tokens import TokenStore
from app.settings.folders import Folders

# A worker obeys a wish in a moment; one that does not is not waited for.
_OBEY_S = 10.0


class WishReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `pause`, `resume` and `cancel` did; `running`: somebody is working on the job."""

    job: str
    name: str
    build: str
    wish: str
    running: bool


def add_commands(actions: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare them."""
    download = actions.add_parser("download", parents=[shared], help="download a model")
    download.set_defaults(command=_download)
    download.add_argument("model", metavar="NAME|OWNER/REPO|URL")
    download.add_argument("--build", metavar="B", help="the recommended one otherwise")
    download.add_argument("--folder", type=pathlib.Path, metavar="DIR", help="where it goes")
    for wish, words in (
        (Wish.PAUSE, "stop a download; what is there stays"),
        (Wish.RESUME, "go on with one"),
        (Wish.CANCEL, "give one up"),
    ):
        parser = actions.add_parser(wish.removeprefix("wish-"), parents=[shared], help=words)
        parser.set_defaults(command=_wish, wish=wish, keep=False)
        parser.add_argument("job", metavar="JOB|NAME")
        if wish is Wish.CANCEL:
            parser.add_argument("--keep", action="store_true", help="keep what is there")
    token = actions.add_parser("token", parents=[shared], help="keep a token, read from stdin")
    token.set_defaults(command=_token)
    token.add_argument("--forget", action="store_true", help="remove it instead")


def _download(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        if options.folder and not options.folder.is_dir():
            raise FolderMissing(folder=str(options.folder))
        build, job = _chosen(desk, options.model, options.build)
        output = progress_output(as_json=options.json)
        try:
            if not options.folder and _is_here(desk, build, job):
                total = job.total_bytes
                output.show(
                    Download(
                        job=job, state=State.INSTALLED, bytes_done=total or 0, bytes_total=total
                    )
                )
                return EXIT_DONE
            if desk.settings.is_offline:
                raise OfflineSwitchedOn
            if options.folder:
                desk.download_into(options.folder)
            return _follow(desk, job, output)
        finally:
            output.end()


def _chosen(desk: Desk, name: str, build_id: str | None) -> tuple[Build, Job]:
    """From what a person typed to a build, and to what downloads it."""
    starter = desk.catalog.starter
    if name.lower() in (starter.id, starter.name.lower()):
        if build_id and build_id.lower() != starter.build.id.lower():
            raise BuildNotFound(build=build_id, name=starter.name)
        return starter.build, starter.job
    model = find_catalog_model(desk.catalog, name)
    if model:
        build = (
            find_build(model, build_id)
            if build_id
            else recommended_build(model, desk.library, desk.machine())
        )
        return build, job_for(build, name=model.name, model_id=model.id)
    endpoint = endpoint_of(desk.settings)
    if "/" not in name and not is_repository(name, endpoint=endpoint):
        raise NotInCatalogue(name=name)
    found = desk.look(
        parse_repository(name, endpoint=endpoint),
        needs_prices=lambda found: not _named_build(found, build_id) and len(found.builds) > 1,
    )
    build = _build_of(found, build_id)
    return build, found.job(build)


def _is_here(desk: Desk, build: Build, job: Job) -> bool:
    """Whether all of it is in the library, in whichever folder, or came with Cierzo."""
    starter = desk.catalog.starter
    if job.model_id == starter.id and starter.path():
        return True
    has_projector = not build.projector or desk.library.projector_of(build)
    return bool(has_projector and desk.library.path_of(build))


def _named_build(found: FoundRepository, build_id: str | None) -> str:
    """What was said of the build: as an option, behind the repository, or as a file's page."""
    file = found.name.file if found.name.file.lower().endswith(".gguf") else ""
    return build_id or found.name.build or file


def _build_of(found: FoundRepository, build_id: str | None) -> Build:
    """The build that was named, else the recommended one, else the only one."""
    if wanted := _named_build(found, build_id):
        return found.choose(wanted)
    if found.offer.choice:
        return next(build for build in found.builds if build.id == found.offer.choice.build)
    if len(found.builds) == 1:
        return found.builds[0]
    choices = ", ".join(build.id for build in found.builds)
    raise BuildUndecided(name=found.name.repository, choices=choices)


def _follow(desk: Desk, job: Job, output: ProgressOutput) -> int:
    """Download it and say how it goes, until it is there or will not come."""
    desk.downloads.start()
    desk.downloads.add(job)
    desk.downloads.move(job.id, 0)  # before what was left over of earlier times

    def now() -> Download | None:
        return next((d for d in desk.downloads.downloads if d.job.id == job.id), None)

    while download := now():
        output.show(download)
        if download.state is State.INSTALLED:
            desk.models.came(download.job)
            desk.settle()
            return EXIT_DONE
        if download.state is State.FAILED and download.problem:
            output.end()
            raise download.problem
        desk.handle_next()
    raise DownloadCancelled(name=job.name)


def _wish(options: argparse.Namespace, folders: Folders) -> int:
    wish: Wish = options.wish
    with Desk(folders) as desk:
        kept = find_job(read_jobs(desk.models_folders()), options.job)
        try:
            is_running = ask(kept.models_folder, kept.job.id, Wish.PAUSE if options.keep else wish)
            if options.keep:
                _dismiss(desk, kept)
        except OSError as error:
            reason = error.strerror or "unknown"
            raise FolderUnwritable(folder=str(kept.models_folder), reason=reason) from None
    job = kept.job
    if options.json:
        word = wish.removeprefix("wish-")
        write_json(
            WishReport(job=job.id, name=job.name, build=job.build, wish=word, running=is_running)
        )
    else:
        outcome = _outcome(wish, is_running=is_running, keeps=options.keep)
        write(f"{job.name} {job.build}: {outcome}\n")
    return EXIT_DONE


def find_job(jobs: tuple[KeptJob, ...], name: str) -> KeptJob:
    """Find a job by its id, or by the id, name or repository of its model, perhaps with :BUILD.

    Raises:
        DownloadUnknown: There is none.
        DownloadAmbiguous: There are several.
    """
    wanted = name.lower()
    found = [kept for kept in jobs if wanted in _names(kept.job)]
    if not found:
        raise DownloadUnknown(name=name)
    if len(found) > 1:
        choices = ", ".join(f"{kept.job.id} ({kept.job.build})" for kept in found)
        raise DownloadAmbiguous(name=name, choices=choices)
    return found[0]


def _names(job: Job) -> set[str]:
    models = (job.model_id, job.name, job.repository)
    builds = {f"{model}:{build}" for model in models for build in (job.build, job.label)}
    return {name.lower() for name in (job.id, *models, *builds)}


def _dismiss(desk: Desk, kept: KeptJob) -> None:
    """Keep what is there for the day when it is asked for again."""
    folder, job_id = kept.models_folder, kept.job.id

    def is_free() -> bool:
        now = read_job(folder, job_id)
        # Who worked on it writes down that it is paused as the last thing.
        return now is None or (not now.is_held and now.job.is_paused)

    desk.wait_for(is_free, limit_s=_OBEY_S)
    if now := read_job(folder, job_id):
        dismissed = msgspec.structs.replace(
            now.job, is_dismissed=True, is_paused=False, failure=None
        )
        rewrite_job(folder, dismissed)


def _outcome(wish: Wish, *, is_running: bool, keeps: bool) -> str:
    if wish is Wish.PAUSE:
        return "paused"
    if wish is Wish.CANCEL:
        return "cancelled; what is there stays" if keeps else "cancelled"
    if is_running:
        return "another Cierzo is working on it"
    return "goes on in the Cierzo that is open, or else with its next start"


def _token(options: argparse.Namespace, _folders: Folders) -> int:
    tokens = TokenStore()
    if options.forget:
        tokens.forget()
    else:
        token = getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
        if not token.strip():
            raise TokenMissing
        tokens.put(token)
    if not tokens.is_kept:
        raise KeyStoreMissing
    if options.json:
        write_json({"token": not options.forget})
    else:
        write("The token was removed.\n" if options.forget else "The token is kept.\n")
    return EXIT_DONE
