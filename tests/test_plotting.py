"""Figures of the book: described, sharp, the same each time, and safe to put into a page."""

import base64
import re

import numpy as np
import pytest

from convbook.plotting import image_row, number_grid, plot

PICTURE = np.linspace(-1, 1, 12).reshape(3, 4)


def svg(figure) -> str:
    return base64.b64decode(re.search(r"base64,([^\"]+)", figure.data)[1]).decode()


def test_a_figure_carries_its_description_and_caption_as_text():
    figure = plot(lambda axes: axes.plot([1, 2]), 'A line that rises, "steadily"', "Less < more")
    assert 'alt="A line that rises, &quot;steadily&quot;"' in figure.data
    assert "<figcaption>Less &lt; more</figcaption>" in figure.data


def test_a_figure_without_a_description_is_refused():
    with pytest.raises(ValueError, match="needs alt"):
        plot(lambda axes: None, " ")


def test_the_same_figure_is_drawn_the_same_twice():
    first, second = (image_row([PICTURE], ["one"], "A picture") for _ in range(2))
    assert svg(first) == svg(second)


def test_zero_is_the_middle_colour_of_a_signed_picture():
    flat = image_row([np.zeros((2, 2))], ["nothing"], "All zeros", signed=True)
    assert "<image" in svg(flat)


def test_pictures_and_titles_must_agree_in_number():
    with pytest.raises(ValueError, match="1 images but 2 titles"):
        image_row([PICTURE], ["one", "two"], "A picture")


def test_a_number_grid_shows_every_number_of_a_table_and_nothing_else():
    text = svg(number_grid([[1, 2.5], [-3, 0]], "Four numbers", highlight=[(0, 1)]))
    assert all(f">{number}<" in text for number in ("1", "2.5", "-3", "0"))
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        number_grid([1, 2, 3], "Three numbers in a row")
