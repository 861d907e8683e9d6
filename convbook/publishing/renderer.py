"""Widgets in a page that has no kernel.

By default a page loads a widget manager and the widgets' front ends from three other hosts, and
still leaves every anywidget dead. Here a view becomes a ``<div>`` that holds the widget's picture,
its caption and its state; ``static/host.js`` brings it to life. A widget that is not an anywidget
cannot live in such a page, and the build warns of it.
"""

import hashlib
import html
import io
import json
import re
from base64 import b64decode

from docutils import nodes
from myst_nb.core.render import WIDGET_STATE_MIMETYPE, NbElementRenderer
from PIL import Image

from convbook.publishing import assets, heights
from convbook.publishing.saved_widget import SavedWidget

INLINE = 2_000  # characters of a text, or of bytes in base64, that may stay in the page
LINKS = ("LinkModel", "DirectionalLinkModel")  # jslink and jsdlink of ipywidgets
NO_PICTURE = "An interactive figure: it works in this page with JavaScript, or in JupyterLab."
PLAIN = "no-scaled-link"  # no link to the picture alone, which Sphinx adds where a size is given
# As the writer says how large a picture is: exactly, where on a telephone it has less room.
SIZE = re.compile(
    rf'(<figure>\s*<img\b[^>]*?) class="{PLAIN}"([^>]*?) style="width: (\d+)px; height: (\d+)px;"'
)


class StaticWidgetRenderer(NbElementRenderer):
    """The entry point ``convbook`` of ``myst_nb.renderers``."""

    def __init__(self, *args):
        super().__init__(*args)
        self._views = []

    def render_widget_view(self, data):
        # The notebook may still be running: what its widgets hold is known when it has finished.
        view = nodes.container()
        self._views.append((view, data.content["model_id"], data.line))
        return [view]

    def render_nb_finalise(self, metadata):
        saved = metadata.get("widgets", {}).get(WIDGET_STATE_MIMETYPE, {}).get("state", {})
        if any(model["model_name"] in LINKS for model in saved.values()):
            self._warn("a link between widgets needs a kernel; make it part of their front end")
        shown = set()
        for view, model_id, line in self._views:
            model = saved.get(model_id, {"model_name": "a widget whose state was not saved"})
            if model.get("model_module") == "anywidget":
                view += self._render(SavedWidget(model), model_id, model_id in shown, line)
                shown.add(model_id)
            else:
                self._warn(f"{model['model_name']} is not an anywidget and needs a kernel", line)
                view += nodes.paragraph(text="This control works in JupyterLab, not in this page.")

    def _render(self, widget, model_id, again, line):
        for path in widget.front_end_files():
            self.renderer.sphinx_env.note_dependency(str(path))
        for trait in widget.inner_widgets():
            self._warn(f"{widget.name}.{trait} holds another widget, which needs a kernel", line)
        model = {"name": widget.name, **self._share(widget)}
        room = html.escape(heights.reserved(model))
        yield raw(f'<div class="afm" data-model="{html.escape(model_id)}" style="{room}">')
        yield from self._still(widget)
        if not again:  # further views of a model share its state
            yield raw(f'<script type="application/afm+json">{script_json(model)}</script>')
        yield raw("</div>")

    def _share(self, widget):
        """What a page says of a model; its front end and its large values lie apart."""
        env = self.renderer.sphinx_env
        state, parts = widget.split(INLINE)
        for part in parts:
            if any(len(content) > INLINE for content in part["value"].values()):
                part["asset"] = assets.store(env, part.pop("value"))
        return {"state": state, "parts": parts, "frontEnd": assets.store(env, widget.front_end())}

    def _still(self, widget):
        """Its picture and caption: until it is alive, where scripts are off, and in print."""
        yield raw("<figure>")
        markup = widget.picture()
        if markup:
            content, suffix = picture_file(markup)
            name = hashlib.sha256(content).hexdigest() + suffix
            uri = self.write_file([name], content, exists_ok=True)
            alt = described(markup) or f"{widget.name} as the page opens"
            size = drawn_size(markup) if suffix == ".svg" else image_size(content)
            yield nodes.image(uri=uri, alt=alt, classes=[PLAIN] if size else [], **size)
        caption = html.escape(widget.caption() or NO_PICTURE, quote=False)
        yield raw(f"<figcaption>{caption}</figcaption></figure>")

    def _warn(self, message, line=0):
        self.logger.warning(message, subtype="static_widget", line=line)


def raw(markup):
    return nodes.raw("", markup, format="html")


def script_json(value) -> str:
    """JSON that is safe inside ``<script>``: it can neither end it nor open a comment."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def picture_file(markup: str) -> tuple[bytes, str]:
    """The content and suffix of the image file that a picture's markup stands for."""
    data = re.search(r'src="data:image/([a-z]+)[^,"]*;base64,([^"]+)"', markup)
    if data:
        return b64decode(data[2]), f".{data[1]}"
    if not markup.lstrip().startswith("<svg"):
        raise ValueError(
            f"a widget's picture() starts with {markup[:40]!r}; "
            'it must be an <svg> or an <img src="data:image/...;base64,...">'
        )
    if "xmlns=" not in markup:
        markup = markup.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return markup.encode(), ".svg"


def drawn_size(markup: str) -> dict[str, str]:
    """Width and height in pixels of a drawing that has a width, so that its place is kept free."""
    root = re.search(r"<svg\b[^>]*>", markup)
    width = root and re.search(r'\bwidth="([\d.]+)"', root[0])
    shape = root and re.search(r'\bviewBox="\S+ \S+ ([\d.]+) ([\d.]+)"', root[0])
    if not (width and shape):
        return {}
    height = float(width[1]) * float(shape[2]) / float(shape[1])
    return {"width": f"{float(width[1]):.0f}", "height": f"{height:.0f}"}


def image_size(content: bytes) -> dict[str, str]:
    """Width and height of an image file in pixels, which are also those of the page."""
    with Image.open(io.BytesIO(content)) as image:
        return {"width": str(image.width), "height": str(image.height)}


def described(markup: str) -> str:
    """The description that a picture's markup carries, as plain text."""
    found = re.search(r'(?:aria-label|alt)="([^"]*)"|<title>([^<]*)</title>', markup)
    return html.unescape(found[1] or found[2]) if found else ""


def keep_places(app, pagename, templatename, context, doctree):
    """Sizes of widgets' pictures as attributes: those keep the place and its shape at any width."""
    if "body" in context:
        context["body"] = SIZE.sub(r'\1\2 width="\3" height="\4"', context["body"])


def use_renderer(app, config):
    config.nb_render_plugin = "convbook"  # the name of the entry point


def setup(app):
    app.connect("config-inited", use_renderer)
    app.connect("html-page-context", keep_places)
