"""What readers have in common: files within limits, uncertain JSON, trees of messages."""
