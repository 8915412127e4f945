"""Values and rules: standard library and msgspec only, no input or output."""
