"""Names of people and files as text: nothing of them is an order to a terminal or to a browser."""

import re

# Control characters but line ends and tabs, and the marks that turn the direction of what follows.
_ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MARKUP = str.maketrans({"<": "‹", ">": "›", '"': "”", "&": "＆"})


def printable(text: str) -> str:
    """The text without what a terminal would obey; every letter of every script stays."""
    return _ORDERS.sub("", text)


def unmarked(text: str) -> str:
    """The text with look-alikes of what begins markup, for pages that put it in as it is."""
    return printable(text).translate(_MARKUP)
