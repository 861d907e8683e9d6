"""Small decisions about what a page holds and what a site ships."""

import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from convbook.publishing.accessible import drop_empty_headers
from convbook.publishing.icons import code_points, icons_named
from convbook.publishing.keep import sections
from convbook.publishing.lean import needed
from convbook.publishing.styles import ask_once, cut, join_styles, whole


@pytest.mark.parametrize(
    ("filename", "body", "expected"),
    [
        ("_static/copybutton.js", '<div class="highlight">', True),
        ("_static/copybutton.js", "<p>text</p>", False),
        ("_static/design-tabs.js", '<div class="sd-tab-set">', True),
        ("_static/togglebutton.js", '<div class="admonition dropdown">', True),
        ("_static/togglebutton.js", "<details>", False),
        ("_static/frame.js", "", True),
    ],
)
def test_a_page_gets_the_scripts_it_needs(filename, body, expected):
    file = SimpleNamespace(filename=filename, attributes={})
    assert needed(file, body) is expected


def test_an_inline_script_goes_with_what_it_configures():
    script = SimpleNamespace(filename=None, attributes={"body": "let toggleHintShow = 'Click';"})
    assert not needed(script, "<p>text</p>")
    assert needed(script, '<div class="toggle">')


def test_icons_are_known_by_all_their_names(tmp_path):
    css = '.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}.fa-x{color:red}'
    assert code_points(css) == {"fa-bars": 0xF0C9, "fa-navicon": 0xF0C9}
    assert code_points(cut(css, {"fa-bars"})) == {"fa-bars": 0xF0C9}, "what the last build left"
    (tmp_path / "a.html").write_text('<i class="fa-solid fa-bars"></i>')
    assert icons_named(tmp_path) == {"fa-solid", "fa-bars"}


def test_a_table_header_with_nothing_in_it_is_no_header():
    empty = publish_doctree(".. list-table::\n   :header-rows: 1\n\n   * -\n   * - a\n")
    drop_empty_headers(None, empty)
    assert not [*empty.findall(nodes.thead)]
    full = publish_doctree(".. list-table::\n   :header-rows: 1\n\n   * - h\n   * - a\n")
    drop_empty_headers(None, full)
    assert [*full.findall(nodes.thead)]


def test_a_section_is_a_chapter_with_all_below_it():
    toc = {"index": ["a", "b"], "b": ["b/1"], "b/1": ["b/1/x"]}
    env = SimpleNamespace(config=SimpleNamespace(root_doc="index"), toctree_includes=toc)
    assert sections(env) == {"index": ["index"], "a": ["a"], "b": ["b", "b/1", "b/1/x"]}


SHEET = """
.used{color:red}.unused{color:blue}
.used,.unused{margin:0}
.used .unused>a{margin:1px}
p:not(.unused){margin:2px}
a:is(.used,.unused):hover{margin:3px}
@media (min-width:3px){.unused{top:0}}
@media print{.used{top:1px}.unused{top:2px}}
@keyframes turn{from{top:0}to{top:9px}}
@font-face{font-family:X;src:url(x.woff2)}
.used[title=".unused"]{top:3px}
"""


def test_a_style_rule_stays_if_it_can_find_something():
    left = cut(SHEET, {"used"})
    assert ".used{color:red}" in left
    assert ".used{margin:0}" in left
    for rule in ("p:not(.unused)", "a:is(.used,.unused):hover", '.used[title=".unused"]'):
        assert rule in left
    assert "@media print{.used{top:1px}}" in left
    assert "@keyframes turn" in left
    assert "@font-face" in left
    for gone in ("blue", "1px}}\n.unused", "min-width", "unused>a", "top:2px"):
        assert gone not in left


def test_an_imported_style_sheet_is_part_of_the_one_that_imports_it(tmp_path):
    (tmp_path / "styles").mkdir()
    (tmp_path / "basic.css").write_text("p{x:url(a.png)url(data:,)}")
    theme = tmp_path / "styles/theme.css"
    theme.write_text('@import "../basic.css";\n@import "elsewhere.css";\na{top:1px}')
    assert whole(theme).split() == [
        "p{x:url(../a.png)url(data:,)}",
        "@import",
        '"elsewhere.css";',
        "a{top:1px}",
    ]


@pytest.fixture
def styled(tmp_path):
    """A built site with two of the theme's sheets, one of the book's and one of somebody else's."""
    static = tmp_path / "_static"
    (static / "styles").mkdir(parents=True)
    (static / "styles/theme.css").write_text("a{x:url(../a.png)}")
    (static / "pygments.css").write_text("b{top:1px}")
    (static / "book.css").write_text("c{top:2px}")
    (static / "other.css").write_text("d{top:3px}")
    (static / "far.css").write_text('@import "https://example.org/x.css";\ne{top:4px}')
    links = [
        f'<link rel="stylesheet" href="../_static/{name}?v=1" />'
        for name in ("styles/theme.css", "pygments.css", "other.css", "book.css", "far.css")
    ]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/page.html").write_text("<head>\n" + "\n".join(links) + "\n</head>")
    config = SimpleNamespace(html_css_files=["book.css", ("far.css", {})])
    builder = SimpleNamespace(format="html")
    return SimpleNamespace(outdir=tmp_path, config=config, builder=builder)


def test_a_page_asks_once_for_all_sheets_of_the_site(styled):
    join_styles(styled, None)
    sheet = (styled.outdir / "_static/site.css").read_text()
    assert sheet.split() == ["a{x:url(styles/../a.png)}", "b{top:1px}", "c{top:2px}"]
    first, *others = (styled.outdir / "deep/page.html").read_text().split("\n")[1:-1]
    assert re.fullmatch(r'<link rel="stylesheet" href="../_static/site.css\?v=\w{8}" />', first)
    assert others == [
        f'<link rel="stylesheet" href="../_static/{name}?v=1" />'
        for name in ("other.css", "far.css")
    ]


def test_pages_that_were_not_written_again_ask_for_the_sheet_as_it_is_now(styled):
    join_styles(styled, None)
    page = styled.outdir / "deep/page.html"
    before = page.read_text()
    join_styles(styled, None)
    assert page.read_text() == before
    (styled.outdir / "_static/book.css").write_text("c{top:5px}")
    join_styles(styled, None)
    assert "top:5px" in (styled.outdir / "_static/site.css").read_text()
    assert page.read_text() != before
    assert page.read_text().count("site.css") == 1


def test_a_page_without_such_sheets_stays_as_it_is():
    assert ask_once("<head></head>", {"book.css"}, "site.css") == "<head></head>"
