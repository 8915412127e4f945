"""Where the electricity comes from. psutil comes with the first question, not at the start."""

_LOW_PERCENT = 20


def is_on_mains() -> bool:
    """Whether this PC is plugged in; one without a battery is."""
    import psutil

    battery = psutil.sensors_battery()
    return battery is None or battery.power_plugged is not False


def is_battery_low() -> bool:
    """Whether it runs on a battery that is nearly empty."""
    import psutil

    battery = psutil.sensors_battery()
    return battery is not None and battery.power_plugged is False and battery.percent < _LOW_PERCENT
