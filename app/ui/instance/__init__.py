"""One window per data folder: a second start asks the first one to come to the front."""
