"""The base of downloads: `hf_hub_download` of huggingface_hub, without hf_xet.

Run as a child: every line on stdin is a file to fetch into an empty cache, answered as
`{"s", "cpu_s", "peak_mb"}`.
"""

import json
import os
import resource
import shutil
import sys
import time

os.environ |= {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}

from huggingface_hub import hf_hub_download


def main() -> None:
    """Answer until stdin ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        began_s, busy_s = time.perf_counter(), time.process_time()
        hf_hub_download(
            asked["repository"],
            asked["path"],
            cache_dir=asked["folder"],
            endpoint=asked["endpoint"],
            token=False,
        )
        elapsed_s, busy_s = time.perf_counter() - began_s, time.process_time() - busy_s
        shutil.rmtree(asked["folder"])
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        print(json.dumps({"s": elapsed_s, "cpu_s": busy_s, "peak_mb": peak_mb}), flush=True)


if __name__ == "__main__":
    main()
