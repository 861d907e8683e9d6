"""What the book's search makes of the queries of students: the wanted page, and the first three.

The queries are those of ``tests/browser/queries.json``, which a test holds to 32 of 40 first and 38
among the first three. Run ``python benchmarks/search.py`` after ``make book``; it writes
``benchmarks/results/search.md``.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browsing import headless_browser  # noqa: E402

QUERIES = json.loads((HERE.parent / "tests/browser/queries.json").read_text("utf-8"))
SITE = HERE.parent / "_build" / "html"
FOUND = """(queries) => {
  const book = convbookSearch.index(convbookTexts);
  return queries.map(([query]) => book.search(query).map(({ url }) => url.replace(".html", "")));
}"""


def table(kind: str, found: list[list[str]]) -> str:
    """A list of queries as a table in Markdown, with how many lead to the page that is meant."""
    rows, ranks = [], []
    for (query, page), pages in zip(QUERIES[kind], found, strict=True):
        ranks.append(pages.index(page) + 1 if page in pages else None)
        three = " · ".join(Path(one).name for one in pages[:3])
        rows.append(f"| {query} | {Path(page).name} | {ranks[-1] or 'not found'} | {three} |")
    first, among = ranks.count(1), sum(rank in (1, 2, 3) for rank in ranks)
    head = f"## {kind.capitalize()}: {first} of {len(ranks)} first, {among} in the first three"
    columns = "| query | wanted | place | first three |\n|---|---|---|---|"
    return "\n".join([head, "", columns, *rows])


def main() -> None:
    with headless_browser() as browser:
        page = browser.new_page()
        page.goto((SITE / "search.html").as_uri())
        tables = [table(kind, page.evaluate(FOUND, rows)) for kind, rows in QUERIES.items()]
        browser.close()
    target = HERE / "results" / "search.md"
    target.write_text("\n\n".join(tables) + "\n", encoding="utf-8")
    print("\n".join(line for line in "\n".join(tables).splitlines() if line.startswith("##")))


if __name__ == "__main__":
    main()
