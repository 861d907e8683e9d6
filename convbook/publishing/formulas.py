"""A formula is MathML in the page until MathJax has set it.

MathJax is the largest script of the site and a reader waits for it nowhere: browsers show MathML
themselves, on paper and without scripts too, in about the room that the formula will have.
``static/formulas.js`` hands the TeX beside it (``data-tex``) to MathJax when it comes near the
screen; ``offline`` brings MathJax along.
"""

import html
import json
import re
from contextlib import suppress

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.ext.mathjax import html_visit_displaymath, html_visit_math
from sphinx.util import logging

logger = logging.getLogger(__name__)
SCRIPT = "formulas.js"  # below _static
# What Sphinx writes: the opening tag, perhaps a number, TeX in its delimiters, the closing tag.
WRITTEN = re.compile(r'(<\w+[^>]*>\s*(?:<span class="eqno">.*?</span>)?)(.*)(</\w+>\s*)', re.DOTALL)
DELIMITERS = re.compile(r"^\\[(\[]|\\[)\]]$")
# Sphinx puts every formula of several lines into ``split``, one that is aligned already too.
TWICE = re.compile(
    r"\\begin\{split\}\s*(\\begin\{split\}.*\\end\{split\})\s*\\end\{split\}", re.DOTALL
)
LEFT_OVER = re.compile(r"<mi>(?:&|\\\w+)</mi>|linebreak=")  # what the converter did not understand


def mathml(tex: str, display: str) -> str:
    """MathML of TeX without delimiters; a ``ValueError`` where part of it would be shown as TeX."""
    # What is aligned is split into lines in the same way, and the converter knows this name only.
    split = tex.strip().replace("{aligned}", "{split}")
    converted = convert(TWICE.sub(r"\1", split), display=display)
    if found := LEFT_OVER.search(converted):
        raise ValueError(f"{tex!r} is not understood: it becomes {found[0]!r}")
    return converted


def with_mathml(markup: str, display: str) -> str:
    """A formula as Sphinx writes it for MathJax, with MathML in place of its TeX."""
    start, written, end = WRITTEN.fullmatch(markup).groups()
    tex = html.unescape(written).strip()
    markup = mathml(DELIMITERS.sub("", tex), display)
    return f'{start}<math data-tex="{html.escape(tex)}"{markup.removeprefix("<math")}{end}'


def visit(sphinx_visit, display):
    def visit_formula(self, node):
        before = len(self.body)
        with suppress(nodes.SkipNode):
            sphinx_visit(self, node)
        markup = "".join(self.body[before:])
        try:
            self.body[before:] = [with_mathml(markup, display)]
        except Exception as error:  # of any kind: the converter has no class for its own
            logger.warning("this formula has no MathML: %r", error, location=node)
        raise nodes.SkipNode

    return visit_formula


def use_renderer(app, config):
    config.html_math_renderer = "convbook"


def add_script(app, pagename, templatename, context, doctree):
    """As Sphinx does for MathJax: on pages with a formula, and only there."""
    if app.builder.format == "html" and app.env.get_domain("math").has_equations(pagename):
        if settings := app.config.mathjax3_config:
            app.add_js_file(None, body=f"window.MathJax = {json.dumps(settings)}")
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app):
    inline, block = visit(html_visit_math, "inline"), visit(html_visit_displaymath, "block")
    app.add_html_math_renderer("convbook", (inline, None), (block, None))
    app.connect("config-inited", use_renderer)
    app.connect("html-page-context", add_script)
