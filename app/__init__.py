"""Cierzo: private chat with open models."""
