"""Child processes that speak JSON lines: both ends, limits and watchdog, no policy."""
