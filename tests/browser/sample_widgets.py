"""Small widgets, each for one thing that the host must do."""

import anywidget
import traitlets


class Counter(anywidget.AnyWidget):
    """A button that counts, for all its views together."""

    _esm = """
    export default {
      initialize({ model }) {
        model.set("starts", model.get("starts") + 1);
      },
      render({ model, el }) {
        const button = document.createElement("button");
        const show = () => {
          button.textContent = `${model.get("count")} after ${model.get("starts")}`;
        };
        button.className = "counter";
        button.onclick = () => {
          model.set("count", model.get("count") + 1);
          model.save_changes();
        };
        model.on("change:count change:starts", show);
        show();
        el.append(button);
      },
    };
    """
    _css = ".counter { color: rgb(1, 2, 3); }"
    caption = "A button that counts."
    count = traitlets.Int(0).tag(sync=True)
    starts = traitlets.Int(0).tag(sync=True)

    def picture(self):
        return f'<svg width="40" height="20" aria-label="A button with {self.count}"></svg>'


class Holder(anywidget.AnyWidget):
    """Says what its bytes and texts have become in the page."""

    _esm = """
    export function render({ model, el }) {
      const [first, { second }] = model.get("parts");
      const sum = (view) => new Uint8Array(view.buffer).reduce((total, byte) => total + byte, 0);
      el.innerHTML = "<p class=holder></p>";
      const say = (view) => `${view.constructor.name} ${sum(view)}`;
      el.firstChild.textContent = `${say(first)}, ${say(second)}, text ${model.get("text").length}`;
    }
    """
    parts = traitlets.List().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)


class Listener(anywidget.AnyWidget):
    """Writes down which of its callbacks are told of a change."""

    _esm = """
    export default () => ({
      render({ model, el }) {
        const heard = [];
        const once = (_, value) => {
          heard.push(`once ${value}`);
          model.off("change:value", once);
        };
        model.on("change:value", once);
        model.on("change:value", (_, value) => heard.push(`value ${value}`));
        model.on("change", () => heard.push("any"));
        model.set("value", 2);
        model.set("value", 2);
        model.set({ value: 3, other: 1 });
        el.innerHTML = "<p class=listener></p>";
        el.firstChild.textContent = heard.join(", ");
      },
    });
    """
    value = traitlets.Int(1).tag(sync=True)
    other = traitlets.Int(0).tag(sync=True)


class Broken(anywidget.AnyWidget):
    """Fails: at once, or when its button is pressed."""

    _esm = """
    export default {
      render({ model, el }) {
        if (model.get("when") === "at once") throw new Error("there are no numbers");
        const button = document.createElement("button");
        button.className = "fuse";
        button.onclick = () => { throw new Error("the number is gone"); };
        el.append(button);
      },
    };
    """
    caption = "A widget that breaks."
    when = traitlets.Unicode("at once").tag(sync=True)

    def picture(self):
        return '<svg width="40" height="20" aria-label="A broken thing"></svg>'
