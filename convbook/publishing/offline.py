"""Nothing from another host, and nothing that a page does not use.

Formulas need MathJax, which comes with the package sphinx-mathjax-offline; the part of it that
pages can ask for (2.2 MB of 48) is copied to the site. The theme's icons are drawn by its icon font,
cut down to the glyphs in use, instead of by a script of 1.5 MB that holds every icon there is.
"""

import importlib.util
import re
import shutil
from pathlib import Path

from fontTools import subset

TEMPLATES = Path(__file__).parent / "templates"
MATHJAX = ("tex-chtml.js", "output/chtml/fonts", "input/tex/extensions")


def configure(app, config):
    config.mathjax_path = (
        "mathjax/tex-chtml.js"  # below _static; Sphinx adds it to pages with maths
    )
    config.templates_path.append(str(TEMPLATES))


def drop_thebe(app, config):
    """Jupyter Book always loads Thebe, which would run cells on a public server."""
    for listeners in app.events.listeners.values():
        for listener in [*listeners]:
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)
    app.registry.css_files[:] = [f for f in app.registry.css_files if f[0] != "sphinx-thebe.css"]


def copy_mathjax(app, exception):
    """Copy MathJax if any page has a formula."""
    if exception or app.builder.format != "html" or not has_formulas(app.env):
        return
    (package,) = importlib.util.find_spec("sphinx-mathjax-offline").submodule_search_locations
    for part in MATHJAX:
        source = Path(package, "static/mathjax", part)
        target = Path(app.outdir, "_static/mathjax", part)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)


def subset_icons(app, exception):
    """Cut the icon fonts down to the glyphs that the site's pages and scripts name."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    (static / "scripts/fontawesome.js").unlink(missing_ok=True)
    glyphs = icon_glyphs(static / "styles/pydata-sphinx-theme.css")
    used = icons_named(app.outdir)
    for font in (static / "vendor/fontawesome/webfonts").glob("*"):
        if font.suffix != ".woff2":
            font.unlink()  # every browser that runs the widgets reads woff2
            continue
        options = subset.Options(flavor="woff2")
        with subset.load_font(font, options) as face:
            cutter = subset.Subsetter(options)
            cutter.populate(unicodes=[glyphs[name] for name in used if name in glyphs])
            cutter.subset(face)
            subset.save_font(face, font, options)


def icon_glyphs(stylesheet: Path) -> dict[str, int]:
    """Icon name to code point, as the theme's style sheet has them."""
    rules = re.findall(r'([^{}]*):before\{content:"\\([0-9a-f]+)"\}', stylesheet.read_text("utf-8"))
    return {
        name: int(code, 16) for names, code in rules for name in re.findall(r"\.(fa-[\w-]+)", names)
    }


def icons_named(site: Path) -> set[str]:
    """Every icon class in the site's pages and in the theme's scripts."""
    files = [*Path(site).rglob("*.html"), *Path(site, "_static/scripts").glob("*.js")]
    return {
        name for file in files for name in re.findall(r"fa-[a-z0-9-]+", file.read_text("utf-8"))
    }


def has_formulas(env) -> bool:
    return any(env.get_domain("math").data.get("has_equations", {}).values())


def setup(app):
    app.connect("config-inited", configure)
    app.connect("config-inited", drop_thebe)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", subset_icons)
