"""A page loads only the scripts it uses, and after its text."""

import re
from pathlib import Path

SEARCH = r'<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>\s*'
# The faces that every page begins with, if the book brings them: asked for before its styles.
FIRST_FACES = (
    "stix-two-text-latin-400-normal",
    "stix-two-text-latin-400-italic",
    "stix-two-text-latin-600-normal",
    "inter-latin-400-normal",
    "inter-latin-600-normal",
)
READ_AT_ONCE = "documentation_options"  # inline scripts add to it
# Part of a file's name, or of an inline script -> what the body of a page that needs it contains.
NEEDED_FOR = {
    "toggle": ('class="toggle', " toggle", "dropdown"),
    "design-tabs": ("sd-tab",),
    "clipboard": ('class="highlight',),
    "copybutton": ('class="highlight',),
    "check-yourself": ('class="cb-check"',),
}


def load_what_is_used(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    faces = (f"fonts/{face}.woff2" for face in FIRST_FACES)
    folders = [Path(app.confdir, folder) for folder in app.config.html_static_path]
    context["first_faces"] = [f for f in faces if any((at / f).is_file() for at in folders)]
    scripts = [file for file in context["script_files"] if needed(file, body)]
    # The search page's own scripts use these at once.
    context["script_files"] = scripts if pagename == "search" else [*map(deferred, scripts)]


def deferred(file):
    """A copy of the script that runs after the page was read."""
    if not file.filename or READ_AT_ONCE in str(file.filename):
        return file
    return type(file)(
        file.filename, priority=file.priority, **{**file.attributes, "defer": "defer"}
    )


def needed(file, body: str) -> bool:
    """Whether a page with this body needs the script."""
    name = str(file.filename or file.attributes.get("body", ""))
    marks = [marks for part, marks in NEEDED_FOR.items() if part in name]
    return not marks or any(mark in body for mark in marks[0])


def add_filter(app):
    """For ``templates/layout.html``; the search page brings these scripts itself."""
    if app.builder.format == "html":
        filters = app.builder.templates.environment.filters
        filters["without_search_scripts"] = lambda head: re.sub(SEARCH, "", head)


def drop_source_maps(app, exception):
    """They are for those who write the theme, and a third of the site."""
    for path in Path(app.outdir, "_static").rglob("*.map"):
        path.unlink()


def setup(app):
    app.connect("builder-inited", add_filter)
    app.connect("html-page-context", load_what_is_used, priority=900)
    app.connect("build-finished", drop_source_maps)
