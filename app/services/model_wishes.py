"""What the person decided for single models: context, memory to leave free, layers and the like."""

from collections.abc import Callable

from app.domain.placement.values import Wishes


class ModelWishes:
    """Kept by the name of a model's first file, which says nothing of where it lies."""

    def __init__(
        self,
        known: dict[str, Wishes],
        *,
        kept_bytes: int,
        keep: Callable[[dict[str, Wishes]], None],
    ) -> None:
        """Take over what is known.

        Args:
            known: From the settings.
            kept_bytes: Memory for chats that are not being worked on, with every model.
            keep: Called with everything after every change.
        """
        self._known = dict(known)
        self._usual = Wishes(kept_bytes=kept_bytes)
        self._keep = keep

    def use(self, *, kept_bytes: int) -> None:
        """Have another usual hold, from the next loading on."""
        self._usual = Wishes(kept_bytes=kept_bytes)

    def of(self, file_name: str) -> Wishes:
        """What holds for a model; the usual where nothing was decided."""
        return self._known.get(file_name, self._usual)

    def decide(self, file_name: str, wishes: Wishes) -> None:
        """Keep this for a model."""
        if wishes == self._usual:
            self._known.pop(file_name, None)
        else:
            self._known[file_name] = wishes
        self._keep(dict(self._known))
