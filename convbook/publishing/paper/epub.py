"""The book as EPUB 3: each page a file, formulas as MathML, since readers run no scripts."""

import hashlib
import html
import re
import uuid
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from convbook.publishing.paper.articles import Article

HERE = Path(__file__).parent
# A formula that MathJax has set carries its own MathML, for those who listen to it.
SERIALISE = """() => {
  for (const set of document.querySelectorAll("mjx-container"))
    set.replaceWith(set.querySelector("mjx-assistive-mml math"));
  for (const place of document.querySelectorAll(".page")) place.remove();
  const writer = new XMLSerializer();
  return Object.fromEntries([...document.querySelectorAll("article")].map((article) =>
    [article.dataset.slug, writer.serializeToString(article)]));
}"""
TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpeg": "image/jpeg",
         ".jpg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif"}  # fmt: skip
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
 lang="en-GB" xml:lang="en-GB">
<head><title>{title}</title><link rel="stylesheet" href="book.css" type="text/css"/></head>
<body>
{body}
</body>
</html>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en-GB">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>en-GB</dc:language>
<dc:creator>{author}</dc:creator>
<dc:rights>{licence}</dc:rights>
<dc:date>{date}</dc:date>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Every picture has a description; formulas are
MathML.</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def texts(page) -> dict[str, str]:
    """Id of each article -> its XHTML, from the page in which formulas were set."""
    found = page.evaluate(SERIALISE)
    return {slug: re.sub(r' data-mjx-[\w-]+="[^"]*"', "", xhtml) for slug, xhtml in found.items()}


def write(target: Path, articles: list[Article], facts: dict, xhtml: dict, site: Path) -> Path:
    """Write the EPUB file and return its path."""
    pictures = Pictures(site)
    files = {"cover.xhtml": PAGE.format(title=facts["title"], body=title_page(facts))}
    files["contents.xhtml"] = PAGE.format(title="Contents", body=navigation(articles))
    for article in articles:
        body = pictures.moved(pointed(xhtml[article.slug]))
        title = html.escape(article.title)
        files[f"{article.slug}.xhtml"] = PAGE.format(title=title, body=body)
    files["book.css"] = style(site)
    logo = (site / "_static/logo.svg").read_bytes()
    package = described(facts, files, pictures.files)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", ZIP_STORED)
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("book/book.opf", package)
        for name, content in {**files, **pictures.files, "logo.svg": logo}.items():
            archive.writestr(f"book/{name}", content)
    return target


def title_page(facts) -> str:
    escaped = {key: html.escape(value) for key, value in facts.items()}
    return f"""<section class="cover" epub:type="titlepage">
<img src="logo.svg" alt=""/>
<h1>{escaped["title"]}</h1>
<p class="subtitle">A chapter you can run, to read anywhere</p>
<p>{escaped["author"]}</p>
<p>{escaped["licence"]}</p>
</section>"""


def navigation(articles) -> str:
    """The contents list, nested as EPUB wants it: a list item holds the list of its pages."""
    lines, open_lists = [], 0
    for before, article in zip([None, *articles], articles, strict=False):
        depth = before.depth if before else -1
        if article.depth > depth:
            lines.append("<ol>")
            open_lists += 1
        else:
            lines.append("</li>" + "</ol></li>" * (depth - article.depth))
            open_lists -= depth - article.depth
        title = html.escape(article.title)
        lines.append(f'<li><a href="{article.slug}.xhtml">{title}</a>')
    lines.append("</li></ol>" * open_lists)
    items = "\n".join(lines)
    return f'<nav epub:type="toc" id="toc"><h1>Contents</h1>\n{items}\n</nav>'


def pointed(xhtml: str) -> str:
    """Links between articles become links between files."""
    return re.sub(r'href="#(p-.+?)(--[^"]*)?"', r'href="\1.xhtml#\1\2"', xhtml)


def style(site: Path) -> str:
    """The readers' own type, our code colours; the site names its light ones by its theme."""
    colours = (site / "_static/pygments.css").read_text("utf-8")
    light = re.findall(r'^html\[data-theme="light"\] (\.highlight .*)$', colours, re.MULTILINE)
    return (HERE / "static/epub.css").read_text("utf-8") + "\n".join(light) + "\n"


class Pictures:
    """The pictures that pages show, each stored once."""

    def __init__(self, site: Path):
        self.site = site
        self.files = {}

    def moved(self, xhtml: str) -> str:
        """The text with its pictures' addresses in the EPUB."""
        return re.sub(r'(<img\b[^>]*?\bsrc=")([^"]+)"', self._move, xhtml)

    def _move(self, found):
        content, suffix = self._content(html.unescape(found[2]))
        if suffix == ".svg":
            content = named_once(content)
        name = f"images/{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
        self.files[name] = content
        return f'{found[1]}{name}"'

    def _content(self, address) -> tuple[bytes, str]:
        data = re.match(r"data:image/(\w+)[^,]*;base64,(.*)", address, re.DOTALL)
        if data:
            return b64decode(data[2]), f".{data[1]}"
        path = self.site / re.sub(r"^.*?(?=_images/|_static/)", "", address)
        return path.read_bytes(), path.suffix


def named_once(svg: bytes) -> bytes:
    """The drawing with each id on one element only.

    Matplotlib names an image by its content, so a picture drawn twice has its id twice; an EPUB
    may not. Whatever refers to the id finds the first, which has the same content.
    """
    seen = set()

    def first(found):
        if found[1] in seen:
            return b""
        seen.add(found[1])
        return found[0]

    return re.sub(rb'\sid="([^"]*)"', first, svg)


def described(facts, files, pictures) -> str:
    """The package document: what the book is, which files it has, and their order."""
    escaped = {key: html.escape(value) for key, value in facts.items()}
    entries = [entry(name, content) for name, content in files.items()]
    entries += [
        f'<item id="i-{Path(name).stem}" href="{name}" media-type="{TYPES[Path(name).suffix]}"/>'
        for name in pictures
    ]
    entries.append(
        '<item id="logo" href="logo.svg" media-type="image/svg+xml" properties="cover-image"/>'
    )
    order = [Path(name).stem for name in files if name.endswith(".xhtml")]
    return PACKAGE.format(
        **escaped,
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, facts["title"]),
        modified=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        manifest="\n".join(entries),
        spine="\n".join(f'<itemref idref="{name}"/>' for name in order),
    )


def entry(name, content) -> str:
    stem = Path(name).stem
    if name.endswith(".css"):
        return f'<item id="style" href="{name}" media-type="text/css"/>'
    signs = {"nav": 'epub:type="toc"', "mathml": "<math"}
    marks = [mark for mark, sign in signs.items() if sign in content]
    marks = f' properties="{" ".join(marks)}"' if marks else ""
    return f'<item id="{stem}" href="{name}" media-type="application/xhtml+xml"{marks}/>'
