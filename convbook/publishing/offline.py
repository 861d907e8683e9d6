"""Nothing comes from another host.

Formulas need MathJax, which the package sphinx-mathjax-offline has; the part of it that a page can
ask for (1.7 MB of 48) is copied to the site, with the script that loads it (``formulas``). Thebe
would fetch itself and run cells elsewhere.
"""

import importlib.util
import shutil
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
FORMULAS = Path(__file__).parent / "static/formulas.js"
LIST_TITLES = "DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY &&= location.protocol !== 'file:';"
# Parts of MathJax, so that no one of them keeps a phone busy for long; its menu is none of them.
MATHJAX = (
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions",
    "output/chtml.js",
    "output/chtml/fonts",
    "a11y/assistive-mml.js",
)


def configure(app, config):
    config.templates_path.insert(0, str(TEMPLATES))
    config.html_context.setdefault("default_mode", "auto")  # or the theme complains on every page


def drop_thebe(app, config):
    """Jupyter Book always loads Thebe, even where it is switched off."""
    for listeners in app.events.listeners.values():
        for listener in [*listeners]:
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)
    app.registry.css_files[:] = [f for f in app.registry.css_files if f[0] != "sphinx-thebe.css"]


def copy_mathjax(app, exception):
    """Copy MathJax if any page has a formula."""
    if exception or app.builder.format != "html" or not has_formulas(app.env):
        return
    shutil.copy(FORMULAS, Path(app.outdir, "_static"))
    (package,) = importlib.util.find_spec("sphinx-mathjax-offline").submodule_search_locations
    for part in MATHJAX:
        source = Path(package, "static/mathjax", part)
        target = Path(app.outdir, "_static/mathjax", part)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)


def has_formulas(env) -> bool:
    return any(env.get_domain("math").data["has_equations"].values())


def search_from_disk(app, pagename, templatename, context, doctree):
    """From disk, a page may not fetch the pages that it found to quote them: it lists titles."""
    if pagename == "search":
        app.add_js_file(None, body=LIST_TITLES)


def setup(app):
    app.connect("config-inited", configure)
    app.connect("config-inited", drop_thebe)
    app.connect("html-page-context", search_from_disk)
    app.connect("build-finished", copy_mathjax)
