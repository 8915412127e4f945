"""Prompts of Mistral's models, token for token those of Mistral's own reference."""
