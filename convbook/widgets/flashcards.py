"""Flashcards: interview questions to answer aloud, and the answer on the back."""

from __future__ import annotations

from datetime import date

import traitlets

from convbook import items
from convbook.chance import shuffled
from convbook.items.prose import plain

from ._base import BookWidget, bundle, counted, style
from ._limits import choice, mapping, places, sequence, whole
from ._text_picture import text_picture

CARDS = {card.id: card for card in items.flashcards()}
LARGEST_SEED = 9999
#: Days until a card comes again, by its box: each time it is known it moves one box on (Leitner).
WAITS = (0, 1, 3, 7, 21, 60)
LAST_DAY = 100_000


class Flashcards(BookWidget):
    """Cards that come again until the reader knew each of them.

    Inputs: ``card``, the id of the one on top ("": the first not yet known); ``flipped``, whether
    its back is seen; ``known``, ids of the cards that the reader knew; ``schedule``, for each card
    that was answered its box (0 to 5) and the day on which it comes again, even if it was known;
    ``today`` (0: by the clock; days are counted from 1 January 1970); ``seed``, which decides the
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

    schedule = traitlets.Dict().tag(
        sync=True,
        limit=mapping(
            {card: places(whole(0, len(WAITS) - 1), whole(0, LAST_DAY)) for card in CARDS}
        ),
    )
    today = traitlets.Int(0, min=0, max=LAST_DAY).tag(sync=True)

    @traitlets.validate("schedule")
    def _check_schedule(self, proposal):
        for name, entry in proposal["value"].items():
            fits = name in CARDS and len(entry) == 2 and all(isinstance(n, int) for n in entry)
            if not (fits and 0 <= entry[0] < len(WAITS) and 0 <= entry[1] <= LAST_DAY):
                raise traitlets.TraitError(
                    f"schedule must give for a card's id [box 0 to {len(WAITS) - 1}, day]; "
                    f"got {name!r}: {entry!r}"
                )
        return {name: list(entry) for name, entry in proposal["value"].items()}

    @property
    def day(self) -> int:
        """Today, in days since 1 January 1970."""
        return self.today or (date.today() - date(1970, 1, 1)).days

    def _is_due(self, name: str) -> bool:
        return name in self.schedule and self.schedule[name][1] <= self.day

    @property
    def order(self) -> list[str]:
        """Ids of all cards, in the order in which they come."""
        return shuffled(list(CARDS), self.seed)

    @property
    def left(self) -> list[str]:
        """Ids of the cards that are not known yet, or have to be known again today, in order."""
        return [name for name in self.order if name not in self.known or self._is_due(name)]

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
