"""`models import|adopt|verify|move|remove|newer`: what is done with models on this PC."""

import argparse
import pathlib

import msgspec

from app.cli.arguments import Commands
from app.cli.desk import Desk
from app.cli.output import EXIT_DONE, EXIT_FAULT, print_warning, write, write_json
from app.domain.errors import AppError
from app.domain.library import Check, Found, Installed, Origin
from app.domain.units import format_bytes
from app.services.library_values import NewerBuild, NewerBuilds
from app.settings.folders import Folders

_CHECKS = {Check.GOOD: "good", Check.WRONG: "WRONG", Check.UNKNOWN: "not read"}


class FoundReport(msgspec.Struct, frozen=True, kw_only=True):
    """A model that lies on this PC, e.g. another program's."""

    name: str
    app: str
    path: str
    bytes: int
    model_id: str
    build: str
    warning: str


class CheckedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file whose content was compared."""

    path: str
    bytes: int
    sha256: str
    check: Check


class InstalledReport(msgspec.Struct, frozen=True, kw_only=True):
    """An installed model after something was done with it."""

    id: str
    name: str
    model_id: str
    build: str
    path: str
    files: tuple[CheckedFile, ...]


class NewerReport(msgspec.Struct, frozen=True, kw_only=True):
    """An installed build that was published again; `repository` at `commit` has the newer one."""

    id: str
    name: str
    build: str
    repository: str
    commit: str
    bytes: int | None


def add_commands(actions: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare them."""
    importing = actions.add_parser("import", parents=[shared], help="copy a model into ours")
    importing.set_defaults(command=_import)
    importing.add_argument("path", type=pathlib.Path, metavar="PATH", help="a file or a folder")
    importing.add_argument("--move", action="store_true", help="move it instead")
    adopting = actions.add_parser("adopt", parents=[shared], help="use models where they are")
    adopting.set_defaults(command=_adopt)
    adopting.add_argument("path", type=pathlib.Path, nargs="?", metavar="PATH")
    adopting.add_argument("--all", action="store_true", help="all that other programs have")
    verifying = actions.add_parser("verify", parents=[shared], help="read and compare all bytes")
    verifying.set_defaults(command=_verify)
    verifying.add_argument("models", nargs="*", metavar="NAME", help="all of them otherwise")
    moving = actions.add_parser("move", parents=[shared], help="move a model to another folder")
    moving.set_defaults(command=_move)
    moving.add_argument("model", metavar="NAME")
    moving.add_argument("--to", type=pathlib.Path, required=True, metavar="DIR")
    removing = actions.add_parser("remove", parents=[shared], help="move a model to the trash")
    removing.set_defaults(command=_remove)
    removing.add_argument("model", metavar="NAME")
    removing.add_argument(
        "--now", action="store_true", help="delete it and what is in the trash for good"
    )
    for parser in (moving, removing):
        parser.add_argument("--build", metavar="B", help="where several of a model are installed")
    newer = actions.add_parser("newer", parents=[shared], help="ask what was published again")
    newer.set_defaults(command=_newer)


def _import(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        found = _find_in(desk, options.path)
        before = {model.id for model in desk.models.installed}
        for model in found:
            desk.models.take_in(model, moves=options.move)
            desk.settle()
        came = [model for model in desk.models.installed if model.id not in before]
        _tell(came, "imported", as_json=options.json)
    return EXIT_DONE


def _adopt(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        found = _find_in(desk, options.path) if options.path else _find_elsewhere(desk)
        if options.path or options.all:
            for model in found:
                desk.models.adopt(model)
                desk.settle()
        if options.json:
            write_json([_found_report(model) for model in found])
        elif found:
            write("".join(f"{_found_words(model)}\n" for model in found))
            if not (options.path or options.all):
                write("`cierzo models adopt --all` uses all of them where they are.\n")
        else:
            write("No other program's models were found.\n")
    return EXIT_DONE


def _verify(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        models = (
            [_named(desk, name, None) for name in options.models]
            if options.models
            else [model for model in desk.models.installed if model.is_there]
        )
        for model in models:
            desk.models.verify(model.id)
        ids = {model.id for model in models}
        problem = _settled_problem(desk)
        checked = [model for model in desk.models.installed if model.id in ids]
        wrong = [file for m in checked for file in m.all_files if file.check is Check.WRONG]
        if options.json:
            write_json([_installed_report(model) for model in checked])
        else:
            write("".join(f"{_check_words(model)}\n" for model in checked))
        if problem and not wrong:
            raise problem
    return EXIT_FAULT if wrong else EXIT_DONE


def _move(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        model = _named(desk, options.model, options.build)
        before = {one.path for one in desk.models.installed}
        desk.models.move(model.id, options.to.absolute())
        desk.settle()
        moved = [one for one in desk.models.installed if one.path not in before]
        _tell(moved, "moved", as_json=options.json)
    return EXIT_DONE


def _remove(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        model = _named(desk, options.model, options.build)
        desk.models.remove(model.id)
        desk.settle()
        if options.now:
            desk.models.empty_trash()
            desk.settle()
        outcome = "removed"
        if model.origin is Origin.ADOPTED:
            outcome = "forgotten; its files stay where they are"
        elif not options.now:
            outcome = "in the trash; for ten minutes it can be brought back in the window"
        _tell([model], outcome, as_json=options.json)
    return EXIT_DONE


def _newer(options: argparse.Namespace, folders: Folders) -> int:
    with Desk(folders) as desk:
        ends: list[NewerBuilds | Exception] = []
        desk.models.newer_builds(ends.append)
        desk.wait_for(lambda: bool(ends))
        (end,) = ends
        if isinstance(end, Exception):
            raise end
        if end.failed and len(end.failed) == end.asked:
            raise end.failed[0]
        if options.json:
            write_json([_newer_report(one) for one in end.found])
            for error in end.failed:
                print_warning(str(error))
        else:
            write("".join(f"{line}\n" for line in _newer_lines(end)))
    return EXIT_DONE


def _find_in(desk: Desk, place: pathlib.Path) -> tuple[Found, ...]:
    """Raises: AppError where nothing is there that could be used."""
    ends: list[tuple[Found, ...] | AppError] = []
    desk.models.find_in(place.absolute(), ends.append)
    desk.wait_for(lambda: bool(ends))
    (end,) = ends
    if isinstance(end, AppError):
        raise end
    return end


def _find_elsewhere(desk: Desk) -> tuple[Found, ...]:
    ends: list[tuple[Found, ...]] = []
    desk.models.find_elsewhere(ends.append)
    desk.wait_for(lambda: bool(ends))
    return ends[0]


def _named(desk: Desk, name: str, build: str | None) -> Installed:
    """Find an installed model by its id, its path, or what it is called."""
    path = pathlib.Path(name).absolute()
    for model in desk.models.installed:
        if name == model.id or path in (file.path for file in model.files):
            return model
    return desk.library.find(name, build, models=desk.catalog.models)


def _settled_problem(desk: Desk) -> AppError | None:
    try:
        desk.settle()
    except AppError as problem:
        return problem
    return None


def _tell(models: list[Installed], outcome: str, *, as_json: bool) -> None:
    if as_json:
        write_json([_installed_report(model) for model in models])
    else:
        write("".join(f"{_model_words(model)}: {outcome}\n" for model in models))


def _model_words(model: Installed) -> str:
    return f"{model.name} {model.build}".strip()


def _check_words(model: Installed) -> str:
    checks = {file.check for file in model.all_files}
    worst = next((c for c in (Check.WRONG, Check.UNKNOWN) if c in checks), Check.GOOD)
    bad = [file.path.name for file in model.all_files if file.check is Check.WRONG]
    names = f" ({', '.join(bad)})" if bad else ""
    return f"{_CHECKS[worst]:9} {_model_words(model)}, {format_bytes(model.size_bytes)}{names}"


def _found_words(found: Found) -> str:
    owner = f" in {found.app}" if found.app else ""
    warning = f" ({found.warning})" if found.warning else ""
    return f"{found.name}{owner}, {format_bytes(found.size_bytes)}{warning}"


def _newer_lines(newer: NewerBuilds) -> list[str]:
    if not newer.asked:
        return ["None of these came from a repository that can be asked."]
    lines = [_newer_words(one) for one in newer.found]
    if newer.failed:
        count = len(newer.failed)
        words = "repository" if count == 1 else "repositories"
        lines.append(f"{count} {words} could not be asked: {newer.failed[0]}")
    return lines or ["Every installed build is the newest one."]


def _newer_words(newer: NewerBuild) -> str:
    size = newer.job.total_bytes
    words = f", {format_bytes(size)}" if size else ""
    return f"{_model_words(newer.installed)}: published again in {newer.job.repository}{words}"


def _found_report(found: Found) -> FoundReport:
    return FoundReport(
        name=found.name,
        app=found.app,
        path=str(found.files[0]),
        bytes=found.size_bytes,
        model_id=found.model_id,
        build=found.build,
        warning=found.warning,
    )


def _installed_report(model: Installed) -> InstalledReport:
    return InstalledReport(
        id=model.id,
        name=model.name,
        model_id=model.model_id,
        build=model.build,
        path=str(model.path),
        files=tuple(
            CheckedFile(path=str(file.path), bytes=file.bytes, sha256=file.sha256, check=file.check)
            for file in model.all_files
        ),
    )


def _newer_report(newer: NewerBuild) -> NewerReport:
    return NewerReport(
        id=newer.installed.id,
        name=newer.installed.name,
        build=newer.installed.build,
        repository=newer.job.repository,
        commit=newer.job.commit,
        bytes=newer.job.total_bytes,
    )
