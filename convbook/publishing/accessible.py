"""Mends what an accessibility checker finds in the HTML of Sphinx and of the theme.

``templates/navbar-logo.html`` belongs to this: the logo stands outside every landmark.
"""

from docutils import nodes


def drop_empty_headers(app, doctree):
    """A Markdown table must have a header row; where it is empty, there is no header."""
    for row in [*doctree.findall(nodes.thead)]:
        if not row.astext().strip():
            row.parent.remove(row)


# docutils gives a reference a role that ARIA has since withdrawn, inside a list; and a folded cell
# is called something else than what stands on it.
WRONG = {
    'role="doc-biblioentry"': 'role="listitem"',
    '<summary aria-label="Toggle hidden content">': "<summary>",
}


def mend_names_and_roles(app, pagename, templatename, context, doctree):
    """Replace in a page's text what a listener would be told wrongly."""
    if "body" in context:
        for wrong, right in WRONG.items():
            context["body"] = context["body"].replace(wrong, right)


def name_the_arrows(app, pagename, templatename, context, doctree):
    """In the side bar, the arrow beside a section opens the list of its pages and has no name."""
    side_bar = context.get("generate_toctree_html")
    if side_bar is None:
        return

    def named(*args, **kwargs):
        html = side_bar(*args, **kwargs)
        for arrow in html.select("li > details > summary"):
            if section := arrow.find_parent("li").find("a", recursive=False):
                arrow["aria-label"] = f"Pages of {section.get_text(strip=True)}"
        return html

    context["generate_toctree_html"] = named


def setup(app):
    app.connect("doctree-read", drop_empty_headers)
    app.connect("html-page-context", mend_names_and_roles)
    # After the theme has put its function there.
    app.connect("html-page-context", name_the_arrows, priority=800)
