"""Code with a line that is longer than its column takes of an empty margin what the line needs.

So does what a cell prints. A class says which (``book.css``), and lets their cell begin below what
stands in the margin.
"""

from docutils import nodes

COLUMN = 76  # characters of code that fit into the column of text, in a fold too


def widen(app, doctree):
    for text in doctree.findall(nodes.literal_block):
        if max(map(len, text.astext().splitlines()), default=0) > COLUMN:
            whole = text.parent if text.parent.get("nb_element") == "cell_code_source" else text
            whole["classes"].append("wide")


def setup(app):
    app.connect("doctree-read", widen)
