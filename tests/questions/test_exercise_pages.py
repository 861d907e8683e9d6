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


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_cell_that_a_statement_speaks_of_stands_on_the_page(path):
    code = "\n".join(re.findall(r"(?s)^```python\n(.*?)^```", PAGES[path], re.M))
    prose = re.sub(r"(?s)^```python\n.*?^```", "", PAGES[path], flags=re.M)
    spoken_of = re.findall(
        r"cells? below holds (?:the class )?`(\w+)|`(\w+)[^`]*`(?: in the cell|,? imported| above)",
        prose,
    )
    for name in filter(None, (name for pair in spoken_of for name in pair)):
        assert re.search(rf"(?:def|class|import)\b.*\b{name}\b", code), name
    if re.search(r"\bcells? (above|below)", prose):
        assert code


def test_pages_that_speak_of_cells_are_not_few():
    speak = [path for path, text in PAGES.items() if re.search(r"\bcells? (above|below)", text)]
    assert len(speak) >= 5


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_answer_in_words_says_where_its_sample_is(path):
    name = next((n for n in exercise_pages.assignments() if path == exercise_pages.page_of(n)), "")
    written = [part for part in exercise_pages.parts_of(name) if part.written] if name else []
    assert PAGES[path].count(exercise_pages.SAMPLE_ANSWER) == len(written)


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
