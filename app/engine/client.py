"""The window's side of the engine worker: how it is started and how long it may be silent."""

import os
import subprocess

import msgspec

from app.domain.device import EngineBuild
from app.domain.errors import EngineMissing
from app.engine.protocol import PROTOCOL, Reply, Stage
from app.pipe.client import Plan, Post, WorkerClient
from app.pipe.command import HIDE_CONSOLE, worker_command

_WORKER_ROLE = "--engine-worker"
_PROBE_ROLE = "--engine-probe"

_ENVIRONMENT = {
    # Without it ggml starts a debugger on every abort: 8 s instead of half a second.
    "GGML_NO_BACKTRACE": "1",
    # GNU OpenMP's threads spin for milliseconds at every barrier, hundreds of times per token: as
    # soon as another program wants a core, decoding falls to a tenth and less. With thirty times
    # less than the default it keeps a quarter, and loses nothing when it is alone (measured).
    "GOMP_SPINCOUNT": "10000",
}

# Seconds without progress. A prompt step on a model that streams from a slow disk takes minutes;
# Stop works all the while, so that limit only catches a hung driver.
_STAGES = {
    Stage.LOAD.value: (120.0, "loading the model"),
    Stage.CONTEXT.value: (120.0, "preparing the model's memory"),
    Stage.TEMPLATE.value: (10.0, "running the model's chat template"),
    Stage.TOKENS.value: (60.0, "counting tokens"),
    Stage.PICTURE.value: (600.0, "looking at a picture"),
    Stage.SNAPSHOT.value: (600.0, "writing what it has read to the disk"),
    Stage.PROMPT.value: (1800.0, "working on the answer"),
}


def engine_client(*, post: Post) -> WorkerClient:
    """Make the client of the engine worker; nothing is started before the first request."""
    return WorkerClient(
        Plan(
            name="engine",
            argv=worker_command(_WORKER_ROLE),
            environment=_ENVIRONMENT,
            protocol=PROTOCOL,
            events=Reply,
            stages=_STAGES,
        ),
        post=post,
    )


def probe_engine(*, timeout_s: float = 30.0) -> EngineBuild:
    """Ask a throw-away process for the engine's build and devices; waits for it.

    Raises:
        EngineMissing: The engine cannot be started, crashed or did not answer in time.
    """
    try:
        probe = subprocess.run(
            worker_command(_PROBE_ROLE),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, **_ENVIRONMENT},
            timeout=timeout_s,
            check=True,
            creationflags=HIDE_CONSOLE,
        )
        return msgspec.json.decode(probe.stdout, type=EngineBuild)
    except subprocess.TimeoutExpired:
        raise EngineMissing(reason="its device search did not end") from None
    except (OSError, subprocess.CalledProcessError, msgspec.DecodeError) as error:
        raise EngineMissing(
            reason="its device search failed", detail=type(error).__name__
        ) from None
