"""A bare page that shows widgets without a kernel: what their own tests drive."""

import base64
import json

import anywidget

#: The least that a host must do for a widget: the state, and who wants to hear of its changes.
HOST = """
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
class Model {
  constructor(state, binary) {
    this.state = state;
    for (const [name, text] of Object.entries(binary)) state[name] = bytes(text);
    this.listeners = {};
  }
  get(name) { return this.state[name]; }
  set(name, value) {
    const same = JSON.stringify(this.state[name]) === JSON.stringify(value);
    if (same && !(value instanceof DataView)) return;
    this.state[name] = value;
    for (const heard of [...(this.listeners[`change:${name}`] ?? [])]) heard();
  }
  save_changes() {}
  on(event, heard) { (this.listeners[event] ??= []).push(heard); }
  off(event, heard) {
    this.listeners[event] = (this.listeners[event] ?? []).filter((other) => other !== heard);
  }
}
window.models = [];
window.mount = async (esm, state, binary, views) => {
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const model = new Model(state, binary);
  window.models.push(model);
  window.unmount = [];
  for (let i = 0; i < views; i += 1) {
    const el = document.createElement("div");
    document.body.append(el);
    window.unmount.push(widget.render({ model, el }));
  }
};
window.frame = () =>
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
window.run = async (source) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.module = await import(url);
};
window.setState = async (state, binary = {}) => {
  for (const [name, text] of Object.entries(binary)) window.models[0].set(name, bytes(text));
  for (const [name, value] of Object.entries(state)) window.models[0].set(name, value);
  await frame();
  await frame();
};
window.shown = () => Object.fromEntries(
  [...document.querySelectorAll("[data-cb]")].map((el) => [el.dataset.cb, el.textContent]));
"""


def state_of(widget) -> tuple[dict, dict]:
    """The traits a page would carry: plain values, and the binary ones as base64."""
    inherited = set(anywidget.AnyWidget.class_trait_names())
    plain, binary = {}, {}
    for name in widget.traits(sync=True):
        if name in inherited or name in ("_esm", "_css", "_anywidget_id"):
            continue
        value = getattr(widget, name)
        if isinstance(value, bytes | memoryview):
            binary[name] = base64.b64encode(bytes(value)).decode()
        else:
            plain[name] = value
    return json.loads(json.dumps(plain)), binary


def page_source(theme: str = "light") -> str:
    """The empty page, with the theme switched on as the published book does it."""
    colours = {"light": "#fff", "dark": "#121418"}
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Widget</title>'
        f"<style>body{{margin:8px;background:{colours[theme]}}}</style>"
        f"<body><script>{HOST}</script></body></html>"
    )


def load_module(page, *names: str) -> None:
    """Puts what front-end modules, and the modules that they import, export into the page."""
    from convbook.widgets import _bundle

    paths = dict.fromkeys(path for name in names for path in _bundle._joined(name))
    texts = {path: path.read_text(encoding="utf-8") for path in paths if path.suffix == ".js"}
    exported = ", ".join(
        name for text in texts.values() for name in _bundle._EXPORTED.findall(text)
    )
    joined = "\n".join(_bundle._without_modules(path, text) for path, text in texts.items())
    page.evaluate("source => run(source)", f"{joined}\nexport {{ {exported} }};")


def page_module(name: str, *own: str) -> str:
    """A widget's front end as a module that exports the named functions, its own or imported."""
    from convbook.widgets import _bundle

    text = _bundle.bundle(name).replace("export default ", "const widget = ")
    return f"{text}\nexport {{ {', '.join(own)} }};"


def read_number(text: str) -> float:
    """The number that a widget shows, whatever the book's typography did to it."""
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", "").replace("\xa0", ""))


def show(page, widget, views: int = 1) -> None:
    """Mounts a widget on the page, as a published page would, and waits until it has drawn."""
    page.add_style_tag(content=str(getattr(widget, "_css", "/* none */")))
    plain, binary = state_of(widget)
    page.evaluate(
        "([esm, state, binary, views]) => mount(esm, state, binary, views)",
        [str(widget._esm), plain, binary, views],
    )
    page.evaluate("frame()")
