"""A cell whose lines are longer than the column of text takes the margin beside it as well.

The theme's class for that also takes its list of contents out of the way meanwhile.
"""

from docutils import nodes

COLUMN = 70  # characters of code that fit beside the list of contents on a laptop's screen


def widen(app, doctree):
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code_source":
            code = cell.astext().splitlines()
            if max(map(len, code), default=0) > COLUMN:
                cell["classes"].append("full-width")


def setup(app):
    app.connect("doctree-read", widen)
