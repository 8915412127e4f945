"""GGUF headers: bytes in, values out, every number checked before it is believed."""
