"""Why Colophon does not start, in a sentence for the person who started it."""


class StartRefused(Exception):
    """The message says what is wrong and what to do; no traceback is needed to act on it."""
