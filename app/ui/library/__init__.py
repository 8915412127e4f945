"""What is installed: the list in the Models page and the way to add what is on this PC."""
