"""Why one placement is given up and the next one is tried."""


class Unfit(Exception):
    """This PC cannot do it like that, or not now; `args[0]` is for the report."""
