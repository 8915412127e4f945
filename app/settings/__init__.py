"""What the person chose, and where their files live."""
