"""Presets of chats, their system prompts, and the library of prompts."""
