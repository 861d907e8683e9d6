"""Drawn figures can be read: no word is cut off, on another one or across the edge of a box."""

from pathlib import Path

import pytest

FIGURES = sorted((Path(__file__).resolve().parents[2] / "book/figures").glob("*.svg"))
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


@pytest.mark.browser
@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_no_word_of_a_figure_is_in_the_way_of_another(browser, path):
    page = browser.new_page(viewport={"width": 900, "height": 800})
    page.goto(path.as_uri())
    assert page.evaluate(WORDS_IN_THE_WAY) == []
    page.close()
