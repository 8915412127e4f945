"""From a command line to the command that it names, and to an exit code."""

import argparse
import sys

from app.cli import ask, bench, chats, doctor, models, plan
from app.cli.arguments import Parser
from app.cli.output import (
    EXIT_BUG,
    EXIT_DONE,
    EXIT_ENVIRONMENT,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    print_error,
    use_utf8,
)
from app.domain.errors import (
    AppError,
    BuildAmbiguous,
    ChatAmbiguous,
    DownloadAmbiguous,
    InstalledAmbiguous,
)
from app.engine.packs import use_runtimes
from app.engine.runtime_packs import RUNTIMES_FOLDER
from app.services.diagnostics import save_report
from app.services.logs import BadLogLevelError, configure_logging
from app.services.options import add_global_options
from app.settings.folders import folders_for

# What a person typed means several things.
_AMBIGUOUS = (BuildAmbiguous, ChatAmbiguous, DownloadAmbiguous, InstalledAmbiguous)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; no traceback reaches the person."""
    use_utf8()
    options = _parser().parse_args(arguments)
    folders = folders_for(options.home)
    use_runtimes(folders.data / RUNTIMES_FOLDER)
    try:
        configure_logging(folder=None, levels=options.log)
        return int(options.command(options, folders))
    except BadLogLevelError as error:
        print_error("usage", f"--log: there is no level “{error}”", as_json=options.json)
        return EXIT_USAGE
    except AppError as error:
        print_error(error.code, str(error), as_json=options.json)
        return EXIT_USAGE if isinstance(error, _AMBIGUOUS) else EXIT_ENVIRONMENT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; closing stdout again at exit would only repeat this.
        sys.stdout = None
        return EXIT_DONE
    except Exception as error:  # noqa: BLE001 - the last line of defence turns bugs into reports
        path = save_report(error, folders.logs)
        where = f" The report is in {path}." if path else ""
        print_error("bug", f"Something went wrong inside Cierzo.{where}", as_json=options.json)
        return EXIT_BUG


def _parser() -> Parser:
    shared = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    add_global_options(shared)
    parser = Parser(prog="cierzo", description="Private chat with open models.")
    add_global_options(parser)
    parser.set_defaults(home=None, log="warning", json=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (ask, plan, models, chats, bench, doctor):
        module.add_commands(commands, shared)
    return parser
