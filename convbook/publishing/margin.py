"""In a wide window short asides and the captions of figures stand in the margin.

A diagram of the book with its caption becomes the same kind of figure as a plot of a notebook.

How they look is in ``book.css``. In a narrow window and on paper all stays in the column. The
classes are not the theme's, whose script would look for a list of contents to put away.
"""

import math
import re

from docutils import nodes

LONGEST = 350  # characters of an aside, about as high as three paragraphs beside it
TALL = 380  # characters of a paragraph beside which an aside can begin: about five lines
HEADING = 60  # pixels: what an aside may begin above the text of its section
TEXT = nodes.paragraph | nodes.bullet_list | nodes.enumerated_list
CAPTIONED = re.compile(
    r'<figure class="cb-figure">(?=(?:<img\b[^>]*>|<div class="cb-panels".*?</div>)<figcaption>)',
    re.DOTALL,
)
# One of the book's diagrams, and below it a paragraph that is all in italics: its caption.
DIAGRAM = re.compile(
    r'<p>(<img\b[^>]*_images/[^>]*\.svg"[^>]*>)</p>\s*<p><em>((?:(?!</?em>|</?p>).)*)</em></p>',
    re.DOTALL,
)


def move_asides(app, doctree):
    asides = [one for one in doctree.findall(nodes.block_quote) if is_aside(one)]
    while asides:
        run = [asides.pop(0)]
        while asides and asides[0] is run[-1].next_node(descend=False, siblings=True):
            run.append(asides.pop(0))
        place(run)


def place(run: list[nodes.block_quote]) -> None:
    """Put asides that follow one another beside the text after them, if there is enough of it
    before the next heading; else beside the text before them, or else into the column."""
    section, at = run[0].parent, run[0].parent.index(run[0])
    high = sum(height(one) for one in run)
    if room(section.children[at + len(run) :]) >= high:
        for one in run:
            one["classes"].append("aside")
        before = run[0].previous_sibling()
        if isinstance(before, nodes.paragraph) and len(before.astext()) >= TALL:
            run[0]["classes"].append("beside")
    elif room(section.children[:at][::-1], free=True) >= high - HEADING:
        for one in run:
            one["classes"].append("aside")
            section.remove(one)
        section.insert(at, nodes.container("", *run, classes=["asides-above"]))


def height(aside: nodes.Node) -> float:
    """About how high an aside is in the margin, in pixels: its name and its lines."""
    return 21 * (1 + math.ceil(len(aside.astext()) / 28))


def room(parts: list[nodes.Node], free=False) -> float:
    """About how high the parts of a section are that asides can stand beside, in pixels.

    ``free``: only as far as nothing of them can stand in the margin itself.
    """
    high = 0.0
    for part in parts:
        if isinstance(part, nodes.section | nodes.title | nodes.block_quote):
            break
        if isinstance(part, nodes.table):
            high += 37 * sum(1 for _ in part.findall(nodes.row))
        elif isinstance(part, TEXT) and not [*part.findall(nodes.image)]:
            high += sum(
                20 + 29.5 * math.ceil(len(one.astext()) / 74)
                for one in part.findall(nodes.paragraph)
            )
        elif free:
            break
        else:
            high += TALL
    return high


def is_aside(quotation: nodes.block_quote) -> bool:
    """Whether a quotation is short and opens with a name in bold ("Exam tip.")."""
    first = next(iter(quotation.findall(nodes.paragraph)), None)
    parts = [part for part in first or () if part.astext()]
    named = bool(parts) and isinstance(parts[0], nodes.strong)
    return named and len(quotation.astext()) <= LONGEST


def move_captions(app, pagename, templatename, context, doctree):
    if "body" in context:
        figure = r'<figure class="cb-figure">\1<figcaption>\2</figcaption></figure>'
        body = DIAGRAM.sub(figure, context["body"])
        context["body"] = CAPTIONED.sub('<figure class="cb-figure caption-beside">', body)


def setup(app):
    app.connect("doctree-read", move_asides)
    app.connect("html-page-context", move_captions)
