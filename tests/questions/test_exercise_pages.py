"""Sections 19 and 20.1 show the exercises of solutions/, and no answer."""

import re
import sys

import pytest
from support import ROOT

sys.path.insert(0, str(ROOT / "book"))
import exercise_pages

PAGES = exercise_pages.pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_is_what_the_solutions_say(path):
    assert path.read_text("utf8") == PAGES[path], "run `python book/exercise_pages.py`"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_shows_no_answer(path):
    assert not re.search(r"SOLUTION|MARK SCHEME|\[1 point\]", PAGES[path])


def test_every_exercise_of_the_chapter_is_in_the_table_once():
    rows = re.findall(r"^\| \[(\d+)\]", PAGES[ROOT / "book/19-exercises.md"], re.M)
    assert rows == [str(number) for number in range(1, 26)]


def test_two_added_exercises_of_a_notebook_keep_their_own_titles(monkeypatch):
    name = "02-receptive-fields"
    table = "| added | how many layers | 2 | 6 |\n| added | by hand | 4 | 12 |\n"
    monkeypatch.setattr(exercise_pages, "assignments", lambda: [name])
    monkeypatch.setattr(exercise_pages, "text_of", lambda cell: table)
    parts = [exercise_pages.Part(f"added-{id}", "", 2, 6, (2,), False) for id in ("layers", "hand")]
    rows = exercise_pages._exercise_rows([(name, part) for part in parts])
    assert [row.split(" | ")[1] for row in rows] == ["how many layers", "by hand"]


def test_points_and_minutes_add_up():
    overview = PAGES[ROOT / "book/19-exercises.md"]
    by_notebook, by_number = overview.split("## By number")
    notebooks = re.findall(r"\| ([\d.]+) \| ([\d.–]+) \| (\d+) \|$", by_notebook, re.M)
    exercises = re.findall(
        r"\| ([\d.]+) \| ([\d.–]+|practice) \| (\d+) \| [\d, ]+ \|$", by_number, re.M
    )

    def total(rows, column):
        return sum(float(re.sub("–|practice", "0", row[column])) for row in rows)

    quiz = 10, 0, 20
    for column, extra in enumerate(quiz):
        assert total(notebooks, column) == total(exercises, column) + extra
    assert (
        f"{total(notebooks, 0):g} judged by machine, {total(notebooks, 1):g} in words" in overview
    )
