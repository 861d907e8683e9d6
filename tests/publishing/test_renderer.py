"""What the extension writes into a page, and what it refuses to pass over in silence."""

import json
import re

import pytest

from convbook.publishing.renderer import (
    described,
    drawn_size,
    image_size,
    picture_file,
    script_json,
)
from convbook.publishing.saved_widget import SavedWidget
from convbook.widgets import GradCamViewer

WIDGETS = """
import anywidget, ipywidgets, traitlets

class Dial(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) {} };"
    _css = ".dial { color: red }"
    caption = "A dial <at rest>."
    value = traitlets.Int(3).tag(sync=True)
    photo = traitlets.Bytes(b"").tag(sync=True)
    tables = traitlets.List([]).tag(sync=True)

    def picture(self):
        return f'<svg viewBox="0 0 9 9" width="30" aria-label="A dial at {self.value}"></svg>'
"""


def models(page: str) -> list[dict]:
    scripts = re.findall(r'<script type="application/afm\+json">(.*?)</script>', page)
    return [json.loads(script) for script in scripts]


DEAD = {
    "slider": ("ipywidgets.IntSlider()", "IntSliderModel is not an anywidget"),
    "box": ("ipywidgets.VBox([Dial()])", "VBoxModel is not an anywidget"),
    "link": ("a, b = Dial(), Dial()\nipywidgets.jslink((a, 'value'), (b, 'value'))\na", "a link"),
}


@pytest.fixture(scope="module")
def built(book):
    """A book with a plain page, a page of formulas, and pages of widgets alive and dead."""
    book.module("dials.py", WIDGETS)
    book.notebook(
        "views",
        "from convbook.dials import Dial\n"
        "dial = Dial(value=5, photo=b'p' * 9000, tables=[{'text': 't' * 9000}])\ndial",
        "dial.value = 7",
        "dial",
        "Dial(value=8, photo=b'p' * 9000)",
        "Dial(value=9, tables=[list(range(2000)), {'text': 't' * 9000}])",
    )
    book.notebook("own", WIDGETS + "\nDial(photo=b'tiny')")
    for name, (code, _) in DEAD.items():
        book.notebook(name, WIDGETS + "\n" + code)
    book.page("formulas", "# Formulas\n\n```{math}\nx^2\n```\n")
    book.contents("views", "own", "formulas", *DEAD)
    book.result = book.build()
    return book


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<svg viewBox="0 0 636 224" width="636"></svg>', {"width": "636", "height": "224"}),
        ('<svg width="300.5" viewBox="-5 -5 100 50"></svg>', {"width": "300", "height": "150"}),
        ('<svg viewBox="0 0 9 9"><rect width="9"/></svg>', {}),
        ('<img src="data:image/png;base64,AA==">', {}),
    ],
)
def test_the_place_of_a_drawing_is_known_before_it_comes(markup, expected):
    assert drawn_size(markup) == expected


def test_the_place_of_a_photograph_is_known_before_it_comes():
    content, suffix = picture_file(GradCamViewer().picture())
    assert suffix != ".svg"
    assert image_size(content) == {"width": "456", "height": "224"}


def test_a_page_says_what_its_widgets_hold(built):
    page = built.html("views")
    assert page.count('class="afm"') == 4, "four views"
    first, second, _ = models(page)  # of three models
    assert first["name"] == "Dial"
    assert first["state"] == {"value": 7, "tables": [{"text": None}]}
    assert [part["path"] for part in first["parts"]] == [["tables", 0, "text"], ["photo"]]
    assert second["state"]["value"] == 8
    assert first["frontEnd"] == second["frontEnd"]
    assert first["parts"][1]["asset"] == second["parts"][0]["asset"], "one photograph, stored once"
    assert sum("cHBwcHBw" in asset for asset in built.assets()) == 1


def test_a_long_table_lies_apart_from_the_page_with_its_own_long_texts_after_it(built):
    model = models(built.html("views"))[-1]
    assert model["state"]["tables"] is None
    table, text, photo = model["parts"]
    assert (table["path"], text["path"]) == (["tables"], ["tables", 1, "text"])
    stored = next(asset for asset in built.assets() if table["asset"] in asset)
    assert len(stored) > 6000
    assert "tttt" not in stored
    assert photo["path"] == ["photo"]


def test_a_widget_has_a_picture_and_a_caption_of_its_saved_state(built):
    page = built.html("views")
    assert "A dial &lt;at rest&gt;." in page
    assert 'alt="A dial at 7"' in page
    assert 'alt="A dial at 8"' in page


def test_a_picture_keeps_its_place_and_its_shape_where_it_has_less_room(built):
    (picture,) = re.findall(r'<img[^>]*alt="A dial at 7"[^>]*>', built.html("views"))[:1]
    assert 'width="30" height="30"' in picture
    assert "style=" not in picture
    assert "image-reference" not in built.html("views"), "a picture that is no link"


def test_a_widget_that_a_notebook_defines_itself_works_too(built):
    (model,) = models(built.html("own"))
    assert model["parts"] == [{"path": ["photo"], "value": {"base64": "dGlueQ=="}}]
    assert any("red" in asset for asset in built.assets())


@pytest.mark.parametrize("page", DEAD)
def test_what_is_dead_without_a_kernel_fails_the_build(built, page):
    assert built.result.returncode != 0
    warnings = [line for line in built.result.stderr.splitlines() if f"{page}.ipynb" in line]
    assert DEAD[page][1] in "".join(warnings)


def test_only_what_is_dead_is_warned_of(built):
    assert built.result.stderr.count(": WARNING:") == len(DEAD)


def test_no_page_names_another_host_as_the_source_of_a_script(built):
    for path in built.site.rglob("*.html"):
        assert not re.search(
            r"""(?:src|href)=["'](?:https?:)?//[^"']*\.(?:js|css)""", path.read_text()
        )
        assert "embed-amd" not in path.read_text()


def test_formulas_are_set_by_the_site_itself(built):
    assert 'src="_static/formulas.js' in built.html("formulas")
    assert (built.site / "_static/formulas.js").exists()
    assert (built.site / "_static/mathjax/startup.js").exists()
    fonts = built.site / "_static/mathjax/output/chtml/fonts/woff-v2"
    assert (fonts / "MathJax_Main-Regular.woff").exists()
    folder = built.site / "_static/mathjax"
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) < 2_300_000


def test_a_page_without_widgets_or_formulas_loads_neither_host_nor_mathjax(built):
    assert "host.js" in built.html("views")
    for script in ("host.js", "mathjax", "formulas.js"):
        assert script not in built.html("genindex")


def test_json_in_a_script_cannot_end_it():
    text = script_json({"a": "</script><!--"})
    assert "<" not in text
    assert json.loads(text) == {"a": "</script><!--"}


def test_a_picture_becomes_a_file_with_its_description():
    svg = "<svg viewBox='0 0 1 1'><title>A &amp; B</title></svg>"
    assert picture_file(svg)[0].startswith(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox')
    assert described(svg) == "A & B"
    img = '<img alt="x" src="data:image/webp;base64,aGk=">'
    assert picture_file(img) == (b"hi", ".webp")
    with pytest.raises(ValueError, match=r"picture\(\) starts with '<canvas>'"):
        picture_file("<canvas>")


def test_an_inner_widget_is_found():
    saved = {
        "state": {
            "_anywidget_id": "__main__.A",
            "child": ["IPY_MODEL_abc"],
            "layout": "IPY_MODEL_l",
        }
    }
    assert SavedWidget(saved).inner_widgets() == ["child"]
