"""The icons that the site uses, and no others.

The theme brings a script of 1.5 MB with every icon there is, and fonts with the same ones. Here the
script goes, and the fonts are cut down to the glyphs that pages and scripts name.
"""

import re
from pathlib import Path

from fontTools import subset


def cut_fonts(app, exception):
    static = Path(app.outdir, "_static")
    stylesheet = static / "styles/pydata-sphinx-theme.css"
    if exception or not stylesheet.exists():
        return
    (static / "scripts/fontawesome.js").unlink(missing_ok=True)
    codes, used = code_points(stylesheet.read_text("utf-8")), icons_named(Path(app.outdir))
    for font in (static / "vendor/fontawesome/webfonts").iterdir():
        if font.suffix == ".woff2":
            keep_only(font, {codes[icon] for icon in used & codes.keys()})
        else:
            font.unlink()  # for browsers too old to run the widgets


def code_points(stylesheet: str) -> dict[str, int]:
    """Icon name to code point, as the theme's style sheet has them.

    It may be an earlier build's, cut down to the rules in use, in which a code is its character.
    """
    rules = re.findall(r'([^{}]*):before\{content:"(?:\\([0-9a-f]+)|(.))"\}', stylesheet)
    return {
        icon: int(code, 16) if code else ord(character)
        for names, code, character in rules
        for icon in re.findall(r"\.(fa-[\w-]+)", names)
    }


def icons_named(site: Path) -> set[str]:
    """Every icon class in the site's pages and in the theme's scripts."""
    files = [*site.rglob("*.html"), *(site / "_static/scripts").glob("*.js")]
    return {icon for file in files for icon in re.findall(r"fa-[\w-]+", file.read_text("utf-8"))}


def keep_only(font: Path, code_points: set[int]):
    options = subset.Options(flavor="woff2")
    with subset.load_font(font, options) as face:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=code_points)
        cutter.subset(face)
        subset.save_font(face, font, options)


def setup(app):
    app.connect("build-finished", cut_fonts)
