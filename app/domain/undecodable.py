"""What decoders raise at JSON and TOML that others wrote, or a disk damaged."""

# All of msgspec's errors and that of bytes that are no text are ValueErrors. The other one is what
# some thousand brackets end in, also where nobody asked for the key that they belong to.
UNDECODABLE = (ValueError, RecursionError)
