"""models.toml as checked domain values."""
