"""Quiz: practice questions with the reason for every option, and a sibling after a mistake."""

from __future__ import annotations

from string import ascii_lowercase

import traitlets

from convbook import items
from convbook.chance import random_from, seed_of, shuffled
from convbook.items.prose import plain

from ._base import BookWidget, bundle, style
from ._limits import mapping, whole
from ._text_picture import text_picture

BANK = {question.id: question for question in items.questions()}
LARGEST_SEED = 9999
MOST_OPTIONS = max(len(question.options) for question in BANK.values())


class Quiz(BookWidget):
    """Questions of the practice bank, one after the other; never the graded ones.

    Inputs: ``objective`` (1 to 14, or 0: one question of every family); ``seed`` (which questions,
    and the order of questions and options); ``question``, the id of the one on show ("" is the
    first that is not answered yet); ``chosen``, the option marked but not yet checked, counted from
    0 as the bank lists them (-1: none); ``answers``, the option that was checked first for each id.

    >>> quiz = Quiz(question="output-size-1", answers={"output-size-1": 0})
    >>> quiz.feedback
    'Right. ⌊(28 − 3 + 2·0) / 1⌋ + 1 = 26.'
    """

    _esm = bundle("quiz.js")
    _css = style("quiz.css")

    objective = traitlets.Int(0, min=0, max=14).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=LARGEST_SEED).tag(sync=True)
    question = traitlets.Enum(["", *BANK], "").tag(sync=True)
    chosen = traitlets.Int(-1, min=-1, max=MOST_OPTIONS - 1).tag(sync=True)
    answers = traitlets.Dict().tag(
        sync=True,
        limit=mapping({name: whole(0, len(q.options) - 1) for name, q in BANK.items()}),
    )

    @traitlets.validate("answers")
    def _check_answers(self, proposal):
        for name, chosen in proposal["value"].items():
            if name not in BANK:
                raise traitlets.TraitError(
                    f"answers has a question {name!r}; ids look like {next(iter(BANK))!r}"
                )
            if chosen not in range(len(BANK[name].options)):
                raise traitlets.TraitError(
                    f"answers[{name!r}] must be an option from 0 to "
                    f"{len(BANK[name].options) - 1}; got {chosen!r}"
                )
        return proposal["value"]

    @property
    def deck(self) -> list[str]:
        """Ids of this round's questions, in order."""
        if self.objective:
            names = [q.id for q in items.questions(objective=self.objective)]
        else:
            families: dict[str, list[str]] = {}
            for question in BANK.values():
                families.setdefault(question.family, []).append(question.id)
            draw = random_from(self.seed)
            names = [ids[int(draw() * len(ids))] for ids in families.values()]
        return shuffled(names, self.seed)

    @property
    def current(self) -> items.Question | None:
        """The question on show; None when the round is over."""
        name = self.question or next((n for n in self.deck if n not in self.answers), None)
        return BANK[name] if name else None

    @property
    def options(self) -> list[items.Option]:
        """The options of the current question in the order shown."""
        if self.current is None:
            return []
        return shuffled(self.current.options, seed_of(f"{self.current.id} {self.seed}"))

    @property
    def feedback(self) -> str:
        """What is said of the answer to the current question; nothing before it is checked."""
        if self.current is None or self.current.id not in self.answers:
            return ""
        option = self.current.options[self.answers[self.current.id]]
        return f"{'Right' if option.right else 'Not right'}. {plain(option.reason)}"

    @property
    def sibling(self) -> str | None:
        """Id of a question of the same family that has no answer yet."""
        if self.current is None:
            return None
        family = [q.id for q in items.questions(family=self.current.family)]
        at = family.index(self.current.id)
        return next((n for n in family[at + 1 :] + family[:at] if n not in self.answers), None)

    @property
    def right(self) -> int:
        """Questions of this round that were right at the first try."""
        return sum(
            BANK[name].options[self.answers[name]].right
            for name in self.deck
            if name in self.answers
        )

    @property
    def practised(self) -> dict[str, list[int]]:
        """``{objective: [right, answered]}``, as `Progress` takes it."""
        tally: dict[str, list[int]] = {}
        for name, chosen in self.answers.items():
            counts = tally.setdefault(str(BANK[name].objective), [0, 0])
            counts[0] += BANK[name].options[chosen].right
            counts[1] += 1
        return tally

    @property
    def caption(self) -> str:
        if self.current is None:
            return f"All {len(self.deck)} questions of this round are answered, {self.right} right."
        letter = ascii_lowercase[self.options.index(self.current.right)]
        reason = plain(self.current.right.reason)
        return (
            f"A practice question from section {self.current.section}. Answer: ({letter}). {reason}"
        )

    def picture(self) -> str:
        """The current question and its options, as SVG."""
        if self.current is None:
            return text_picture("The quiz is over", [self.caption])
        options = [
            f"({letter}) {plain(option.text)}"
            for letter, option in zip(ascii_lowercase, self.options, strict=False)
        ]
        lines = [plain(self.current.stem), *options]
        return text_picture(" ".join(lines), lines)
