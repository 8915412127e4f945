"""The Models page: what this PC can run, where it would lie, and how to change that."""
