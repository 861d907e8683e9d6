"""Where one line of code is longer than its column, all code of the page takes the margin too.

All of it, so that a page's code has one width; and with it what a cell prints in lines as long. The
theme's own class for that takes its list of contents out of the way meanwhile, and expects that the
page has one.
"""

from docutils import nodes

COLUMN = 76  # characters of code that fit into the column of text, in a fold too
TEXTS = {"text_plain", "stream"}


def widen(app, doctree):
    has_contents = any(
        isinstance(section.parent, nodes.section) for section in doctree.findall(nodes.section)
    )
    marks = ["full-width"] if has_contents else []
    cells = [
        cell
        for cell in doctree.findall(nodes.container)
        if cell.get("nb_element") == "cell_code_source"
    ]
    if any(is_long(cell) for cell in cells):
        for cell in cells:
            cell["classes"] += ["wide-code", *marks]
    for output in doctree.findall(nodes.literal_block):
        if TEXTS & set(output["classes"]) and is_long(output):
            output["classes"] += ["wide-text", *marks]


def is_long(node: nodes.Node) -> bool:
    return max(map(len, node.astext().splitlines()), default=0) > COLUMN


def setup(app):
    app.connect("doctree-read", widen)
