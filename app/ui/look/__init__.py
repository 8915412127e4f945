"""How Cierzo looks: colours, type, spacing, icons, motion."""
