"""Downloads: the process that fetches models, and the window's end of it."""
