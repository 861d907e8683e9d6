"""Small things that a typesetter would see to, and that Markdown can't say."""

import re

HEADING = re.compile(r"<h[1-4]>.*?</h[1-4]>", re.DOTALL)
# "3 × 3" and "97 %" stay on one line.
BREAKABLE = re.compile(r"(?<=\d) (?=[×%])|(?<=×) (?=\d)")
# Options that bring their own letters are a list without dots.
LETTERED = re.compile(r'<ul class="simple">(?=\s*<li><p>\(a\) )')


def typeset(app, pagename, templatename, context, doctree):
    if "body" in context:
        text = HEADING.sub(lambda heading: BREAKABLE.sub("\xa0", heading[0]), context["body"])
        context["body"] = LETTERED.sub('<ul class="simple options">', text)


def setup(app):
    app.connect("html-page-context", typeset)
