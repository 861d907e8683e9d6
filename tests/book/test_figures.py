"""Drawn figures can be read, no word in the way of another, and say what the sources say."""

import importlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "book/figures"
FIGURES = sorted(FOLDER.glob("*.svg"))
WORDS_IN_THE_WAY = """() => {
  const svg = document.documentElement;
  const place = (node) => node.getBoundingClientRect();
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1
    || a.bottom <= b.top + 2 || b.bottom <= a.top + 2;
  const within = (a, b) => a.left >= b.left && a.right <= b.right
    && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const words = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
  const boxes = [...svg.querySelectorAll("rect")];
  return words.flatMap((text, number) => [
    ...(within(place(text), place(svg)) ? [] : [`"${text.textContent}" is cut off`]),
    ...words.slice(0, number).filter((other) => !apart(place(text), place(other)))
      .map((other) => `"${text.textContent}" lies on "${other.textContent}"`),
    ...boxes.filter((box) => !apart(place(text), place(box)) && !within(place(text), place(box)))
      .map(() => `"${text.textContent}" lies across the edge of a box`),
  ]);
}"""


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_letters_of_a_figure_have_twelve_pixels_in_the_pages_column(path):
    svg = path.read_text("utf8")
    width = float(re.search(r'viewBox="0 0 (\d+) ', svg)[1])
    smallest = min(map(float, re.findall(r'font-size="([\d.]+)"', svg)))
    assert smallest * min(1, 688 / width) >= 12


@pytest.mark.browser
@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_no_word_of_a_figure_is_in_the_way_of_another(browser, path):
    page = browser.new_page(viewport={"width": 900, "height": 800})
    page.goto(path.as_uri())
    assert page.evaluate(WORDS_IN_THE_WAY) == []
    page.close()


@pytest.fixture
def history(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("history")


def test_lenet_5_is_drawn_with_the_sizes_and_parameters_of_its_paper(history):
    layers = [(name, maps, width, count) for name, _, maps, width, count in history.lenet_layers()]
    assert layers == [
        ("C1", 6, 28, 156),
        ("S2", 6, 14, 12),
        ("C3", 16, 10, 1_516),
        ("S4", 16, 5, 32),
        ("C5", 120, 1, 48_120),
        ("F6", 84, 1, 10_164),
    ]
    drawn = history.lenet().render()
    for words in ("1@32×32", "6@28×28", "16@5×5", "48,120", "60,000 in all"):
        assert words in drawn


def test_each_layer_of_the_neocognitron_sees_more_than_the_one_before(history):
    seen = [int(size) for size in re.findall(r">sees (\d+)<", history.neocognitron().render())]
    assert seen == [3, 4, 8, 10, 18, history.PIXELS]
    assert all(before < after for before, after in pairwise(seen))
