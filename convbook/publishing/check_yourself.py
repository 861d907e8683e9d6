"""The questions at the end of a page can be answered there: right or wrong, and why, at once.

A page holds them as a list with folded reasons (``convbook.items.in_page``), which is what paper,
an e-book and a browser without scripts show. The script turns it into what the Quiz widget shows,
and notes the first answer in the reader's own browser, as the quiz does. It brings no bank: what it
needs beside the list is written into the page here.
"""

import html
import json
import re
from functools import cache
from pathlib import Path

from convbook.items import questions
from convbook.items.prose import marked
from convbook.widgets._bundle import bundle, style

NAME = "check-yourself"
BLOCK = re.compile(r'<div class="cb-check">(.*?)</div>', re.DOTALL)
STEM = re.compile(r"<p><strong>\d+\.</strong> (.*?)</p>", re.DOTALL)
LOOKS = """
.cb-check-live .cb-body { display: grid; gap: 1rem; }
.cb-check-plain { display: none; }
@media print {
  .cb-check-live { display: none; }
  .cb-check-plain { display: block; }
}
"""


@cache
def bank() -> dict[str, dict]:
    """A question's stem as pages have it -> what the script has to know of it."""
    about = {}
    for one in questions():
        about[marked(one.stem)] = {
            "id": one.id,
            "objective": one.objective,
            "section": one.section,
            **({"look": one.look} if one.look.get("widget") else {}),
        }
    return about


def name_questions(app, pagename, templatename, context, doctree):
    """Says at each list which questions of the bank it holds."""
    if "cb-check" in context.get("body", ""):
        context["body"] = BLOCK.sub(named, context["body"])


def named(block: re.Match) -> str:
    """The list with its questions' names; as it was if one of them is not in the bank."""
    about = [bank().get(stem) for stem in STEM.findall(block[1])]
    if not about or None in about:
        return block[0]
    data = html.escape(json.dumps(about, separators=(",", ":")))
    return f'<div class="cb-check" data-questions="{data}">{block[1]}</div>'


def write(app):
    """The script and its looks; before pages are written, so that their addresses hold a hash."""
    if app.builder.name != "html":
        return
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    script = f"(() => {{\n{bundle('shared/check_yourself.js')}\n}})();\n"
    (static / f"{NAME}.js").write_text(script, "utf-8")
    (static / f"{NAME}.css").write_text(f"{style('quiz.css')}\n{LOOKS}", "utf-8")
    app.add_js_file(f"{NAME}.js", loading_method="defer")
    app.add_css_file(f"{NAME}.css")


def setup(app):
    app.connect("builder-inited", write)
    app.connect("html-page-context", name_questions)
