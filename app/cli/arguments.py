"""The parser that every command shares."""

import argparse
import sys
from typing import Never, TypeAlias

from app.cli.output import EXIT_USAGE, print_error

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, like all of ours."""

    def error(self, message: str) -> Never:
        """Say what is wrong and end."""
        print_error("usage", f"{message}; see {self.prog} --help", as_json="--json" in sys.argv)
        raise SystemExit(EXIT_USAGE)
