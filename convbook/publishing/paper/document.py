"""All pages in one HTML document: cover, imprint, contents, articles."""

import html
import os
from datetime import date
from pathlib import Path

import yaml

from convbook.publishing.paper.articles import Article

HERE = Path(__file__).parent
# The formulas' markup and the place of MathJax are those of the site.
MATHJAX = """\
<script>window.MathJax = {
  loader: {load: ["core", "input/tex", "output/chtml", "a11y/assistive-mml"]},
  options: {processHtmlClass: "math"},
}</script>
<script src="{site}/_static/mathjax/startup.js"></script>"""


def facts(root: Path) -> dict[str, str]:
    """What a title page says, from the book's own configuration."""
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    return {
        "title": config["title"],
        "author": config["author"],
        "licence": config["html"]["extra_footer"],
        "date": printed_on().isoformat(),
    }


def printed_on() -> date:
    """Today, or the day that ``SOURCE_DATE_EPOCH`` names for builds that can be repeated."""
    moment = os.environ.get("SOURCE_DATE_EPOCH")
    return date.fromtimestamp(int(moment)) if moment else date.today()


def book(articles: list[Article], facts: dict, site: str) -> str:
    """The document; ``site`` is the site's address seen from where it is written."""
    for article in articles:
        for picture in article.body.find_all("img"):
            if not picture["src"].startswith(("data:", site)):
                picture["src"] = f"{site}/{picture['src']}"
    body = [cover(facts, site), contents(articles), *parts(articles)]
    return page(facts["title"], "\n".join(body), site, running_heads(articles))


def page(title: str, body: str, site: str, style: str = "") -> str:
    """One HTML document in the style of the printed book."""
    return f"""<!DOCTYPE html>
<html lang="en-GB" data-theme="light">
<head>
<meta charset="utf-8">
<title>{html.escape(title)}</title>
<link rel="stylesheet" href="{site}/_static/pygments.css">
<style>{(HERE / "static/paper.css").read_text("utf-8")}
{style}</style>
{MATHJAX.replace("{site}", site)}
</head>
<body>
{body}
</body>
</html>
"""


def cover(facts, site) -> str:
    escaped = {key: html.escape(value) for key, value in facts.items()}
    return f"""<section class="cover">
<img src="{site}/_static/logo.svg" alt="">
<h1>{escaped["title"]}</h1>
<p class="subtitle">A chapter you can run, on paper</p>
<p class="author">{escaped["author"]}</p>
</section>
<section class="imprint">
<p>{escaped["licence"]}</p>
<p>Printed from the book of {escaped["date"]}. What answers to your finger on a screen is a picture
here.</p>
<p><strong>Write your guess down before you turn to a note.</strong> Answers and hints that the book
folds away stand at the end of each section, so that you meet them after you had your own. A link
names the page that it leads to; an address outside the book stands among the notes.</p>
<p>Solutions are a booklet of their own, and the record sheet for the laboratory is a sheet to
copy.</p>
</section>"""


def contents(articles) -> str:
    lines, part = [], None
    for article in articles:
        if article.part != part:
            part = article.part
            lines.append(f'<li class="part">{html.escape(part)}</li>')
        lines.append(
            f'<li class="depth-{article.depth}"><a href="#{article.slug}">'
            f"<span>{html.escape(article.title)}</span></a>"
            f'<span class="page" data-to="{article.slug}"></span></li>'
        )
    items = "\n".join(lines)
    return f'<nav class="contents"><h1>Contents</h1><ul>\n{items}\n</ul></nav>'


def parts(articles):
    for article in articles:
        yield f'<div class="sheet-{chapter_of(article, articles).slug}">{article.body}</div>'


def chapter_of(article, articles) -> Article:
    """The page at the top of the contents that an article stands below."""
    before = articles[: articles.index(article) + 1]
    return next(one for one in reversed(before) if one.depth == 0)


def running_heads(articles) -> str:
    """A named page for each chapter, which says the chapter's title at its top."""
    rules = []
    for article in articles:
        if article.depth == 0:
            title = article.title.replace("\\", "").replace('"', "'")
            rules.append(
                f".sheet-{article.slug} {{ page: {article.slug}; }}\n"
                f'@page {article.slug} {{ @top-right {{ content: "{title}"; }} }}'
            )
    return "\n".join(rules)
