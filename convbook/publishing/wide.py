"""A cell whose lines are longer than the column of text takes the margin beside it as well.

The theme's own class for that takes its list of contents out of the way meanwhile, and expects that
the page has one.
"""

from docutils import nodes

COLUMN = 76  # characters of code that fit into the column of text, in a fold too


def widen(app, doctree):
    has_contents = any(
        isinstance(section.parent, nodes.section) for section in doctree.findall(nodes.section)
    )
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code_source":
            code = cell.astext().splitlines()
            if max(map(len, code), default=0) > COLUMN:
                cell["classes"] += ["wide-code", "full-width"] if has_contents else ["wide-code"]


def setup(app):
    app.connect("doctree-read", widen)
