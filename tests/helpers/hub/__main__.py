"""A hub as a process of its own: `python -m tests.helpers.hub`.

Prints its addresses as a line of JSON, then answers one line of JSON per order on stdin:
`{"add": NAME, "files": {PATH: [BYTES, SEED]}}`, `{"fault": {…}}`, `{"clear": 1}` (faults and
log), `{"rate": BYTES_PER_S}` for every connection, `{"link_life": SECONDS}`, `{"log": 1}`,
`{"wait": ORIGIN, "bytes": N}` until that origin sent so much and is not done. Ends with its stdin.
"""

import json
import sys
from typing import Any

import msgspec

from tests.helpers.hub import Fault, Hub, Logged, Pattern, sha256_of


def main() -> None:
    """Serve until stdin ends."""
    with Hub() as hub:
        _say({"hub": hub.url, "cdn": hub.cdn_url, "token": hub.token})
        for line in sys.stdin:
            _say(_obey(hub, json.loads(line)))


def _obey(hub: Hub, order: dict[str, Any]) -> Any:
    match order:
        case {"add": name, "files": files}:
            contents = {path: Pattern(*numbers) for path, numbers in files.items()}
            hashes = {path: sha256_of(content) for path, content in contents.items()}
            return {"commit": hub.add(name, contents), "sha256": hashes}
        case {"fault": fault}:
            hub.fault(msgspec.convert(fault, Fault))
        case {"clear": 1}:
            hub.clear_faults()
            hub.clear_log()
        case {"rate": bytes_per_s}:
            hub.bytes_per_s_per_connection = bytes_per_s
        case {"link_life": life_s}:
            hub.link_life_s = life_s
        case {"wait": origin, "bytes": count}:
            hub.wait_for(lambda log: _is_busy(log, origin, count))
        case {"log": 1}:
            return msgspec.to_builtins(hub.log)
        case _:
            return {"unknown": order}
    return {}


def _is_busy(log: list[Logged], origin: str, count: int) -> bool:
    entries = [entry for entry in log if entry.origin == origin]
    is_open = any(not entry.is_over for entry in entries)
    return is_open and sum(entry.bytes_sent for entry in entries) >= count


def _say(value: Any) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
