"""Where a model's parts should lie on this PC, and how fast it will be there."""
