"""The book's own search: it finds what a student types, also in a folder and with storage refused.

Sphinx's search knows no typing errors and weighs a title no more than a passing word. Here
MiniSearch (https://lucaong.github.io/minisearch/, MIT) does the looking up.
``static/search-words.js`` folds what is written in several ways into one, knows synonyms and mends
slips. ``static/search.js`` weighs a lesson more than an exercise, and most of all the page for
which ``keywords.json`` has what is asked. The texts come as a classic script,
``search-texts.js``, since a page that was opened from a folder may fetch nothing. Why not Pagefind:
it fetches pieces of its index, so it needs a server.
"""

import json
import shutil
from pathlib import Path

from convbook.publishing.index import GLOSSARY, words
from convbook.publishing.search.texts import page_texts

STATIC = Path(__file__).parent / "static"
SCRIPTS = ("minisearch.js", "search-words.js", "search.js", "search-page.js")
#: Page -> what students call its subjects, beside its own words: phrases with commas between them.
KEYWORDS = {
    page: ", ".join(lines)
    for page, lines in json.loads(
        Path(__file__).with_name("keywords.json").read_text("utf-8")
    ).items()
}
#: Sphinx's own, which no page loads any more.
REPLACED = ("_static/searchtools.js", "_static/language_data.js", "searchindex.js")


def use_own_index(app):
    """No index of Sphinx's: ours is made from the finished pages."""
    if app.builder.name == "html":
        app.builder.search = False


def search_page(app):
    """The page with the results, which Sphinx then does not make."""
    if app.builder.name == "html":
        yield "search", {"title": "Search", "nosearch": True}, "search.html"


def write_texts(app, exception):
    """Copies the scripts, and writes the texts of all pages beside them."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    for name in SCRIPTS:
        shutil.copy(STATIC / name, out / "_static")
    kept = Path(app.doctreedir) / "search-texts.json"
    texts = texts_of_pages(app, read(kept))
    kept.write_text(json.dumps(texts, ensure_ascii=False), "utf-8")
    about = subjects(app.env)
    pages = [
        page | {"url": url} | about[url.removesuffix(".html")]
        for url, (_, page) in texts.items()
        if page["sections"]
    ]
    found = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    (out / "_static" / "search-texts.js").write_text(f"var convbookTexts = {found};\n", "utf-8")
    for name in REPLACED:
        (out / name).unlink(missing_ok=True)


def subjects(env) -> dict[str, dict]:
    """Page -> what it is about beside its own words.

    ``keywords`` are a student's names for its subjects and ``terms`` the glossary's words that it
    explains, phrases with commas between them, and
    ``parts`` the titles of what it is a part of, the chapter first, which it need not repeat: every
    page below *Keras implementation* is about Keras.
    """
    parents = {
        child: parent
        for parent, children in env.toctree_includes.items()
        for child in children
        if parent != env.config.root_doc
    }

    def parts(name: str) -> list[str]:
        parent = parents.get(name)
        return [*parts(parent), env.titles[parent].astext()] if parent else []

    glossary = Path(env.doc2path(GLOSSARY))
    terms = words(glossary) if glossary.exists() else {}
    return {
        name: {
            "keywords": KEYWORDS.get(name, ""),
            "terms": ", ".join(terms.get(Path(env.doc2path(name)).with_suffix("").resolve(), [])),
            "parts": parts(name),
        }
        for name in env.found_docs
    }


def texts_of_pages(app, before: dict) -> dict:
    """Address -> the page's date and its texts; what has not been written again stays as it was."""
    texts = {}
    for name in sorted(app.env.found_docs - {app.config.root_doc}):
        url = app.builder.get_target_uri(name)
        path = Path(app.outdir, url)
        if not path.is_file():
            continue
        date = path.stat().st_mtime_ns
        known = before.get(url)
        texts[url] = known if known and known[0] == date else [date, page_texts(path)]
    return texts


def read(path: Path) -> dict:
    """What was kept from the last build; nothing where there is none, or it cannot be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def setup(app):
    app.connect("builder-inited", use_own_index)
    app.connect("html-collect-pages", search_page)
    # After everything that still changes a page.
    app.connect("build-finished", write_texts, priority=900)
