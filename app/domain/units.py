"""Numbers in words, the same in the window, on the command line and in reports."""

_BINARY_UNITS = ("KiB", "MiB", "GiB", "TiB")
UNIT_BYTES = {"bytes": 1} | {unit: 1024**n for n, unit in enumerate(_BINARY_UNITS, 1)}


def format_bytes(count_bytes: int) -> str:
    """Say a size in binary units with three significant digits, e.g. ``93.8 MiB``."""
    if count_bytes < 1000:
        return f"{count_bytes} bytes"
    value, step = count_bytes / 1024, 0
    while value >= 999.5 and step < len(_BINARY_UNITS) - 1:
        value, step = value / 1024, step + 1
    return f"{value:.3g} {_BINARY_UNITS[step]}" if value < 999.5 else f"{value:,.0f} TiB"


def format_rate(bytes_per_s: float) -> str:
    """Say how fast a network is in decimal units, as its providers do, e.g. ``5.5 MB/s``."""
    if bytes_per_s < 100_000:
        return f"{bytes_per_s / 1000:.0f} kB/s"
    return f"{bytes_per_s / 1_000_000:.1f} MB/s"


def format_count(count: int) -> str:
    """Say a count with grouped digits, e.g. ``262,144``."""
    return f"{count:,}"


def format_duration(seconds: float) -> str:
    """Say a waiting time as coarsely as a person would, e.g. ``40 s`` or ``3 min``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
