"""Two quick questions at the end of a page: plain HTML that works on paper and without scripts."""

from __future__ import annotations

import random

from IPython.display import HTML

from . import Question, questions
from .prose import marked


def check_yourself(*ids: str) -> HTML:
    """Show questions of the bank by their ids, options shuffled, each answer and reason folded.

    Raises ``KeyError`` that names an id which the bank doesn't have.
    """
    bank = {question.id: question for question in questions()}
    unknown = [name for name in ids if name not in bank]
    if unknown:
        raise KeyError(
            f"no question {', '.join(unknown)} in the bank; ids look like {next(iter(bank))}"
        )
    shown = (_question(number, bank[name]) for number, name in enumerate(ids, start=1))
    return HTML(f'<div class="cb-check">{"".join(shown)}</div>')


def _question(number: int, question: Question) -> str:
    # The same order on every build, and another one for every question.
    options = random.Random(question.id).sample(question.options, len(question.options))
    choices = "".join(f"<li>{marked(option.text)}</li>" for option in options)
    reasons = "".join(
        f"<li>{'<strong>Right.</strong> ' if option.right else ''}{marked(option.reason)}</li>"
        for option in options
    )
    return (
        f"<p><strong>{number}.</strong> {marked(question.stem)}</p>"
        f'<ol type="a">{choices}</ol>'
        "<details><summary>I have chosen: show the reasons</summary>"
        f'<ol type="a">{reasons}</ol></details>'
    )
