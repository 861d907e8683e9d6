"""The teacher's plan of weeks: no assignment needs a section that its week has not reached."""

import re
from pathlib import Path

import pytest
from book_pages import ROOT

PAGE = ROOT / "book/instructors/teaching.md"


def sections(text: str) -> set[str]:
    """Numbers of the sections that a text names: "4.1 to 4.3 and 6" are 4.1, 4.2, 4.3 and 6."""
    found = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)*", text))
    for chapter, first, last in re.findall(r"\b(\d+)\.(\d+) to \1\.(\d+)", text):
        found |= {f"{chapter}.{i}" for i in range(int(first), int(last) + 1)}
    return found


def is_read(need: str, read: set[str]) -> bool:
    """Whether a section, the one that holds it or a page of it was read."""
    return any(f"{need}.".startswith(f"{r}.") or f"{r}.".startswith(f"{need}.") for r in read)


def weeks(text: str) -> list[tuple[str, set[str], list[Path]]]:
    """Of each week its title, the sections of its reading and class, and its assignments."""
    plan = text.split("## A plan for four weeks")[1].split("\n## ")[0]
    found = []
    for week in plan.split("\n### ")[1:]:
        title, *items = week.split("\n- **")
        read, assigned = set(), []
        for item in items:
            assigned += [PAGE.parent / link for link in re.findall(r"\((\.\./19/\S+?\.md)\)", item)]
            if item.startswith(("Before class", "In class")):
                read |= sections(re.sub(r"\s+", " ", re.sub(r"\[(.+?)\]\(\S+?\)", r"\1", item)))
        found.append((title.splitlines()[0], read, assigned))
    return found


def unread(text: str) -> list[str]:
    """Sections that an assignment needs before any week has read them."""
    read: set[str] = set()
    missing = []
    for title, now, assigned in weeks(text):
        read |= now
        for page in assigned:
            stated = re.search(r"^You need sections? (.+?)\. [A-Z]", page.read_text("utf8"), re.M)
            assert stated, f"{page.name} doesn't say which sections it needs"
            lacking = [need for need in sorted(sections(stated[1])) if not is_read(need, read)]
            missing += [f"{title}: {page.stem} needs {need}" for need in lacking]
    return missing


def test_no_assignment_needs_a_section_of_a_later_week():
    text = PAGE.read_text("utf8")
    assert len(weeks(text)) == 4
    assert sum(len(assigned) for *_, assigned in weeks(text)) >= 7
    assert not unread(text)


@pytest.mark.parametrize("cut", ["5.1 to 5.4", "[4.11]"])
def test_a_section_that_is_left_out_is_missed(cut):
    text = PAGE.read_text("utf8")
    assert cut in text
    assert unread(text.replace(cut, "[]"))
