"""What is known of models that were loaded in this run."""

import pathlib

from app.domain.model_file import ModelFile
from app.engine.protocol import Loaded
from app.services.engine_service import EngineState


class ModelMemory:
    """Remembers what each file said of itself when it was loaded last."""

    def __init__(self) -> None:
        self._by_path: dict[pathlib.Path, Loaded] = {}

    def learn(self, state: EngineState) -> None:
        """Take what a loaded model says."""
        if state.model and state.loaded:
            self._by_path[state.model.path] = state.loaded

    def of(self, model: ModelFile | None) -> Loaded | None:
        """What was last known; None: it was never loaded, or there is none."""
        return self._by_path.get(model.path) if model else None
