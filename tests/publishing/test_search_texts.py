"""What the search knows of a page: prose by sections, code apart, formulas as one reads them."""

import re
from pathlib import Path
from types import SimpleNamespace

from docutils import nodes

from convbook.publishing.check_yourself import BLOCK, named
from convbook.publishing.search import KEYWORDS, subjects
from convbook.publishing.search.texts import page_texts

PAGE = """<html><body><nav><p>Contents</p></nav><article class="bd-article">
<section id="stride"><h1>4.4 Stride<a class="headerlink" href="#stride">#</a></h1>
<p><em>15 min · before this page: <a>section 4.3</a></em></p>
<p>The width is <span class="math"><math><mrow><mi>W</mi></mrow></math></span>, the share
<span class="math"><math><mfrac><mn>1</mn><mn>2</mn></mfrac></math></span>.<br>Next line.</p>
<div class="toctree-wrapper"><ul><li>What follows</li></ul></div>
<details><summary>Show the answer</summary><p>After 15 layers.</p></details>
<section id="code"><h2>In code</h2>
<div class="cell_input"><div class="highlight"><pre><span>stride</span> = 2</pre></div></div>
<div class="cell_output"><pre>42</pre></div><div class="afm">a widget</div><p>Done.</p></section>
</section></article><footer><p>Imprint</p></footer></body></html>"""


def test_a_page_is_read_by_sections_without_what_is_no_prose(tmp_path):
    path = tmp_path / "stride.html"
    path.write_text(PAGE, "utf-8")
    page = page_texts(path)
    assert page["title"] == "4.4 Stride"
    first, second = page["sections"]
    assert first == {
        "id": "stride",
        "heading": "4.4 Stride",
        "text": "The width is W, the share … . Next line. After 15 layers.",
        "code": "",
    }
    assert second == {"id": "code", "heading": "In code", "text": "Done.", "code": "stride = 2"}


def test_a_page_without_an_article_has_no_texts(tmp_path):
    path = tmp_path / "empty.html"
    path.write_text("<p>Nothing</p>", "utf-8")
    assert page_texts(path) == {"title": "", "sections": []}


def test_a_page_is_also_about_the_glossarys_words_for_it_and_what_it_is_a_part_of(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book/glossary.md").write_text(
        "## stride\n\nA step. [4.4](../stride.md)\n", "utf-8"
    )
    pages = ["index", "four", "stride", "stride-1"]
    env = SimpleNamespace(
        config=SimpleNamespace(root_doc="index"),
        doc2path=lambda name: str(tmp_path / f"{name}.md"),
        toctree_includes={"index": ["four"], "four": ["stride"], "stride": ["stride-1"]},
        titles={name: nodes.title(text=name.title()) for name in pages},
        found_docs=pages,
    )
    about = subjects(env)
    assert about["stride"] == {"keywords": "", "terms": "stride", "parts": ["Four"]}
    assert about["stride-1"]["parts"] == ["Four", "Stride"]


def test_every_page_has_words_of_a_students_for_it_and_no_other_has():
    """A page that is new, or has another name, gets its own line in ``keywords.json``."""
    contents = (Path(__file__).parents[2] / "_toc.yml").read_text("utf-8")
    assert set(KEYWORDS) == set(re.findall(r"- file: (\S+)", contents))
    for page, phrases in KEYWORDS.items():
        each = phrases.split(", ")
        assert len(each) == len(set(each)), page
        assert all(each), page


def test_a_list_with_a_question_that_no_bank_has_stays_as_it_is():
    text = '<div class="cb-check">\n<p><strong>1.</strong> Who asks?</p>\n</div>'
    assert BLOCK.sub(named, text) == text
