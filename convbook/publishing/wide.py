"""Where one line of code is longer than its column, all code of the page takes the margin too.

All of it, so that a page's code has one width; and with it what a cell prints in lines as long.
"""

from docutils import nodes

COLUMN = 76  # characters of code that fit into the column of text, in a fold too
TEXTS = {"text_plain", "stream"}


def widen(app, doctree):
    cells = [
        cell
        for cell in doctree.findall(nodes.container)
        if cell.get("nb_element") == "cell_code_source"
    ]
    if any(is_long(cell) for cell in cells):
        for cell in cells:
            cell["classes"].append("wide-code")
    for output in doctree.findall(nodes.literal_block):
        if TEXTS & set(output["classes"]) and is_long(output):
            output["classes"].append("wide-text")


def is_long(node: nodes.Node) -> bool:
    return max(map(len, node.astext().splitlines()), default=0) > COLUMN


def setup(app):
    app.connect("doctree-read", widen)
