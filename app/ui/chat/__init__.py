"""The chat page: sidebar, transcript and composer."""
