"""Above a title, the window lies over the page's own section."""

import re

import pytest

from convbook.publishing.strip import SECTIONS, drawing, section_of


@pytest.mark.parametrize(
    ("page", "section"),
    [
        ("notebooks/04/04-02-the-convolution-operation", 4),
        ("notebooks/07-worked-examples", 7),
        ("book/24-references", 24),
        ("book/index", None),
        ("book/instructors/grading", None),
        ("notebooks/00-start", 0),
    ],
)
def test_a_page_belongs_to_the_section_that_its_name_begins_with(page, section):
    assert section_of(page) == section


def test_the_window_lies_over_the_section_and_never_beyond_the_row():
    for section in range(1, SECTIONS + 1):
        svg = drawing(section)
        assert svg.count('class="read"') == section
        left = float(re.search(r'class="window" x="([\d.]+)"', svg)[1])
        width = float(re.search(r'class="window" x="[\d.]+" y="[\d.]+" width="(\d+)"', svg)[1])
        cell = re.findall(r'x="(\d+)" y="4"', svg)[section - 1]
        assert left <= float(cell) <= left + width
        assert left + width <= float(re.search(r'viewBox="0 0 (\d+)', svg)[1])
