"""The small model to try the app with, as something that can be downloaded."""

from app.catalog.starter import Starter
from app.domain.chat import Thinking
from app.domain.library import Installed
from app.services.offers import BuildOffer, ModelOffer


def starter_offer(starter: Starter) -> ModelOffer:
    """Say of it what is said of any model; whether it fits is no question."""
    build = starter.build
    return ModelOffer(
        id=starter.id,
        name=starter.name,
        about="",
        released="",
        license=starter.license,
        license_note="",
        limit_tokens=0,
        sees_pictures=False,
        thinking=Thinking.NEVER,
        builds=(
            BuildOffer(
                id=build.id,
                repository=build.repository,
                bytes=build.total_bytes,
                is_approximate=False,
                plan=None,
            ),
        ),
    )


def is_starter(installed: Installed, starter: ModelOffer) -> bool:
    """Whether that is what is installed."""
    return any(
        (installed.repository, installed.build) == (build.repository, build.id)
        for build in starter.builds
    )
