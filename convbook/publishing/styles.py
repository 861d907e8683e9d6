"""The style rules that the site uses, and no others, in one sheet.

The theme's style sheet holds every rule of Bootstrap and of an icon font: 400 kB that a page waits
for before it shows a word. A rule goes if it asks for a class that no page has and no script names.
What is left of a dozen sheets is 40 kB as sent, and a page asks once for all of it: each request
more costs a far-away reader another moment of blank page, and every page has the same sheet.

Why not PurgeCSS or UnCSS: both need Node, and whoever builds the book needs none. The parsing is
tinycss2's; what is left here is the one question whether a selector can find anything.
"""

import hashlib
import re
from pathlib import Path

import tinycss2

# The sheets that come from elsewhere; ours hold what is needed.
CUT = ("styles/*.css", "sphinx-design*.css", "mystnb*.css", "basic.css")
# In the order in which the theme loads them; after these come the book's own (``html_css_files``).
# A sheet that is not here, because another extension brought it, stays a sheet of its own.
JOINED = (
    "styles/theme.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "copybutton.css",
    "togglebutton.css",
    "sphinx-design*.css",
    "mystnb*.css",
    "check-yourself.css",
    "afm/host.css",
)
SITE = "site.css"
LINK = re.compile(
    r'<link\b[^>]*\bhref="((?:\.\./)*)_static/([^"?]+\.css)(?:\?[^"]*)?"[^>]*>[ \t]*\n?'
)
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
IMPORT = re.compile(r"""@import\s+(?:url\()?["']([\w./-]+\.css)["']\)?\s*;""")
ADDRESS = re.compile(r"""\burl\(["']?(?!["']|data:|https?:|/|#)""")  # of a file beside the sheet
ARGUMENT = re.compile(r":not\([^()]*\)")  # what must not be there need not be there
NESTED = ("media", "supports", "layer")


def cut_styles(app, exception):
    static = Path(app.outdir, "_static")
    if exception or app.builder.format != "html" or not static.is_dir():
        return
    names = names_in(Path(app.outdir))
    for path in (path for pattern in CUT for path in static.glob(pattern)):
        path.write_text(cut(whole(path), names), "utf-8")


def join_styles(app, exception):
    """One sheet in place of those that every page of the theme asks for."""
    static = Path(app.outdir, "_static")
    if exception or app.builder.format != "html" or not static.is_dir():
        return
    own = (name if isinstance(name, str) else name[0] for name in app.config.html_css_files)
    names = joined(static, (*JOINED, *own))
    sheet = "\n".join(in_place(static / name, static) for name in names)
    (static / SITE).write_text(sheet, "utf-8")
    address = f"{SITE}?v={hashlib.sha256(sheet.encode()).hexdigest()[:8]}"
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text("utf-8")
        if (with_one := ask_once(text, {SITE, *names}, address)) != text:
            page.write_text(with_one, "utf-8")


def joined(static: Path, patterns) -> list[str]:
    """The sheets that the patterns name, as paths below the folder, in the patterns' order."""
    found = (path for pattern in patterns for path in sorted(static.glob(pattern)))
    # What a sheet imports from elsewhere is heard only at the beginning of a sheet.
    fit = (path for path in found if "@import" not in path.read_text("utf-8"))
    return list(dict.fromkeys(path.relative_to(static).as_posix() for path in fit))


def in_place(path: Path, folder: Path) -> str:
    """A sheet whose addresses are seen from the folder above it."""
    below = "".join(f"{part}/" for part in path.parent.relative_to(folder).parts)
    return ADDRESS.sub(rf"\g<0>{below}", path.read_text("utf-8"))


def ask_once(page: str, names: set[str], address: str) -> str:
    """The page with one link, at the place of the first of those to the sheets named."""
    places = [found for found in LINK.finditer(page) if found[2] in names]
    for found in reversed(places):
        one = f'<link rel="stylesheet" href="{found[1]}_static/{address}" />\n'
        page = page[: found.start()] + (one if found is places[0] else "") + page[found.end() :]
    return page


def whole(path: Path) -> str:
    """A style sheet with what it imports in place, so that a page need not ask twice."""

    def imported(found):
        other = (path.parent / found[1]).resolve()
        if not other.is_file():
            return found[0]
        folder = f"{found[1].rpartition('/')[0]}/".lstrip("/")
        return ADDRESS.sub(rf"\g<0>{folder}", whole(other)) + "\n"

    return IMPORT.sub(imported, path.read_text("utf-8"))


def names_in(site: Path) -> set[str]:
    """Everything that may be a class: those of all pages, and each word of a script."""
    found = set()
    for page in site.rglob("*.html"):
        for classes in re.findall(r'class="([^"]*)"', page.read_text("utf-8")):
            found.update(classes.split())
    for script in (site / "_static").rglob("*.js"):
        if "mathjax" not in script.parts:
            found.update(re.findall(r"[\w-]+", script.read_text("utf-8")))
    return found


def cut(sheet: str, names: set[str]) -> str:
    """The style sheet without the rules for classes that are not among ``names``."""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return "\n".join(filter(None, (kept(rule, names) for rule in rules))) + "\n"


def kept(rule, names) -> str:
    """The rule as text, less the selectors that find nothing; empty if none is left."""
    if rule.type == "at-rule" and rule.lower_at_keyword in NESTED and rule.content is not None:
        inner = cut(tinycss2.serialize(rule.content), names).strip()
        head = f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}"
        return f"{head}{{{inner}}}" if inner else ""
    if rule.type != "qualified-rule":
        return rule.serialize()
    selectors = [s for s in split_selectors(rule.prelude) if may_match(s, names)]
    if not selectors:
        return ""
    return f"{','.join(selectors)}{{{tinycss2.serialize(rule.content).strip()}}}"


def split_selectors(prelude) -> list[str]:
    """The selectors of a rule; a comma inside brackets separates nothing."""
    groups: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    return [tinycss2.serialize(group).strip() for group in groups]


def may_match(selector: str, names: set[str]) -> bool:
    """Whether all classes that a selector asks for exist; ``:is(.a, .b)`` asks for none."""
    required = re.sub(r"\[[^]]*\]|:(?:is|where|has)\([^()]*\)", "", ARGUMENT.sub("", selector))
    return all(name in names for name in CLASS.findall(required))


def setup(app):
    # After the icons' names were read from the whole sheet, before its size is.
    app.connect("build-finished", cut_styles, priority=700)
    app.connect("build-finished", join_styles, priority=800)
