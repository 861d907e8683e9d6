"""Mends what an accessibility checker finds in the HTML of Sphinx and of the theme.

``templates/navbar-logo.html`` belongs to this: the logo stands outside every landmark.
"""

from docutils import nodes


def drop_empty_headers(app, doctree):
    """A Markdown table must have a header row; where it is empty, there is no header."""
    for row in [*doctree.findall(nodes.thead)]:
        if not row.astext().strip():
            row.parent.remove(row)


def name_list_items(app, pagename, templatename, context, doctree):
    """docutils gives a reference a role that ARIA has since withdrawn, inside a list."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app):
    app.connect("doctree-read", drop_empty_headers)
    app.connect("html-page-context", name_list_items)
