"""Print the built book: ``python -m convbook.publishing.paper`` (or ``make print``)."""

import argparse
import os
from pathlib import Path

from convbook.publishing.paper import articles, chromium, document, epub, record, solutions

NAME = "convolutional-neural-networks"


def main(arguments=None):
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--root", type=Path, default=Path("."), help="folder with _config.yml")
    ask.add_argument("--site", type=Path, help="the built site (ROOT/_build/html)")
    ask.add_argument("--target", type=Path, help="where to write (ROOT/_build/print)")
    asked = ask.parse_args(arguments)
    site = (asked.site or asked.root / "_build/html").resolve()
    target = (asked.target or asked.root / "_build/print").resolve()
    for path in write(asked.root, site, target):
        print(f"{path.stat().st_size / 1e6:6.1f} MB  {path}")


def write(root: Path, site: Path, target: Path) -> list[Path]:
    """Write the book as PDF and EPUB, the solutions and the record sheet; return their paths."""
    pages = articles.read(site)
    facts = document.facts(root)
    address = Path(os.path.relpath(site, target)).as_posix()
    documents = {
        NAME: document.book(pages, facts, address),
        "solutions": document.page("Solutions", solutions.booklet(root / "solutions"), address),
        "record-sheet": document.page("Laboratory record", record.record(pages), address),
    }
    target.mkdir(parents=True, exist_ok=True)
    written = []
    with chromium.browser() as browser:
        for name, text in documents.items():
            source = target / f"{name}.html"
            source.write_text(text, "utf-8")
            page = chromium.opened(browser, source)
            written.append(chromium.printed(page, target / f"{name}.pdf"))
            if name == NAME:
                xhtml = epub.texts(page)
                written.append(epub.write(target / f"{name}.epub", pages, facts, xhtml, site))
            page.close()
            source.unlink()
    return written


if __name__ == "__main__":
    main()
