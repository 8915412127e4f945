"""What is installed: the index of the model folders, and models that other programs keep."""
