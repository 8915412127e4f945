"""Whether Cierzo is silent: a session that is watched, and what is sent when it is asked to."""
