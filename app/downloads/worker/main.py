"""The download worker process: looks, downloads, hashes and copies until its parent is gone."""

import argparse
import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from app.downloads.worker.environment import prepare_environment
from app.pipe.sandbox import become_worker

# Questions to the Hub that were cancelled hold a thread until their timeout.
_THREADS = 32


def run() -> int:
    """Serve requests on stdin, answer them on what was stdout."""
    options = _options(sys.argv[1:])
    become_worker()
    prepare_environment()
    # Only now: huggingface_hub reads the environment when it is imported.
    from app.downloads.worker.requests import serve

    async def main() -> None:
        executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="work")
        asyncio.get_running_loop().set_default_executor(executor)
        await serve(pace=options.test_pace)
        os._exit(0)  # threads that wait for a silent server would hold the process up

    asyncio.run(main())
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    """Read the hidden `--test-pace`, a factor for all waits; a frozen program has no such thing."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--download-worker", action="store_true")
    parser.add_argument("--test-pace", type=float, default=1.0)
    if getattr(sys, "frozen", False):
        arguments = []
    return parser.parse_args(arguments)
