"""The options that every front end understands."""

import argparse
import pathlib

from app.domain.version import VERSION

DEFAULT_LOG_LEVELS = "warning,app=info"


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """Add them without defaults, since they may stand before or after a command."""
    parser.add_argument("--home", type=pathlib.Path, metavar="DIR", help="keep all data under DIR")
    parser.add_argument("--log", metavar="LEVELS", help="e.g. warning,app.engine=debug")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--version", action="version", version=f"cierzo {VERSION}")
