"""Figures of the book: described, sharp, the same each time, and safe to put into a page."""

import base64
import io
import re
import warnings

import matplotlib
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from PIL import Image

from convbook.plotting import (
    DIGITS_FONT,
    STYLE,
    image_row,
    number_grid,
    plot,
    text_faults,
)
from convbook.publishing import legible

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


def pixels(figure) -> list[np.ndarray]:
    """The images inside a figure, or inside its panels, as Matplotlib put them there."""
    drawings = map(base64.b64decode, re.findall(r"svg\+xml;base64,([^\"]+)", figure.data))
    found = re.findall(
        r'xlink:href="data:image/png;base64,\s*([^"]+)"', b"".join(drawings).decode()
    )
    return [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")) for data in found
    ]


def test_a_signed_image_is_pale_at_zero_blue_below_and_orange_above():
    (row,) = pixels(image_row([[[-2.0, 0, 2]]], ["three"], "Three", signed=True))
    below, zero, above = row[0, [0, row.shape[1] // 2, -1]].astype(int)
    assert below[2] > below[0] + 50
    assert zero.min() > 230
    assert above[0] > above[2] + 50


def test_equal_values_of_a_row_are_drawn_equal():
    dark, light = pixels(image_row([[[0.0, 1]], [[1.0, 4]]], ["a", "b"], "Two images"))
    assert (dark[0, -1] == light[0, 0]).all()


def test_values_beyond_the_limits_are_clipped():
    (row,) = pixels(image_row([[[-3.0, 0, 1, 9]]], ["a"], "Four values", limits=(0, 1)))
    left, right = row[0, [0, -1]]
    assert (left.max(), right.min()) == (0, 255)


@pytest.mark.parametrize(
    ("limits", "signed", "message"),
    [
        ((-1, 2), True, r"expected \(-x, x\)"),
        ((2, 1), False, r"limits are \(2, 1\)"),
        ([(0, 1)] * 3, False, "1 images but 3 limits"),
    ],
)
def test_impossible_limits_are_refused(limits, signed, message):
    with pytest.raises(ValueError, match=message):
        image_row([PICTURE], ["one"], "A picture", signed=signed, limits=limits)


def test_pictures_and_titles_must_agree_in_number():
    with pytest.raises(ValueError, match="1 images but 2 titles"):
        image_row([PICTURE], ["one", "two"], "A picture")


def test_a_number_grid_shows_every_number_of_a_table_and_nothing_else():
    figure = svg(number_grid([[1, 2.5], [-3, 0]], "Four numbers", highlight=[(0, 1)]))
    assert re.findall(r"<!-- (.*?) -->", figure) == ["1", "2.5", "-3", "0"]
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        number_grid([1, 2, 3], "Three numbers in a row")


def drawn(draw, size=(3, 2)):
    """A figure of the book's style, laid out."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=size)
        draw(figure.subplots())
        figure.draw_without_rendering()
    return figure


def test_a_label_that_is_cut_or_lies_on_another_is_found():
    def crowded(axes):
        axes.set_xticks([5, 5.2], labels=["five", "six and a bit"])
        axes.text(0, 0, "word " * 30, in_layout=False)

    faults = text_faults(drawn(crowded))
    assert any("'six and a bit' lies on 'five'" in fault for fault in faults)
    assert any("is cut off" in fault for fault in faults)
    assert text_faults(drawn(lambda axes: axes.set(xlabel="x", ylabel="y", title="fine"))) == []


def test_slanted_labels_may_share_a_box_but_not_a_place():
    def slanted(axes):
        axes.set_xticks(range(12), labels=["a long name"] * 12, rotation=60, ha="right", size=8)

    assert text_faults(drawn(slanted, (5, 3))) == []


def test_a_figure_with_a_faulty_label_warns_and_one_with_an_image_finds_room_for_it():
    with pytest.warns(UserWarning, match="'right' lies on 'left'"):
        plot(lambda axes: [axes.text(0.5, 0.5, word) for word in ("left", "right")], "Two words")

    def beside_an_image(axes):
        axes.imshow(np.zeros((12, 9)))
        axes.set_yticks([3], labels=["a name that takes room"])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plot(beside_an_image, "An image with a name", size=(7, 7.9))


def test_devanagari_digits_are_drawn_as_shapes_from_the_font_that_comes_along():
    digits = "०१२३४५६७८९"
    assert {*map(ord, digits)} <= TTFont(DIGITS_FONT).getBestCmap().keys()
    assert "SIL OPEN FONT LICENSE" in DIGITS_FONT.with_name("OFL.txt").read_text()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # "Glyph missing from font" is a warning
        figure = svg(plot(lambda axes: axes.set(title=digits), "Ten digits"))
    assert "<text" not in figure, "the reader's machine need not have the font"


def test_words_are_drawn_in_the_pages_face_and_what_it_lacks_in_another():
    def faces(title):
        figure = svg(plot(lambda axes: axes.set(title=title), "A title"))
        return set(re.findall(r'<path id="([A-Za-z]+)-', figure))

    assert faces("Width") == {"Inter"}
    assert faces("Width → height") == {"Inter", "DejaVuSans"}


def test_more_than_five_images_stand_in_two_rows():
    def columns(count):
        row = image_row([PICTURE] * count, ["one"] * count, f"{count} pictures")
        return int(re.search(r"--columns:(\d+)", row.data)[1])

    assert [columns(count) for count in (2, 5, 6, 9, 12)] == [2, 5, 3, 5, 6]


def letters(figure) -> list[float]:
    """Sizes of a figure's letters in pixels, as the page's column of 688 shows it."""
    shown = min(int(re.search(r'width="(\d+)"', figure.data)[1]), 688)
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg(figure))[1])
    return [100 * float(scale) * shown / width for scale in legible.OUTLINES.findall(svg(figure))]


def labelled(axes):
    axes.plot([1, 2])
    axes.set(title="title", xlabel="along", ylabel="up")


@pytest.mark.parametrize("width", [2.0, 5.0, 5.7, 7.1, 8.4])
def test_letters_have_one_size_in_the_page_and_ten_pixels_on_a_telephone(width):
    sizes = letters(plot(labelled, "A line", size=(width, 3)))
    assert len(set(np.round(sizes, 1))) == 1
    assert 13.2 <= sizes[0] <= 13.4 if width <= 5 else 14 <= sizes[0] <= 15.4
    assert width > 6 or sizes[0] * 360 / (96 * width) >= 9.99


@pytest.mark.parametrize("count", range(1, 10))
def test_titles_of_images_have_that_size_and_go_on_in_a_second_line(count):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a title that is cut off is a warning
        row = image_row([PICTURE] * count, ["a title of six words indeed"] * count, "a")
    assert letters(row) == pytest.approx([13.3] * len(letters(row)), abs=0.1)


def test_letters_that_are_asked_for_smaller_are_as_large_as_the_others():
    def small(axes):
        axes.set_title("five points", fontsize=5)
        axes.tick_params(labelsize=6)

    for width in (5, 8.4):
        sizes = letters(plot(small, "Empty axes", size=(width, 3)))
        usual = letters(plot(labelled, "A line", size=(width, 3)))[0]
        assert sizes == pytest.approx([usual] * len(sizes), abs=0.1)


def test_panels_are_images_of_their_own_under_one_description_and_fill_the_column():
    row = image_row([PICTURE] * 4, ["one"] * 4, 'Four "pictures"', "A caption")
    assert row.data.count("<img") == row.data.count('alt=""') == 4
    assert 'role="img" aria-label="Four &quot;pictures&quot;"' in row.data
    assert row.data.count("<figcaption>") == 1
    columns, width = map(int, re.search(r"--columns:(\d+);--panel:(\d+)px", row.data).groups())
    assert columns == 4
    assert 680 <= 4 * width + 3 * 8 <= 688  # with half a rem between them
    several = image_row([PICTURE] * 12, ["one"] * 12, "Twelve pictures")
    assert "--columns:6" in several.data


def test_nothing_in_the_book_draws_signs_in_other_colours(root):
    others = re.compile(
        r"PuOr|PRGn|PiYG|BrBG|RdBu|RdGy|RdYlBu|RdYlGn|coolwarm|bwr|seismic|[\"']jet\b"
    )
    folders = ("convbook", "notebooks", "book", "solutions")
    files = [path for folder in folders for path in (root / folder).rglob("*")]
    drawn = [path for path in files if path.suffix in (".py", ".ipynb", ".js")]
    found = [str(path) for path in drawn if others.search(path.read_text("utf-8"))]
    assert drawn
    assert found == []
