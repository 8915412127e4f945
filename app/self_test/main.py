"""`--self-test`: runs the checks one after the other and says what they found."""

import pathlib
import tempfile
from collections.abc import Mapping

import msgspec

from app.cli.arguments import Parser
from app.cli.output import (
    EXIT_DONE,
    EXIT_ENVIRONMENT,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    print_error,
    use_utf8,
    write,
    write_json,
)
from app.domain.errors import AppError
from app.domain.reports import frames_of
from app.self_test import engine, files, keys, window, workers
from app.self_test.trial import Check, Fault, Trial
from app.services.logs import BadLogLevelError, configure_logging
from app.services.options import add_global_options
from app.settings.folders import folders_for

# In this order: imports and documents read what exports wrote.
CHECKS: Mapping[str, Check] = {
    "folders": files.folders,
    "resources": files.resources,
    "environment": files.environment,
    "window": window.window,
    "backends": engine.backends,
    "worker": engine.worker,
    "model": engine.model,
    "speed": engine.speed,
    "headers": workers.headers,
    "pictures": workers.pictures,
    "drawing": workers.drawing,
    "exports": workers.exports,
    "documents": workers.documents,
    "imports": workers.imports,
    "downloads": workers.downloads,
    "keys": keys.keys,
}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found."""

    ok: bool
    detail: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `cierzo --self-test --json` prints."""

    ok: bool
    checks: dict[str, Result]


def run(arguments: list[str]) -> int:
    """Run them and return 0, or 3 where something does not work."""
    use_utf8()
    parser = Parser(prog="cierzo")
    add_global_options(parser)
    parser.add_argument("--self-test", action="store_true", help="check this installation")
    options = parser.parse_args(arguments)
    try:
        configure_logging(folder=None, levels=options.log or "error")
    except BadLogLevelError as error:
        print_error("usage", f"--log: there is no level “{error}”", as_json=options.json)
        return EXIT_USAGE
    results: dict[str, Result] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="cierzo-self-test-") as scratch:
            trial = Trial(folders_for(options.home), pathlib.Path(scratch))
            for name, check in CHECKS.items():
                results[name] = result = _examine(check, trial)
                if not options.json:
                    write(f"{'ok' if result.ok else 'FAULT':<6} {name:<12} {result.detail}\n")
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    report = Report(ok=all(result.ok for result in results.values()), checks=results)
    if options.json:
        write_json(report)
    return EXIT_DONE if report.ok else EXIT_ENVIRONMENT


def _examine(check: Check, trial: Trial) -> Result:
    try:
        return Result(ok=True, detail=check(trial))
    except (AppError, Fault) as error:
        return Result(ok=False, detail=" ".join((str(error), *_end_of(error))))
    except Exception as error:  # noqa: BLE001 - a broken installation fails in any way
        return Result(ok=False, detail=f"{frames_of(error)}\n{error}")


def _end_of(error: Exception) -> list[str]:
    """The end of what is known beyond the sentence."""
    return [line.strip() for line in getattr(error, "detail", "").splitlines()[-3:]]
