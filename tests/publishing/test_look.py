"""How figures, asides and lists of options come into the page."""

import base64
import html
import io
import re
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
import skimage
from docutils import nodes
from fontTools.ttLib import TTFont
from PIL import Image

from convbook import plotting
from convbook.publishing import dark, faces, folded_code, margin, pictures, typesetting

DIAGRAMS = sorted((Path(__file__).parents[2] / "book/figures").glob("*.svg"))


def groups(svg: str) -> list[str]:
    return [part for part in svg.split("<g ") if 'id="text_' in part]


def plotted(source: str) -> str:
    return restyled(source)[0]


def restyled(source: str) -> list[str]:
    """The drawings of a page's figures in their dark style."""
    context = {"body": source}
    builder = type("Builder", (), {"name": "html"})
    dark.restyle_plots(type("App", (), {"builder": builder}), "page", "", context, None)
    sources = re.findall(r'base64,([^"]+)"', context["body"])
    return [base64.b64decode(source).decode() for source in sources]


def test_words_on_an_image_stay_dark_and_all_others_do_not():
    def numbered(axes):
        axes.imshow(np.eye(2), cmap="gray", vmin=-2)
        axes.set(xticks=[], yticks=[])
        for row, column in np.ndindex(2, 2):
            axes.text(column, row, "1")

    grid = plotted(plotting.plot(numbered, "four ones").data)
    titled = plotted(plotting.image_row([np.eye(2)], ["a title"], "two white pixels").data)
    assert len(groups(grid)) == 4
    assert all('class="on-light"' in group for group in groups(grid))
    assert len(groups(titled)) == 1
    assert 'class="on-light"' not in groups(titled)[0]


def images(svg: str, name: str) -> list[np.ndarray]:
    """The images of a drawing that carry a class name, as pixels."""
    found = re.findall(rf'<image class="{name}"[^>]*?base64,\s*([^"]+)"', svg)
    opened = [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]
    return [np.asarray(image.convert("RGB")).astype(int) for image in opened]


def test_signed_values_have_a_twin_with_a_dark_zero_in_the_dark():
    # What is not a number is left blank, as between the maps of a mosaic.
    values = [[-2.0, 0, 2], [np.nan] * 3]
    shown = {"signed": True, "limits": (-2, 2)}
    row = plotting.image_row([values], ["three"], "Three values", **shown).data
    svg = plotted(row)
    (light,), (dark_one,) = images(svg, "in-light"), images(svg, "in-dark")
    below, zero, above = dark_one[-1, [0, dark_one.shape[1] // 2, -1]]
    assert light[-1, light.shape[1] // 2].min() > 230
    assert zero.max() < 50
    assert below[2] > below[0] + 50
    assert above[0] > above[2] + 50
    assert below.max() > 180 < above.max()
    assert re.search(r"<style>\.in-dark\{display:none\}@media .*\.in-light\{display:none\}", svg)


def test_a_photograph_and_a_grey_image_have_no_twin():
    for image in (skimage.data.chelsea()[:40, :40], np.eye(2)):
        svg = plotted(plotting.image_row([image], ["one"], "No signs").data)
        assert "<image" in svg
        assert images(svg, "in-light") == images(svg, "in-dark") == []


def test_numbers_on_signed_values_are_pale_in_the_dark_and_can_be_read():
    """By the contrast that accessibility guidelines ask of large letters: 3 to 1."""
    grid = plotted(plotting.number_grid([[-1, 0, 1]], "three numbers").data)
    beside = plotted(plotting.grids_beside([[[-1, 0, 1]]] * 2, ["a", "b"], "three numbers").data)
    assert 'class="on-light"' not in grid + beside
    (shown,) = images(grid, "in-dark")
    shades = {"#" + bytes(pixel.tolist()).hex() for pixel in shown[len(shown) // 2]}
    filled = set(re.findall(r"fill: (#[0-9a-f]{6})", beside)) - set(dark.DARK)
    assert len(filled) == 3
    for colour in filled:
        (shade,) = re.findall(rf'fill: {colour}"\]\{{fill:(#[0-9a-f]{{6}})', beside)
        shades.add(shade)
    for shade in shades:
        assert (luminance(dark.INK) + 0.05) / (luminance(shade) + 0.05) >= 3, shade


def test_panels_are_each_dark_in_the_dark_and_their_caption_stands_beside_them():
    titles = ["one", "two", "three"]
    row = plotting.image_row([np.eye(2)] * 3, titles, "pixels", "A caption").data
    drawings = restyled(row)
    assert len(drawings) == 3
    assert all(dark.MARK in svg for svg in drawings)
    context = {"body": row}
    margin.move_captions(None, "page", "", context, None)
    assert context["body"].startswith('<figure class="cb-figure caption-beside"><div')


def test_a_diagram_with_a_paragraph_in_italics_has_the_caption_of_a_plot():
    diagram = '<p><img alt="Boxes" src="../_images/3-3-lenet-5.svg" /></p>'
    context = {"body": f"{diagram}\n<p><em>LeNet-5 (<a>LeCun</a>).</em></p><p>It <em>is</em>.</p>"}
    margin.move_captions(None, "page", "", context, None)
    assert context["body"] == (
        f'<figure class="cb-figure caption-beside">{diagram[3:-4]}'
        "<figcaption>LeNet-5 (<a>LeCun</a>).</figcaption></figure><p>It <em>is</em>.</p>"
    )
    context = {"body": f"{diagram}\n<p>It <em>is</em> <em>not</em>.</p>"}
    margin.move_captions(None, "page", "", context, None)
    assert "figcaption" not in context["body"]


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda p: p.stem)
def test_a_diagram_brings_the_letters_of_the_pages_face(path):
    svg = path.read_text("utf-8")
    words = html.unescape("".join(re.findall(r"<text[^>]*>(.*?)</text>", svg)))
    shown = faces.with_face(svg)
    found = re.findall(r"font-weight:(\d+);src:url\(data:font/woff;base64,([^)]+)\)", shown)
    assert [weight for weight, _ in found] in (["400"], ["400", "700"])
    kept = [TTFont(io.BytesIO(base64.b64decode(data))) for _, data in found]
    letters = set().union(*(font.getBestCmap() for font in kept))
    assert {ord(letter) for letter in words if letter.isascii() and letter.isalnum()} <= letters
    assert "text{font-family:Inter" in shown
    assert len(shown) < len(svg) + 16_000


def test_every_colour_of_the_books_figures_shows_on_the_dark_ground():
    """By the contrast that accessibility guidelines ask of a line: 3 to 1."""
    ground = luminance(dark.GROUND)
    used = {colour.lower() for colour in plotting.PALETTE}
    for colour in used | {"#1a1a1a", "#6b6b6b", "#333333", "#555555"}:
        shown = dark.DARK.get(colour, colour)
        assert (luminance(shown) + 0.05) / (ground + 0.05) >= 3, colour


def luminance(colour: str) -> float:
    parts = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(
    ("code", "folded"),
    [
        ("from convbook.widgets import Quiz\n\nQuiz()", True),
        ("from convbook.widgets import GradCamViewer\n\nGradCamViewer.recorded('leaves')", True),
        ("from convbook.widgets import Quiz\n\nquiz = Quiz()\nquiz", False),
        ("from keras import Input\n\nInput((8, 8, 3))", False),
        ("%matplotlib inline", False),
    ],
)
def test_a_cell_that_only_opens_a_widget_is_folded(code, folded):
    assert folded_code.only_opens_a_widget(code) == folded


def test_a_short_aside_with_a_name_goes_into_the_margin():
    def quotation(*parts):
        return nodes.block_quote("", nodes.paragraph("", "", *parts))

    name = nodes.strong("", "Exam tip.")
    assert margin.is_aside(quotation(nodes.Text(""), name, nodes.Text(" Count the biases.")))
    assert not margin.is_aside(quotation(nodes.Text("A picture is worth ten thousand words.")))
    assert not margin.is_aside(quotation(name.deepcopy(), nodes.Text("word " * 100)))


def test_an_aside_stands_beside_text_and_not_beside_the_next_heading():
    def paragraph(length):
        return nodes.paragraph("", "word " * (length // 5))

    def aside():
        words = nodes.paragraph("", "", nodes.strong("", "Exam tip."), nodes.Text(" word" * 30))
        return nodes.block_quote("", words)

    def placed(*parts):
        section = nodes.section("", nodes.title("", "A heading"), *parts)
        margin.move_asides(None, nodes.section("", section, nodes.section()))
        return section

    followed = placed(paragraph(300), aside(), paragraph(900))
    assert followed[2]["classes"] == ["aside"]
    ends = placed(paragraph(900), aside(), aside())
    assert [part.tagname for part in ends] == ["title", "paragraph", "container"]
    assert ends[2]["classes"] == ["asides-above"]
    assert [one["classes"] for one in ends[2]] == [["aside"]] * 2
    alone = placed(paragraph(100), nodes.container(), aside())
    assert alone[3]["classes"] == [], "in the column: code may fill the margin beside it"


def test_lettered_options_lose_their_dots_and_a_heading_keeps_its_units():
    context = {
        "body": '<h2>A 3 × 3 filter</h2>\n<ul class="simple">\n<li><p>(a) none</p></li></ul>'
        '<ul class="simple">\n<li><p>An apple</p></li></ul>'
    }
    typesetting.typeset(None, "page", "", context, None)
    assert "<h2>A 3\xa0×\xa03 filter</h2>" in context["body"]
    first = '<li><p><span class="letter">(a)</span> none'
    assert f'<ul class="simple options">\n{first}' in context["body"]
    assert '<ul class="simple">\n<li><p>An apple' in context["body"]


def test_an_expression_and_the_number_of_a_section_do_not_break_and_code_is_left_alone():
    """In running text; a long product may break, or it would not fit a telephone."""
    context = {"body": "<p>3 · 3 · 128 and section 4.10</p><code>3 · 3</code><p>VGG-16</p>"}
    context["body"] += f"<p>{' × '.join(['128'] * 9)}</p>"
    typesetting.typeset(None, "page", "", context, None)
    whole = re.findall(r'<span class="whole">(.*?)</span>', context["body"])
    assert whole == ["3 · 3 · 128", "section 4.10", "VGG-16"]
    assert "<code>3 · 3</code>" in context["body"]


def drawing(*images: np.ndarray) -> str:
    """An SVG with images inside, as Matplotlib writes them."""
    parts = []
    for pixels in images:
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        data = base64.b64encode(buffer.getvalue()).decode()
        parts.append(f'<image xlink:href="data:image/png;base64,\n{data}"/>')
    return f'<svg viewBox="0 0 9 9 ">{"".join(parts)}</svg>'


def test_a_photograph_travels_as_a_jpeg_and_everything_else_exactly():
    cat = skimage.data.chelsea()[:200, :200]
    seen_through = np.dstack([cat, np.full(cat.shape[:2], 128, "uint8")])
    digit = np.kron(np.eye(10, dtype="uint8"), np.full((20, 20), 255, "uint8"))
    svg = pictures.lighter(drawing(cat, seen_through, digit))
    assert re.findall(r"data:image/(\w+)", svg) == ["jpeg", "png", "png"]
    first, *exact = [base64.b64decode(part) for part in re.findall(r'base64,([^"]+)"', svg)]
    shown = np.asarray(Image.open(io.BytesIO(first))).astype(float)
    assert np.abs(shown - cat).mean() < 3
    for part, pixels in zip(exact, (seen_through, digit), strict=True):
        assert (np.asarray(Image.open(io.BytesIO(part))) == pixels).all()


def test_a_sign_stays_with_its_number():
    assert '<span class="whole">+ 1</span>' in typesetting.keep_whole("<p>the final + 1 of it</p>")
    assert "whole" not in typesetting.keep_whole("<p>a + b, C-3 and 5-1</p>")


def test_the_first_figure_is_fetched_with_the_words_and_all_others_after_them(tmp_path):
    noise = np.random.default_rng(0).random((64, 64, 3))
    figure = plotting.image_row([noise] * 2, ["a", "b"], "noise").data
    widget = '<div class="afm"><figure><img alt="" src="_images/plot-still.webp"></figure></div>'
    context = {
        "body": f"<p>words</p>{figure}<p>words</p>{figure}{widget}",
        "pathto": lambda name, **_: name,
    }
    builder = SimpleNamespace(name="html", imagedir="_images")
    app = SimpleNamespace(builder=builder, outdir=tmp_path)
    pictures.move_out(app, "page", "", context, None)
    images = re.findall(r"<img[^>]*>", context["body"])
    assert ['fetchpriority="low"' in image for image in images] == [False, False, True, True, True]
    assert all('src="_images/plot-' in image for image in images)
    context["body"] = re.sub("</?figure[^>]*>", "", figure)
    pictures.move_out(app, "page", "", context, None)
    assert context["body"].count('fetchpriority="low"') == 2, "no figure is the first"
