"""Small things that a typesetter would see to, and that Markdown can't say."""

import re

HEADING = re.compile(r"<h[1-4]>.*?</h[1-4]>", re.DOTALL)
# "3 × 3", "97 %", "4.6 The" and "Exercise 9 ·" stay on one line.
BREAKABLE = re.compile(r"(?<=\d) (?=[×%·])|(?<=×) (?=\d)|(?<=^<h1>)(\d+\.\d+) ")
# Options that bring their own letters are a list without dots.
LETTERED = re.compile(r'<ul class="simple">(?=\s*<li><p>\(a\) )')
LETTER = re.compile(r"(?<=<li><p>)\([a-z]\)(?= )")

# What must not break: a name with a number, an expression, a section's number.
WHOLE = re.compile(
    r"\b[A-Z][A-Za-z]+-\d+\b|(?<!\S)[+−] \d+\b|(?<![\w.])\d[\d,.]*(?: [×·] ?\d[\d,.]*)+"
    r"|\bsections? \d+(?:\.\d+)?\b"
)
LONGEST = 24  # characters that are kept together
TAG = re.compile(r"(<!--.*?-->|<[^>]+>)", re.DOTALL)
ELSEWHERE = {"pre", "code", "script", "style", "svg", "math", "title", "textarea", "button"}


def typeset(app, pagename, templatename, context, doctree):
    if "body" in context:
        text = HEADING.sub(lambda heading: tied(heading[0]), context["body"])
        text = LETTERED.sub('<ul class="simple options">', text)
        text = LETTER.sub(r'<span class="letter">\g<0></span>', text)
        context["body"] = keep_whole(text)
    if "toc" in context:
        context["toc"] = tied(context["toc"])


def tied(heading: str) -> str:
    return BREAKABLE.sub(lambda space: f"{space[1] or ''}\xa0", heading)


def keep_whole(body: str) -> str:
    """The page with what must not break in spans that don't; code and formulas stay as they are.

    >>> keep_whole("<p>3 × 3 filters</p><pre>3 × 3</pre>")
    '<p><span class="whole">3 × 3</span> filters</p><pre>3 × 3</pre>'
    """
    parts, inside = [], 0
    for part in TAG.split(body):
        if part.startswith("<"):
            name = re.match(r"</?([a-z0-9]*)", part)[1]  # type: ignore[index]
            if name in ELSEWHERE and not part.endswith("/>"):
                inside += -1 if part.startswith("</") else 1
        elif not inside:
            part = WHOLE.sub(spanned, part)
        parts.append(part)
    return "".join(parts)


def spanned(found: re.Match) -> str:
    return found[0] if len(found[0]) > LONGEST else f'<span class="whole">{found[0]}</span>'


def setup(app):
    app.connect("html-page-context", typeset)
