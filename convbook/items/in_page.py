"""Two quick questions at the end of a page: plain HTML that works on paper and without scripts.

A notebook calls `check_yourself`. A Markdown page has no cells, so the same HTML stands in it,
below a comment that names the questions; ``python -m convbook.items.in_page book/*.md`` writes it
there again after a change of the bank.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

from IPython.display import HTML

from . import Question, questions
from .prose import marked

_IN_MARKDOWN = re.compile(
    r"(<!-- check-yourself: ([\w -]+?) -->\n)(?:<div class=.*?\n</div>\n)?", re.S
)


def check_yourself(*ids: str, first: int = 1) -> HTML:
    """Show questions of the bank by their ids, options shuffled, each answer and reason folded.

    They are numbered from ``first``.

    Raises ``KeyError`` that names an id which the bank doesn't have.
    """
    bank = {question.id: question for question in questions()}
    unknown = [name for name in ids if name not in bank]
    if unknown:
        raise KeyError(
            f"no question {', '.join(unknown)} in the bank; ids look like {next(iter(bank))}"
        )
    shown = (_question(number, bank[name]) for number, name in enumerate(ids, start=first))
    return HTML(f'<div class="cb-check">\n{"".join(shown)}</div>')


def written_out(page: str) -> str:
    """Return a Markdown page with the questions that its comment names, as the bank has them now.

    The comment is ``<!-- check-yourself: id id -->``. Raises ``KeyError`` for an id that isn't
    in the bank.
    """
    return _IN_MARKDOWN.sub(lambda m: f"{m[1]}{check_yourself(*m[2].split()).data}\n", page)


def _question(number: int, question: Question) -> str:
    # The same order on every build, and another one for every question.
    options = random.Random(question.id).sample(question.options, len(question.options))
    choices = "".join(f"<li>{marked(option.text)}</li>\n" for option in options)
    reasons = "".join(
        f"<li>{'<strong>Right.</strong> ' if option.right else ''}{marked(option.reason)}</li>\n"
        for option in options
    )
    return (
        f"<p><strong>{number}.</strong> {marked(question.stem)}</p>\n"
        f'<ol type="a">\n{choices}</ol>\n'
        "<details><summary>I have chosen: show the reasons</summary>\n"
        f'<ol type="a">\n{reasons}</ol></details>\n'
    )


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(written_out(path.read_text("utf8")), "utf8")
