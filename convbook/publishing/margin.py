"""In a wide window short asides and the captions of figures stand in the margin.

A diagram of the book with its caption becomes the same kind of figure as a plot of a notebook.

How they look is in ``book.css``. In a narrow window and on paper all stays in the column. The
classes are not the theme's, whose script would look for a list of contents to put away.
"""

import re

from docutils import nodes

LONGEST = 350  # characters of an aside, about as high as three paragraphs beside it
TALL = 380  # characters of a paragraph beside which an aside can begin: about five lines
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
    for quotation in doctree.findall(nodes.block_quote):
        if is_aside(quotation):
            quotation["classes"].append("aside")
            before = quotation.previous_sibling()
            if isinstance(before, nodes.paragraph) and len(before.astext()) >= TALL:
                quotation["classes"].append("beside")


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
