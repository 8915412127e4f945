"""The engine: its backends, its worker, an answer, its speed."""

import contextlib

from app.domain.chat import Conversation, Message, Role, Sampling
from app.domain.errors import ComputingOnCpu, EngineMissing
from app.engine.client import engine_client
from app.engine.probing import measure_speed
from app.engine.protocol import Unload
from app.pipe.client import OnEnd, Post, WorkerClient
from app.pipe.waiting import wait_for
from app.self_test.trial import Fault, Trial
from app.services.asking import Asker
from app.services.engine_service import Ask
from app.services.model_loader import LoadOptions

_ANSWER_TOKENS = 8


def backends(trial: Trial) -> str:
    """Something can be computed on; a graphics card is none of what has to be there."""
    setup = trial.engine
    if setup.build is None:
        problem = setup.cpu_problem
        raise problem or EngineMissing(reason="it found nothing to compute on")
    devices = ", ".join(f"{d.name} ({d.description.strip()})" for d in setup.build.devices)
    problem = setup.cpu_problem
    return f"{devices}. {problem}" if isinstance(problem, ComputingOnCpu) else devices


def worker(trial: Trial) -> str:
    """The engine's process starts, and does as it is told."""

    def start(post: Post, on_end: OnEnd) -> WorkerClient:
        client = engine_client(post=post)
        client.add_environment(trial.engine.environment)
        client.submit(lambda i: Unload(request_id=i), on_event=lambda event: None, on_end=on_end)
        return client

    wait_for(start)
    return trial.engine.build.version if trial.engine.build else ""


def model(trial: Trial) -> str:
    """A model loads and says something."""
    question = Ask(
        conversation=Conversation((Message(Role.USER, "Hi"),)),
        sampling=Sampling(temperature=0),
        max_tokens=_ANSWER_TOKENS,
    )
    with contextlib.closing(Asker(trial.model, LoadOptions())) as asker:
        answer = asker.ask(question, on_text=lambda text, is_thought: None)
    if not answer.usage.completion_tokens:
        raise Fault("The model said nothing.")
    words = f"{answer.usage.completion_tokens} tokens of {trial.model.name}"
    return words if trial.model.is_toy else f"{words}; the starter model is not installed"


def speed(trial: Trial) -> str:
    """The process that measures devices works."""
    rates = measure_speed(environment=trial.engine.environment).rates
    if not rates:
        raise Fault("Nothing could be measured.")
    return ", ".join(sorted(rates))
