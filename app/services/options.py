"""The options that every front end understands."""

import argparse
import pathlib

DEFAULT_LOG_LEVELS = "warning,app=info"


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """Add --home, --log and --json, without defaults: they may stand before or after a command."""
    parser.add_argument("--home", type=pathlib.Path, metavar="DIR", help="keep all data under DIR")
    parser.add_argument("--log", metavar="LEVELS", help="e.g. warning,app.engine=debug")
    parser.add_argument("--json", action="store_true", help="print JSON")
