"""Submissions that are more alike than a class's own work is: something to look at, no verdict.

Three things are compared, each without what was handed out and what more than half of a class has:

- the code that students wrote, in runs of tokens, without comments, strings and spacing: functions
  and other programs, since a taught formula on a line of its own is the same for many;
- what they wrote in words: written answers, comments and texts in code, in runs of words;
- short answers that nobody else gave. A right number tells nothing, since honest students have it
  too. A wrong answer that no checker has a name for does, and so does a sentence in a comment. One
  of them is chance; `LEAST_ANSWERS`, which are most of what the two got wrong, are not. A right
  answer in an unusual form counts only where the two gave the same text to every question.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from autograder.course.work import LONG, TOKENS, WORDS, Work, own_tokens, runs
from autograder.handin.forms import counted

#: Code: so many runs of tokens are shared, so large a share of all.
LEAST_RUNS, SIMILAR = 12, 0.9
#: Words: a text of so many is the same, or so many runs are shared, that share of the shorter one.
LEAST_SAME, LEAST_WORDS, COPIED = 20, 20, 0.7
#: Short answers: so many that nobody else gave, so large a share of all that is wrong or told.
LEAST_ANSWERS, AGREEING, LEAST_COMMENT = 3, 0.6, 5

#: What the report says was compared, and what of it does not count.
COMPARED = (
    "code that students wrote themselves, without comments, texts and spacing (cells with a "
    f"function, a loop or a condition, or of {LONG} tokens; from {LEAST_RUNS + TOKENS - 1} tokens)",
    f"answers in words, and comments and texts in code (from {LEAST_SAME} words)",
    f"short answers that nobody else gave (from {LEAST_ANSWERS} of them): wrong in a way that has "
    f"no name here, or with a comment of {LEAST_COMMENT} words or more; right ones in a form of "
    "their own only where all answers are the same",
)
NOT_COUNTED = "what was handed out, what more than half of the class wrote, and right numbers"


@dataclass(frozen=True)
class Pair:
    """Two students, and what is alike in their submissions, in words."""

    one: str
    other: str
    reasons: tuple[str, ...]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _rare(found: Mapping[str, frozenset]) -> dict[str, frozenset]:
    """Of each student's parts, those that no more than half of the class has."""
    common = Counter(itertools.chain.from_iterable(found.values()))
    half = max(len(found) / 2, 2)
    return {s: frozenset(p for p in own if common[p] <= half) for s, own in found.items()}


def _pairs(found: Mapping[str, frozenset], least: int) -> Iterator[tuple[str, str, int]]:
    """Pairs that share at least `least` rare parts, and how many."""
    enough = {s: own for s, own in sorted(_rare(found).items()) if len(own) >= least}
    for (one, a), (other, b) in itertools.combinations(enough.items(), 2):
        if (both := len(a & b)) >= least:
            yield one, other, both


def _alike_code(works: Mapping[str, Work]) -> Iterator[tuple[str, str, str]]:
    rare = _rare({student: work.code for student, work in works.items()})
    for one, other, both in _pairs({s: w.code for s, w in works.items()}, LEAST_RUNS):
        share = both / len(rare[one] | rare[other])
        if share >= SIMILAR:
            yield one, other, f"{_percent(share)} of the code"


def _alike_words(works: Mapping[str, Work]) -> Iterator[tuple[str, str, str]]:
    """Texts in the same place; of each, the whole or runs of words."""
    for place in sorted({place for work in works.values() for place in work.texts}):
        texts = {s: work.texts[place] for s, work in works.items() if place in work.texts}
        same = {s: frozenset([text]) for s, text in texts.items() if len(text) >= LEAST_SAME}
        whole = {(one, other) for one, other, _ in _pairs(same, 1)}
        for one, other in sorted(whole):
            yield one, other, f"{place}: the same {len(texts[one])} words"
        parts = {s: runs(text, WORDS) for s, text in texts.items()}
        for one, other, both in _pairs(parts, LEAST_WORDS):
            share = both / min(len(parts[one]), len(parts[other]))
            if share >= COPIED and (one, other) not in whole:
                yield one, other, f"{place}: {_percent(share)} of the words"


# --- short answers that nobody else gave ---------------------------------------------------------


def _told(work: Work) -> dict[str, Hashable]:
    """The answers that tell something, with what of them has to be the same."""
    told: dict[str, Hashable] = {}
    for name, source in work.answers.items():
        comment = work.comments.get(name, ())
        if name in work.wrong:
            told[name] = ("wrong", *own_tokens(source))
        elif sum(len(word) > 1 and not word.isdigit() for word in comment) >= LEAST_COMMENT:
            told[name] = ("comment", *comment)
    return told


def _forms(work: Work) -> dict[str, Hashable]:
    """The answers that are worked out in the cell, letter by letter; a mere number has no form."""
    return {
        name: ("form", source)
        for name, source in work.answers.items()
        if not {*"+-*/%"}.isdisjoint(own_tokens(source))
    }


def _holders(told: Mapping[str, Mapping[str, Hashable]]) -> Mapping[frozenset[str], set[str]]:
    """Groups of students with the questions to which they, and nobody else, gave one answer."""
    who = defaultdict(set)
    for student, answers in told.items():
        for name, answer in answers.items():
            who[name, answer].add(student)
    groups = defaultdict(set)
    for (name, _), students in who.items():
        groups[frozenset(students)].add(name)
    return groups


def _alike_answers(works: Mapping[str, Work]) -> Iterator[tuple[str, str, str]]:
    told = {student: _told(work) for student, work in works.items()}
    forms = {student: _forms(work) | told[student] for student, work in works.items()}
    few = max(len(works) / 5, 2)
    found = {}
    for own, whole in ((told, False), (forms, True)):
        for group, names in _holders(own).items():
            if not 2 <= len(group) <= few or len(names) < LEAST_ANSWERS:
                continue
            for one, other in itertools.combinations(sorted(group), 2):
                if whole:
                    agree = works[one].answers == works[other].answers
                else:
                    agree = len(names) >= AGREEING * len(own[one].keys() | own[other].keys())
                if agree:
                    found.setdefault((one, other), names)
    for (one, other), names in sorted(found.items()):
        some = counted(len(names), "answer")
        yield one, other, f"{some} that nobody else gave: {', '.join(sorted(names))}"


def pairs(works: Mapping[str, Work]) -> list[Pair]:
    """Pairs whose submissions are alike in what `COMPARED` says, with what that is."""
    reasons: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for alike in (_alike_code, _alike_words, _alike_answers):
        for one, other, reason in alike(works):
            reasons[one, other].append(reason)
    found = [Pair(*both, tuple(why)) for both, why in reasons.items()]
    return sorted(found, key=lambda pair: (-len(pair.reasons), pair.one, pair.other))
