"""Making installers: each module is one step, and none of it is part of the program."""
