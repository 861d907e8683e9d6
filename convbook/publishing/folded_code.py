"""The code behind a figure or a widget is folded away, and stands below what it made.

A notebook says by a tag which cells are folded. A cell that does nothing but open a widget is
folded in any case: in the published page, its import is noise above what the reader came for.
"""

import ast

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

WIDGETS = "convbook.widgets"


def only_opens_a_widget(code: str) -> bool:
    """Whether a cell imports a widget, calls it or what makes one, and does nothing else.

    >>> only_opens_a_widget("from convbook.widgets import Quiz\\n\\nQuiz()")
    True
    >>> viewer = 'from convbook.widgets import GradCamViewer\\n\\nGradCamViewer.recorded("leaves")'
    >>> only_opens_a_widget(viewer)
    True
    >>> only_opens_a_widget("from convbook.widgets import Quiz\\n\\nquiz = Quiz()\\nquiz.check()")
    False
    """
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # a magic, for example
        return False
    match statements:
        case [
            ast.ImportFrom(module=module),
            ast.Expr(value=ast.Call(func=ast.Name() | ast.Attribute(value=ast.Name()))),
        ]:
            return module == WIDGETS
    return False


def fold_widget_code(app, doctree):
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code" or cell.get("hide_mode"):
            continue
        if len(cell) > 1 and only_opens_a_widget(cell[0].astext()):
            cell["hide_mode"] = "input"
            cell["prompt_show"] = "Show the code of this widget"
            cell["prompt_hide"] = app.config.nb_code_prompt_hide


class CodeBelow(SphinxPostTransform):
    """After MyST-NB has folded a cell's code (199), its output goes first."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs):
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code" and cell.get("hide_mode") == "input":
                code, *output = cell.children
                cell.children = [*output, code]


def setup(app):
    app.connect("doctree-read", fold_widget_code)
    app.add_post_transform(CodeBelow)
