"""Stands in for `convbook.widgets` while a notebook is marked: it shows nothing, computes nothing.

A real widget could answer a question (a calculator knows the output size), and nobody looks at it
there. A cell that shows one runs all the same.
"""


class Picture:
    """Takes any state and keeps it; everything that a widget can compute is missing."""

    def __init__(self, **state):
        self.__dict__.update(state)

    def observe(self, *_args, **_kwargs):
        """Nothing ever changes here."""

    unobserve = observe


def __getattr__(name):
    if name.startswith("_"):
        raise AttributeError(name)
    return type(name, (Picture,), {})
