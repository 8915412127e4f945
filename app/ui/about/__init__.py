"""What Cierzo is: its version, what has changed, what it is made of, where its files lie."""
