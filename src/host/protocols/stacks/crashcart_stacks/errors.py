"""Ends of a reading."""


class Refused(Exception):
    """No reading of this process: `absent`, `denied` or `failed`, with the reason."""

    def __init__(self, why: str, text: str) -> None:
        Exception.__init__(self, text)
        self.why = why


class Torn(Exception):
    """Memory is not as expected: it changed while it was read, or is not readable at that address."""


class Exhausted(Exception):
    """A limit of the reading is reached; what was read so far stands."""
