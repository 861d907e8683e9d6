"""Guesses earn about nothing: an adversary searches every notebook; the rules behind it."""

import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from the_course import DEFINITION, catalogue

from autograder.jail.student import LocalStudent
from autograder.marking import (
    Array,
    Choice,
    Follows,
    Number,
    Shape,
    Statements,
    Table,
    Verdict,
    Word,
    deduct_wrong_choices,
    question,
)

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benchmarks"))

import blind_play  # noqa: E402
import blind_rules  # noqa: E402


@pytest.fixture(scope="module")
def table():
    return {name: blind_play.play(DEFINITION, name) for name in DEFINITION.assignments()}


def test_outside_choices_the_best_blind_play_earns_at_most_two_percent(table):
    too_much = {name: row for name, row in table.items() if row["outside_percent"] > 2}
    assert too_much == {}


def test_choices_made_blindly_earn_little_and_in_notebook_08_as_much_as_in_gate(table):
    choices = {name: row["choices_percent"] for name, row in table.items()}
    gate = choices.pop("08-multiple-choice")
    assert gate == pytest.approx(7.5, abs=0.1)
    assert max(choices.values()) <= 3


def test_the_security_page_has_what_was_found_of_every_notebook(table):
    page = (ROOT / "book" / "instructors" / "security.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| (\d\d) [^|]+\| ([\d.]+) \| ([^|]*)\| ([^|]*)\|$", page)
    quoted = {number: [float(points), *map(_percent, shares)] for number, points, *shares in rows}
    columns = ("points", "outside_percent", "choices_percent")
    found = {name[:2]: [row[column] for column in columns] for name, row in table.items()}
    assert quoted == {name: pytest.approx(row, abs=0.051) for name, row in found.items()}


def _percent(cell: str) -> float:
    return float(cell.replace("%", "").strip() or 0)


def test_the_adversary_finds_what_there_is_to_find():
    """A question that gives points to a guess is not overlooked."""

    @question("weak")
    def weak():
        counts = Number(name="weak_count", key=7, otherwise="no", points=1)
        after = Number(
            name="weak_double",
            key=14,
            otherwise="no",
            points=1,
            follows=Follows(("weak_count",), lambda count: 2 * count, "it follows"),
        )
        return [counts, after]

    sheet = blind_rules.Sheet(weak, [3.0, 7.0], [])
    sheet.asked = [
        blind_rules.Asked(name, "whole number") for name in ("weak_count", "weak_double")
    ]
    earned = {}
    for rule, answers in blind_rules.number_rules(sheet):
        earned[rule] = sheet.points({k: v for k, v in answers.items() if v is not None})
    assert earned["7 everywhere"] == 1
    assert earned["7 first, then what follows"] == 2
    assert earned["number 1 of the statement"] == 1
    assert earned["9 first, then what follows"] == 0.5  # near enough to be a slip
    assert earned["30 first, then what follows"] == 0  # invented


def test_true_statements_stand_everywhere_and_are_not_always_as_many():
    places, counts = Counter(), Counter()
    for name in DEFINITION.assignments():
        for asked in catalogue.load(name).values():
            for part in asked.parts():
                if isinstance(part, Statements):
                    places.update(part.true)
                    counts[len(part.true) / len(part.letters)] += 1
    assert len(counts) >= 3
    assert max(places[letter] for letter in "abcd") - min(places[letter] for letter in "abcd") <= 1


# --- one slip, and what was wrong ----------------------------------------------------------------


def mark(*parts, **answers):
    return question("q")(lambda: parts).check(LocalStudent(answers))


STATEMENTS = Statements(
    name="s",
    true="ac",
    points=2,
    idea="what a mean is.",
    why={letter: f"why {letter}?" for letter in "abcde"},
)


@pytest.mark.parametrize(("ticked", "points"), [("ac", 2), ("a", 1), ("abc", 1), ("ab", 0)])
def test_one_slip_costs_half_and_two_cost_all(ticked, points):
    assert mark(STATEMENTS, s=ticked).points == points


def test_what_is_right_makes_no_other_part_good():
    other = Number(name="n", key=7, otherwise="no", points=2)
    assert mark(STATEMENTS, other, s="ac", n=8).points == 2


@pytest.mark.parametrize(("right", "points"), [(4, 2), (3, 1), (2, 0), (0, 0)])
def test_entries_that_chance_may_hit_count_less_the_wrong_ones(right, points):
    key = np.arange(4)
    found = np.where(key < right, key, 9)
    assert mark(Array(name="a", key=key, otherwise="no", points=2), a=found).points == points


def test_what_counts_with_another_answer_earns_nothing_beside_a_wrong_one():
    """A reason counts also beside a number that a slip led to; beside a wrong choice it doesn't."""
    count = Number(name="n", key=10, otherwise="no")
    double = Number(name="d", key=20, otherwise="no", needs=("n",))
    assert [mark(count, double, n=n, d=20).points for n in (10, 9, 90)] == [2, 0, 0]
    words = {"key": "a", "choices": ("a", "b"), "why": {"b": "no"}}
    reason = Word(name="r", needs=("n",), **words)
    assert [mark(count, reason, n=n, r="a").points for n in (10, 9, 90)] == [2, 1, 0]
    choice, why = Word(name="c", **words), Word(name="w", needs=("c",), **words)
    assert [mark(choice, why, c=c, w="a").points for c in "ab"] == [2, 0]
    judged = Word(name="j", needs=("s",), **words)
    assert [mark(STATEMENTS, judged, s=s, j="a").points for s in ("ac", "a", "ab")] == [3, 2, 0]


def test_from_a_shape_only_a_slip_leads_on():
    shape = Shape(name="s", key=(8, 10), otherwise="no")
    follows = Follows(("s",), lambda shape: shape[0] * shape[1], "it follows")
    area = Number(name="a", key=80, otherwise="no", follows=follows)
    shapes = {(8, 10): 2, (8, 9): 0.5, (9, 9): 0, (80, 100): 0}
    assert {s: mark(shape, area, s=s, a=s[0] * s[1]).points for s in shapes} == shapes


def test_a_gap_in_a_table_is_a_slip():
    keys = {letter: (letter in "ac", "why?") for letter in "abcd"}
    part = Table(name="t", keys=keys, read=lambda v, _: v, points=2, idea="it.")
    right = {letter: letter in "ac" for letter in "abcd"}
    assert mark(part, t=right).points == 2
    assert mark(part, t=right | {"b": None}).points == 1
    assert mark(part, t=right | {"b": True, "c": False}).points == 0


def test_before_the_deadline_nobody_is_told_which_judgement_was_wrong():
    said = [mark(STATEMENTS, s=ticked) for ticked in ("ab", "abc", "a", "bd")]
    assert len({verdict.messages for verdict in said}) == 4
    [early] = {verdict.early for verdict in said}
    assert "what a mean is." in early[0]
    assert "why" not in early[0]


def test_every_set_of_judgements_of_the_book_has_an_early_message():
    for name in DEFINITION.assignments():
        for asked in catalogue.load(name).values():
            for part in asked.parts():
                if isinstance(part, Statements | Table):
                    assert len(part.idea) > 20, part.name


# --- a third off ---------------------------------------------------------------------------------


def verdicts(right, wrong, blank=0):
    found = [Verdict(1, 1)] * right + [Verdict(0, 1, ("no",), penalty=1 / 3)] * wrong
    return {f"q{at}": verdict for at, verdict in enumerate([*found, *[Verdict(0, 1)] * blank])}


@pytest.mark.parametrize(
    ("right", "wrong", "blank", "points"),
    [(10, 0, 0, 10), (7, 3, 0, 6), (7, 0, 3, 7), (3, 7, 0, 2 / 3), (2, 8, 0, 0), (0, 10, 0, 0)],
)
def test_a_wrong_choice_takes_a_third_off_and_never_below_nothing(right, wrong, blank, points):
    counted = deduct_wrong_choices(verdicts(right, wrong, blank))
    assert sum(v.points for v in counted.values()) == pytest.approx(points, abs=1e-5)
    reduced = [v for v in counted.values() if "take" in " ".join(v.messages)]
    assert len(reduced) == (right if right and wrong else 0), "nothing is taken off in silence"
    switched_off = deduct_wrong_choices(verdicts(right, wrong, blank), takes_off=False)
    assert sum(v.points for v in switched_off.values()) == right


def test_what_is_said_before_the_deadline_stays_what_it_was_where_points_are_taken_off():
    early = Verdict(1, 2, ("you forgot (b)",), early=("not all is right",))
    counted = deduct_wrong_choices({"s": early} | verdicts(right=1, wrong=1))
    assert counted["s"].early[0] == "not all is right"
    assert len(counted["s"].early) == len(counted["s"].messages) == 2
    assert counted["q0"].early == (), "then its messages are told"


def test_no_answer_takes_nothing_off():
    part = Choice(name="c", options=("x", "y"), right="x", why={"y": "why?"}, off=1 / 3)
    assert mark(part, c="y").penalty == pytest.approx(1 / 3)
    assert mark(part, c="x").penalty == mark(part, c=...).penalty == mark(part).penalty == 0
    both = (part, replace(part, name="d"))
    assert mark(*both, c="y", d="y").penalty == pytest.approx(2 / 3)
