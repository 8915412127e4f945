"""`doctor`: what this installation is."""

import argparse
from collections.abc import Iterator

from app.catalog.catalog import load_catalog
from app.cli.arguments import Commands
from app.cli.output import EXIT_DONE, EXIT_ENVIRONMENT, write, write_json
from app.domain.distribution import Kind
from app.domain.units import format_bytes, format_count
from app.services.chat_checkup import ChatsCheckup
from app.services.diagnostics import Checkup, examine
from app.services.download_checkup import DownloadCheckup
from app.services.model_folders import open_library
from app.services.models import find_model
from app.services.update_checkup import UpdateSwitch
from app.settings.file import SettingsFile
from app.settings.folders import Folders

# All of them are in the JSON.
_CONNECTIONS_SHOWN = 20
_KINDS = {
    Kind.CHECKOUT: "from its source",
    Kind.DEB: "as a deb package",
    Kind.RPM: "as an rpm package",
    Kind.ARCHIVE: "from an archive",
    Kind.APPIMAGE: "as an AppImage",
    Kind.WINDOWS: "by its installer",
    Kind.MACOS: "as a macOS app",
}
_SILENCE = {
    True: "           the system refuses it any internet socket",
    False: "           refused internet sockets in Python; this system has no way for the rest",
}
_UPDATES = {
    UpdateSwitch.ON: "looks for updates once a day",
    UpdateSwitch.OFF: "does not look for updates",
    UpdateSwitch.NONE: "has no updates of its own",
}


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare `doctor`."""
    doctor = commands.add_parser("doctor", parents=[shared], help="examine this installation")
    doctor.set_defaults(command=_doctor)
    doctor.add_argument("--model", metavar="NAME|PATH", help="load it and compare with its plan")


def _doctor(options: argparse.Namespace, folders: Folders) -> int:
    model = None
    if options.model is not None:
        catalog = load_catalog(own=folders.config / "models.toml")
        settings = SettingsFile(folders.config)
        settings.load()
        model = find_model(
            options.model,
            starter=catalog.starter,
            last_model="",
            library=open_library(folders, lambda: settings.value),
            models=catalog.models,
        )
    checkup = examine(folders, model=model)
    if options.json:
        write_json(checkup)
    else:
        write("\n".join(in_words(checkup)) + "\n")
    return EXIT_DONE if checkup.is_healthy else EXIT_ENVIRONMENT


def in_words(checkup: Checkup) -> Iterator[str]:
    """Say what was found, line by line."""
    yield f"Cierzo     {checkup.version}, Python {checkup.python}, {checkup.system}"
    installation = checkup.installation
    yield f"installed  {_KINDS[installation.kind]}, {_UPDATES[installation.updates]}"
    yield "libraries  " + ", ".join(f"{name} {v}" for name, v in checkup.libraries.items())
    if checkup.engine:
        yield f"engine     {checkup.engine.version}"
        yield "           " + ", ".join(checkup.engine.features)
        yield _SILENCE[checkup.engine.is_silent]
        for device in checkup.engine.devices:
            free, total = format_bytes(device.free_bytes), format_bytes(device.total_bytes)
            yield f"device     {device.name} ({device.kind}): {device.description}"
            yield f"           {free} of {total} free"
    else:
        yield f"engine     {checkup.engine_error}"
    if checkup.cpu_problem:
        yield f"computing  {checkup.cpu_problem}"
    processor = checkup.processor
    cores = f"{processor.physical_cores} cores, {processor.logical_cores} threads"
    yield f"processor  {processor.name}, {cores}"
    memory = checkup.memory
    available, total = format_bytes(memory.available_bytes), format_bytes(memory.total_bytes)
    yield f"memory     {available} of {total} available"
    if checkup.model:
        yield f"model      {checkup.model.name}"
        for check in checkup.model.memory:
            planned, real = format_bytes(check.planned_bytes), format_bytes(check.real_bytes)
            yield f"           {check.device}: planned {planned}, took {real}"
    for skipped in checkup.engine.skipped if checkup.engine else ():
        yield f"not used   {skipped.backend}: {skipped.reason}"
    for name, folder in checkup.folders.items():
        state = "writable" if folder.writable else "NOT WRITABLE"
        made = "" if folder.exists else ", not made yet"
        yield f"folder     {name}: {folder.path} ({state}{made})"
    yield _chats_in_words(checkup.chats)
    yield from _downloads_in_words(checkup.downloads)


def _chats_in_words(checkup: ChatsCheckup) -> str:
    if checkup.problem:
        return f"chats      {checkup.problem}"
    trash = f", {format_count(checkup.trashed)} in the trash" if checkup.trashed else ""
    size = format_bytes(checkup.bytes)
    return f"chats      {format_count(checkup.chats)}{trash}, {size}, integrity ok"


def _downloads_in_words(checkup: DownloadCheckup) -> Iterator[str]:
    for folder in checkup.models_folders:
        free = "" if folder.free_bytes is None else f"{format_bytes(folder.free_bytes)} free"
        missing = "not made yet" if folder.is_own else "not there"
        gone = "" if folder.exists else missing
        gets = "gets downloads" if folder.gets_downloads else ""
        yield f"models     {folder.path} ({', '.join(filter(None, (free, gone, gets)))})"
    for job in checkup.jobs:
        total = "" if job.bytes_total is None else f" of {format_bytes(job.bytes_total)}"
        reason = f". {job.reason}" if job.reason else ""
        yield f"download   {job.name} {job.build} ({job.job}): {job.state}{reason}"
        yield f"           {format_bytes(job.bytes_done)}{total}"
    switch = "offline: nothing is fetched" if checkup.is_offline else "online, when asked"
    yield f"network    {switch}"
    for connection in checkup.connections[-_CONNECTIONS_SHOWN:]:
        size = format_bytes(connection.bytes)
        yield f"           {connection.at} {connection.host}, {connection.why}: {size}"
