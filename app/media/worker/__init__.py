"""The throw-away process; the only place that imports Pillow and what reads documents."""
