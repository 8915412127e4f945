"""Everything that can go wrong with a download, as a table that is run by tests and a script."""
