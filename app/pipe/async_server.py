"""The worker's end where many requests are open at once: each is a task of one event loop.

Threads: handlers run on the loop's thread, `send` may be called from any. The reader thread only
hands commands over, and ends the process where the loop does not do so itself.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from app.pipe.channel import Channel
from app.pipe.messages import Cancel, Done, Event, Progress, Quit, Ready, Request

AsyncHandler = Callable[[Any], Awaitable[Done]]

_ALIVE_S = 1.0
# What a cancelled task may take to put its files in order when this process has to end.
_TIDY_S = 0.8


class AsyncServer:
    """Receives requests on stdin and answers on what was stdout.

    Args:
        commands: The union type of everything the parent may send.
        cancelled: Makes the `Done` of a request that was cancelled.
        alive_stage: The stage of the `Progress` that says once a second, while there is an open
            request, that this process lives.
    """

    def __init__(
        self,
        commands: Any,  # noqa: ANN401 - a union type
        *,
        cancelled: Callable[[Request], Done],
        alive_stage: str,
    ) -> None:
        self._channel = Channel(commands)
        self._cancelled = cancelled
        self._alive_stage = alive_stage
        self._tasks: dict[int, asyncio.Task[Done]] = {}
        self._is_over = asyncio.Event()

    def send(self, message: Event) -> None:
        """Write one message; from any thread."""
        self._channel.send(message)

    async def serve(self, ready: Ready, handlers: dict[type[Request], AsyncHandler]) -> None:
        """Say `ready`, then handle requests until told to quit or until the parent is gone.

        A handler returns its request's end. Whatever it raises becomes the request's `Failed`: an
        `AppError` by its code, anything else as a bug without values. A request that is cancelled
        ends when its task has put its files in order. On the way out all are cancelled.
        """
        loop = asyncio.get_running_loop()

        def take(command: Request | Cancel | Quit) -> None:
            loop.call_soon_threadsafe(self._take, command, handlers)

        def end() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is over already
                loop.call_soon_threadsafe(self._is_over.set)
            threading.Event().wait(2 * _TIDY_S)
            os._exit(0)  # the loop is stuck, and nobody is there any more

        self._channel.send(ready)
        self._channel.listen(take, end)
        alive = asyncio.create_task(self._say_alive())
        await self._is_over.wait()
        alive.cancel()
        tasks = set(self._tasks.values())
        for task in tasks:
            _cancel(task)
        if tasks:
            await asyncio.wait(tasks, timeout=_TIDY_S)

    def _take(
        self, command: Request | Cancel | Quit, handlers: dict[type[Request], AsyncHandler]
    ) -> None:
        if isinstance(command, Quit):
            self._is_over.set()
        elif isinstance(command, Cancel):
            if task := self._tasks.get(command.request_id):
                _cancel(task)
        else:
            task = asyncio.create_task(_handle(handlers[type(command)], command))
            self._tasks[command.request_id] = task
            task.add_done_callback(lambda done: self._end(command, done))

    def _end(self, request: Request, task: asyncio.Task[Done]) -> None:
        del self._tasks[request.request_id]
        try:
            if task.cancelled():
                self._channel.send(self._cancelled(request))
            elif error := task.exception():
                self._channel.send_failure(request.request_id, error)
            else:
                self._channel.send(task.result())
        except BrokenPipeError:
            self._is_over.set()

    async def _say_alive(self) -> None:
        while not self._is_over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_over.wait(), _ALIVE_S)
            if oldest := next(iter(self._tasks), None):
                sign = Progress(request_id=oldest, stage=self._alive_stage, done=0, total=0)
                with contextlib.suppress(BrokenPipeError):
                    self._channel.send(sign)


def _cancel(task: asyncio.Task[Done]) -> None:
    """Cancel it once: a second time would end what puts its files in order."""
    if not task.cancelling():
        task.cancel()


async def _handle(handler: AsyncHandler, request: Request) -> Done:
    return await handler(request)
