// Works every control of a widget as a reader would, and measures what changed and where it stood.

// Controls in the order of the Tab key. A reset and a file chooser are no part of the claim.
const CONTROLS = `.cb-body :is(button:not([disabled]), select, input:not([type=file]):not([disabled]),
  [role=application], canvas[tabindex="0"], [role=slider]:not(input), [role=grid] [tabindex="0"]:not(input))`;
// What a reader looks at: pictures, tables, results, sentences.
const UNITS = `.cb-body :is(canvas, svg, table, [data-cb], p, li, output, pre, progress, .cb-bar, .cb-box,
  .cb-sum > *)`;

// In a page of the book, which of its widgets is meant.
const scope = () => document.querySelector(window.widgetInUse?.root ?? "body");
const modelInUse = () => window.models?.[0] ?? window.convbook.find(window.widgetInUse.name);
const controlsOf = () => [...scope().querySelectorAll(CONTROLS)];
window.frame ??= () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

const units = () => [...scope().querySelectorAll(UNITS)];
const visible = (el) => el.checkVisibility() && el.getBoundingClientRect().height > 0;

function checksum(canvas) {
  if (!canvas.width || !canvas.height) return 0;
  // A copy that is made to be read: reading the widget's own canvas would slow it down.
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) sum = (sum * 31 + data[i]) | 0;
  return sum;
}

function looks(el) {
  if (!visible(el)) return "hidden";
  if (el.tagName === "CANVAS") return checksum(el);
  if (el.tagName === "svg" || el.tagName === "TABLE") return el.outerHTML;
  return [el.textContent, el.getAttribute("style"), el.className, el.value].join("|");
}

function nameOf(control) {
  const label = control.labels?.[0]?.querySelector(".cb-label, span");
  const group = control.closest("fieldset")?.querySelector("legend");
  const name = control.getAttribute("aria-label") ?? label?.textContent ?? group?.textContent ?? control.textContent;
  return name.trim().slice(0, 60);
}

function use(control) {
  const said = (type) => control.dispatchEvent(new Event(type, { bubbles: true }));
  const press = (key) => control.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const kind = control.getAttribute("role") ?? control.type ?? control.tagName;
  if (kind === "range" || kind === "number") {
    const step = control.step === "any" ? 1 : Number(control.step) || 1;
    const value = Number(control.value);
    const top = control.max === "" ? Infinity : Number(control.max);
    control.value = value + step <= top ? value + step : value - step;
    said("input");
  } else if (kind === "spinbutton") {
    press(Number(control.getAttribute("aria-valuenow")) < Number(control.getAttribute("aria-valuemax"))
      ? "ArrowUp" : "ArrowDown");
  } else if (control.tagName === "SELECT") {
    control.selectedIndex = (control.selectedIndex + 1) % control.options.length;
    said("change");
  } else if (kind === "text") {
    const typed = Number(control.value.replace(",", "."));
    control.value = Number.isFinite(typed) ? typed + 1 : 7;
    said("input");
    said("change");
  } else if (["application", "slider", "gridcell"].includes(kind) || /^(TD|CANVAS)$/i.test(control.tagName)) {
    press("ArrowRight");
  } else {
    control.click();
  }
}

const onScreen = (el, { height, header, enough }) => {
  const { top, bottom } = el.getBoundingClientRect();
  return Math.min(bottom, height) - Math.max(top, header) >= Math.min(enough, bottom - top) - 1;
};

/** Pixels of a screen that hold the control and enough of what it changed. */
function spanOf(control, effect, { enough }) {
  const a = control.getBoundingClientRect();
  const b = effect.getBoundingClientRect();
  const part = Math.min(enough, b.height);
  return Math.round(b.top >= a.top ? Math.max(a.height, b.top + part - a.top) : a.bottom - b.bottom + part);
}

/** Whether there is a place to scroll to where both are seen: a part that sticks to the screen helps. */
function together(control, effect, screen) {
  if (onScreen(control, screen) && onScreen(effect, screen)) return true;
  if (spanOf(control, effect, screen) <= screen.height - screen.header) return true;
  for (const [el, block] of [[effect, "center"], [effect, "end"], [control, "end"], [control, "start"]]) {
    el.scrollIntoView({ block });
    if (onScreen(control, screen) && onScreen(effect, screen)) return true;
  }
  return false;
}

// What the page waits for: answers of its workers, pictures, files, compiled code.
let [owed, events, heard] = [0, 0, 0];
function note(change) {
  owed += change;
  events += 1;
}
function count(owner, name) {
  const own = owner[name];
  owner[name] = async function (...given) {
    note(1);
    try {
      return await own.apply(this, given);
    } finally {
      note(-1);
    }
  };
}
count(HTMLImageElement.prototype, "decode");
for (const name of ["createImageBitmap", "fetch"]) count(window, name);
for (const name of ["compile", "instantiate"]) count(WebAssembly, name);
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (...given) {
  note(1);
  if (!this.counted) this.addEventListener("message", () => note(-1)); // one answer to each
  this.counted = true;
  return postMessage.apply(this, given);
};

/** All is drawn that follows from what was done; what goes on by itself, such as a training, never is. */
const settled = async () => {
  for (let frames = 0; frames < 30; frames += 1) {
    await window.frame();
    if (owed === 0 && heard === events) return;
    heard = events;
  }
};

function ancestorsOf(el) {
  return el.parentElement ? [el.parentElement, ...ancestorsOf(el.parentElement)] : [];
}

async function reopen() {
  [...scope().querySelectorAll(".cb-body button")].find((el) => el.textContent === "Pause")?.click();
  const model = modelInUse();
  for (const [name, value] of Object.entries(structuredClone(model.get("_opening")))) model.set(name, value);
  scope().querySelectorAll(".cb-body details").forEach((el) => {
    el.open = true;
  });
  await settled();
}

/** The controls that can be used now, and what a reader does to one of them; for measurements. */
window.controlsNow = () => controlsOf().filter(visible);
window.useControl = async (index) => {
  const control = window.controlsNow()[index];
  if (control) use(control);
  await window.frame();
  return control ? nameOf(control) : null;
};
/** The same, with the milliseconds from the input to the end of the frame that it led to. */
window.timeControl = async (index) => {
  const control = window.controlsNow()[index];
  const start = performance.now();
  if (control) use(control);
  await new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage("painted");
  }));
  return [control ? nameOf(control) : null, performance.now() - start];
};
window.reopenWidget = reopen;

/** For each control its name and what it changed: [{ control, effects: [{ name, span, seen }] }]. */
window.workAll = async (screen) => {
  document.documentElement.style.setProperty("--pst-header-height", `${screen.header}px`);
  const found = [];
  for (let index = 0; ; index += 1) {
    await reopen();
    const control = controlsOf()[index];
    if (!control) return found;
    if (!visible(control) && control.type !== "radio") continue;
    const name = nameOf(control);
    control.scrollIntoView({ block: "center" });
    const before = new Map(units().map((el) => [el, looks(el)]));
    const ancestors = [control, ...ancestorsOf(control)];
    use(control);
    await settled();
    // What removes itself has made room for another, which stands in its place.
    const place = ancestors.find((el) => el.isConnected);
    const changed = units().filter((el) => visible(el) && before.get(el) !== looks(el) && !el.contains(place) &&
      !control.contains(el) && !el.closest("label")?.contains(control));
    found.push({ control: name, effects: changed.map((el) => ({
      name: el.dataset.cb ?? el.getAttribute("aria-label") ?? el.tagName.toLowerCase(),
      span: spanOf(place, el, screen), seen: together(place, el, screen) })) });
  }
};
