"""What a messenger or a search engine shows of a page: its title, a sentence, the book's card.

A card needs a full address, so it is there only where the configuration says where the book is
published (``html: baseurl`` in ``_config.yml``).

Why not sphinxext-opengraph (0.13 looked at): it describes a page by its first characters, which
here are the reading time and what to read before; and it wants the address a second time, under a
name of its own. The sentence that says something is what this module is for.
"""

import html

from docutils import nodes

CARD = "social-card.png"  # in the book's static files
LONGEST = 200  # characters of a description


def add_tags(app, pagename, templatename, context, doctree):
    if doctree is None or app.builder.name != "html":
        return
    properties = {
        "og:type": "article",
        "og:site_name": app.config.html_title,
        "og:title": nodes_text(app.env.titles[pagename]),
        "og:description": description(doctree),
    }
    if base := app.config.html_baseurl:
        site = base.rstrip("/")
        properties["og:url"] = f"{site}/{app.builder.get_target_uri(pagename)}"
        properties["og:image"] = f"{site}/_static/{CARD}"
        properties["twitter:card"] = "summary_large_image"
    tags = [
        f'<meta property="{name}" content="{html.escape(value)}" />'
        for name, value in properties.items()
        if value
    ]
    tags.append(
        f'<meta name="description" content="{html.escape(properties["og:description"])}" />'
    )
    context["metatags"] = context.get("metatags", "") + "\n".join(tags)


def nodes_text(node) -> str:
    return " ".join(node.astext().split())


def description(doctree) -> str:
    """The first paragraph of a page that says something, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = nodes_text(paragraph)
        if len(text) > 40 and not isinstance(paragraph.children[0], nodes.emphasis):
            short = text[:LONGEST].rsplit(" ", 1)[0] if len(text) > LONGEST else text
            return short + ("…" if short != text else "")
    return ""


def setup(app):
    app.connect("html-page-context", add_tags)
