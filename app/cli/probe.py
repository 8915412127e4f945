"""`--probe cpu,vulkan`: what backends of the engine find here, each in a process of its own.

For who tests a build or a driver; the program itself asks in `app/engine/probing.py`.
"""

import sys

import msgspec

from app.cli.arguments import Parser
from app.cli.output import EXIT_DONE, EXIT_ENVIRONMENT, EXIT_INTERRUPTED, write_json
from app.domain.device import Device, EngineBuild
from app.domain.errors import EngineMissing
from app.engine.packs import engine_folder, environment_for, gpu_packs, use_runtimes
from app.engine.probing import probe_engine
from app.engine.runtime_packs import RUNTIMES_FOLDER
from app.services.options import add_global_options
from app.settings.folders import folders_for

_CPU = "cpu"


class _Found(msgspec.Struct, frozen=True):
    devices: tuple[Device, ...] = ()
    problem: str | None = None


def run() -> int:
    """Print one JSON object, backend by backend; say whether all of them can compute."""
    parser = Parser(prog="cierzo")
    add_global_options(parser)
    parser.add_argument("--probe", metavar="BACKENDS", required=True, help="e.g. cpu,vulkan")
    options = parser.parse_args(sys.argv[1:])
    use_runtimes(folders_for(options.home).data / RUNTIMES_FOLDER)
    names = options.probe.split(",")
    try:
        found = {name: _find(name) for name in names}
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    write_json(found)
    return EXIT_DONE if all(each.devices for each in found.values()) else EXIT_ENVIRONMENT


def _find(backend: str) -> _Found:
    try:
        build = _ask(backend)
    except EngineMissing as missing:
        return _Found(problem=str(missing.facts["reason"]))
    if build is None:
        return _Found(problem="is not part of this build")
    devices = tuple(
        device for device in build.devices if (device.kind == _CPU) == (backend == _CPU)
    )
    if devices:
        return _Found(devices)
    reasons = [skipped.reason for skipped in build.skipped]
    return _Found(problem=reasons[0] if reasons else "found no device that it can use")


def _ask(backend: str) -> EngineBuild | None:
    """Load it into a process, or nothing but the CPU's; None if there is none.

    Raises:
        EngineMissing: That process failed.
    """
    folder = engine_folder()
    if folder is None:
        build = probe_engine()
        # All of it is linked together; a graphics card is called after its backend: Vulkan0.
        names = [device.name.lower() for device in build.devices]
        return build if any(name.startswith(backend) for name in names) else None
    if backend == _CPU:
        return probe_engine(environment=environment_for(folder, None))
    pack = next((pack for pack in gpu_packs(folder) if pack.name == backend), None)
    return probe_engine(environment=environment_for(folder, pack)) if pack else None
