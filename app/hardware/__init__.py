"""What this PC has: processor and memory."""
