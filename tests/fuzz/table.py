"""All targets, by name."""

from tests.fuzz import (
    documents,
    downloads,
    gguf,
    importers,
    kept_files,
    markdown,
    prompts,
    servers,
    updates,
    workers,
)
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        gguf.TARGET,
        *workers.TARGETS,
        *downloads.TARGETS,
        *prompts.TARGETS,
        *markdown.TARGETS,
        importers.TARGET,
        servers.TARGET,
        documents.TARGET,
        *kept_files.TARGETS,
        *updates.TARGETS,
    )
}
