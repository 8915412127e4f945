"""What Cierzo is on the desktop beside its window: made after the first picture."""
