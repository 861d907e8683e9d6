"""A page loads the scripts and styles of Sphinx extensions only if it holds what they are for."""

from pathlib import Path

# Part of a file's name, or of an inline script -> what the body of a page that needs it contains.
NEEDED_FOR = {
    "toggle": ('class="toggle', " toggle", "dropdown"),
    "design-tabs": ("sd-tab",),
    "sphinx-design": ('class="sd-', " sd-"),
    "clipboard": ('class="highlight',),
    "copybutton": ('class="highlight',),
    "mystnb": ("cell_input", "cell_output"),
}


def drop_unused(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context[kind] if needed(file, body)]


def needed(file, body: str) -> bool:
    """Whether a page with this body needs the script or style sheet."""
    name = str(file.filename or file.attributes.get("body", ""))
    marks = [marks for part, marks in NEEDED_FOR.items() if part in name]
    return not marks or any(mark in body for mark in marks[0])


def drop_source_maps(app, exception):
    """They are for those who write the theme, and a third of the site."""
    for path in Path(app.outdir, "_static").rglob("*.map"):
        path.unlink()


def setup(app):
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", drop_source_maps)
