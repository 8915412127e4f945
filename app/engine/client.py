"""The window's side of the engine worker: how it is started and how long it may be silent."""

from app.engine.protocol import PROTOCOL, Reply, Stage
from app.engine.worker_environment import ENGINE_ENVIRONMENT
from app.pipe.client import Plan, Post, WorkerClient
from app.pipe.command import worker_command

_WORKER_ROLE = "--engine-worker"

# Seconds without progress. A prompt step on a model that streams from a slow disk takes minutes;
# Stop works all the while, so that limit only catches a hung driver.
_STAGES = {
    Stage.LOAD.value: (120.0, "loading the model"),
    Stage.CONTEXT.value: (120.0, "preparing the model's memory"),
    Stage.TEMPLATE.value: (8.0, "running the model's chat template"),
    Stage.TOKENS.value: (60.0, "counting tokens"),
    Stage.PICTURE.value: (600.0, "looking at a picture"),
    Stage.SNAPSHOT.value: (600.0, "writing what it has read to the disk"),
    Stage.PROMPT.value: (1800.0, "working on the answer"),
}
# A snapshot of a long chat is gigabytes.
_QUIT_S = 15.0


def engine_client(*, post: Post) -> WorkerClient:
    """Make the client of the engine worker; nothing is started before the first request."""
    return WorkerClient(
        Plan(
            name="engine",
            argv=worker_command(_WORKER_ROLE),
            environment=ENGINE_ENVIRONMENT,
            protocol=PROTOCOL,
            events=Reply,
            stages=_STAGES,
            quit_s=_QUIT_S,
        ),
        post=post,
    )
