"""Flashcards: interview questions to answer aloud, and the answer on the back."""

from __future__ import annotations

import traitlets

from convbook import items
from convbook.chance import shuffled
from convbook.items.prose import plain

from ._base import BookWidget, bundle, counted, style
from ._limits import choice, sequence
from ._text_picture import text_picture

CARDS = {card.id: card for card in items.flashcards()}
LARGEST_SEED = 9999


class Flashcards(BookWidget):
    """Cards that come again until the reader knew each of them.

    Inputs: ``card``, the id of the one on top ("": the first not yet known); ``flipped``, whether
    its back is seen; ``known``, ids of the cards that the reader knew; ``seed``, which decides the
    order.

    >>> Flashcards(card="macs-flops").current.front
    'MACs or FLOPs?'
    """

    _esm = bundle("flashcards.js")
    _css = style("flashcards.css")

    seed = traitlets.Int(1, min=0, max=LARGEST_SEED).tag(sync=True)
    card = traitlets.Enum(["", *CARDS], "").tag(sync=True)
    flipped = traitlets.Bool(False).tag(sync=True)
    known = traitlets.List(traitlets.Enum(list(CARDS)), maxlen=len(CARDS)).tag(
        sync=True, limit=sequence(choice(CARDS), 0, len(CARDS))
    )

    @property
    def order(self) -> list[str]:
        """Ids of all cards, in the order in which they come."""
        return shuffled(list(CARDS), self.seed)

    @property
    def left(self) -> list[str]:
        """Ids of the cards that are not known yet, in order."""
        return [name for name in self.order if name not in self.known]

    @property
    def current(self) -> items.Flashcard | None:
        """The card on top; None when all are known."""
        name = self.card or next(iter(self.left), None)
        return CARDS[name] if name else None

    @property
    def caption(self) -> str:
        if self.current is None:
            return f"A pile of {counted(len(CARDS), 'card')}, and every one of them known."
        return f"One of {counted(len(CARDS), 'card')} with interview questions, both its sides."

    def picture(self) -> str:
        """Both sides of the card on top, as SVG."""
        if self.current is None:
            return text_picture("All cards are known", [self.caption])
        sides = [plain(self.current.front), plain(self.current.back)]
        return text_picture(" ".join(sides), sides)
