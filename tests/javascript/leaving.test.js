// What was started and comes to its end after the reader has gone on: it changes nothing any more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Explorer } from "../../convbook/widgets/shared/explorer.js";
import { pictureInput } from "../../convbook/widgets/shared/picture.js";
import { defineWidget } from "../../convbook/widgets/shared/view.js";
import { callsTo } from "../../convbook/widgets/shared/worker_calls.js";

/** A promise that is settled from outside. */
function later() {
  const parts = {};
  const promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return Object.assign(promise, parts);
}
const settled = () => new Promise((done) => setImmediate(done));

/** As much of an element as is used here. A canvas gives the number of the picture that was drawn. */
class FakeElement {
  constructor() {
    Object.assign(this, { style: { removeProperty() {} }, dataset: {}, heard: {}, files: [] });
    this.classList = { add() {}, remove() {} };
  }
  append() {}
  prepend() {}
  replaceChildren() {}
  setAttribute() {}
  remove() {}
  querySelectorAll() { return []; }
  addEventListener(name, react) { this.heard[name] = react; }
  getContext() {
    let drawn;
    return { fillRect() {}, putImageData() {}, drawImage(image) { drawn = image.number; },
      getImageData: () => ({ data: Uint8ClampedArray.of(drawn, 0, 0, 255) }),
      createImageData: (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) }) };
  }
}
const made = [];
const pictures = { "one.png": later(), "two.png": later() };
Object.assign(globalThis, {
  document: { createElement: () => made[made.push(new FakeElement()) - 1] },
  requestAnimationFrame: () => 0,
  cancelAnimationFrame() {},
  MutationObserver: class {
    observe() {}
    disconnect() {}
  },
  Image: class {
    constructor() { Object.assign(this, { naturalWidth: 1, naturalHeight: 1 }); }
    set src(url) {
      this.number = Object.keys(pictures).indexOf(url) + 1;
      this.ready = pictures[url];
      this.ready?.then(() => this.onload?.());
    }
    decode() { return this.ready; }
  },
});

class Model {
  constructor(state) { Object.assign(this, { state, off() {}, on() {}, save_changes() {} }); }
  get(name) { return this.state[name]; }
  set(name, value) { this.state[name] = value; }
}

for (const end of ["resolve", "reject"]) {
  test(`a widget that is closed while it is built leaves its state alone (${end})`, async () => {
    const building = later();
    const model = new Model({ _opening: { level: 1 }, level: 5 });
    let drawn = 0;
    const widget = defineWidget({ name: "slow", title: "Slow", build(view) {
      view.onDrawn(() => { drawn += 1; });
      return building;
    } });
    const close = widget.render({ model, el: new FakeElement() });
    close();
    building[end](Error("nothing to build in"));
    await settled();
    assert.deepEqual([model.state.level, drawn], [5, 0]);
  });
}

test("a call to a worker that has ended is refused, and a late answer to nobody is no error", async () => {
  const worker = { postMessage() {} };
  const ask = callsTo(worker);
  const first = ask({ call: "open" });
  worker.onerror({ preventDefault() {} });
  await assert.rejects(first, /could not start/);
  await assert.rejects(ask({ call: "look" }), /could not start/);
  worker.onmessage({ data: { id: 1, answer: 3 } });
});

function explorerOf(ask) {
  const state = { picture_index: 0 };
  const nodes = [{ op: "input", channels: 3, height: 1, width: 1 }];
  const named = Object.keys(pictures).map((url) => ({ name: "the same name", url }));
  const remote = { apart: true, ask, closed: 0, close() { this.closed += 1; } };
  const view = { get: (name) => state[name] };
  return { state, remote, explorer: new Explorer(view, remote, { nodes, labels: ["a"], pictures: named, limits: [1],
    photographs: named.slice(0, 1), exciting: undefined }) };
}

test("the image chosen last is the one that the network holds, whichever is decoded first", async () => {
  const seen = [];
  const { state, explorer } = explorerOf(async (call, { rgba }) => {
    seen.push(rgba[0]);
    return { logits: [rgba[0]], tiles: [] };
  });
  const first = explorer.look();
  state.picture_index = 1;
  const second = explorer.look();
  pictures["two.png"].resolve();
  await settled();
  pictures["one.png"].resolve();
  assert.deepEqual((await first).logits, [2]);
  assert.deepEqual((await second).logits, [2]);
  assert.deepEqual(seen, [2]);
  const own = { rgba: Uint8ClampedArray.of(7, 0, 0, 255), height: 1, width: 1, name: "your image" };
  explorer.own = own;
  state.picture_index = -1;
  assert.deepEqual((await explorer.look()).logits, [7]);
  explorer.own = { ...own, rgba: Uint8ClampedArray.of(8, 0, 0, 255) };
  assert.deepEqual((await explorer.look()).logits, [8]);
});

test("patches are looked for no longer once the reader has left or looks at another layer", async () => {
  const asked = [];
  const answers = [];
  const { explorer, remote } = explorerOf((call, { index }) => {
    asked.push(index);
    return answers[answers.push(later()) - 1];
  });
  const place = (index) => ({ index, channel: 0, node: { width: 1 } });
  const first = explorer.patches(place(3));
  await settled();
  const second = explorer.patches(place(4));
  await settled();
  answers[0].resolve({ values: [1], places: [0] });
  assert.deepEqual(await first, []);
  explorer.close();
  answers[1].resolve({ values: [1], places: [0] });
  assert.deepEqual(await second, []);
  assert.deepEqual([asked, remote.closed], [[3, 4], 1]);
});

test("of two files the one chosen last is used, whichever is read first", async () => {
  const urls = Object.keys(pictures);
  Object.assign(pictures, { "one.png": later(), "two.png": later() });
  Object.assign(URL, { createObjectURL: () => urls.shift(), revokeObjectURL() {} });
  const used = [];
  made.length = 0;
  pictureInput(({ rgba }) => used.push(rgba[0]));
  const input = made.find((one) => one.heard.change);
  for (let i = 0; i < 2; i += 1) {
    input.files = [{ name: "mine.png", size: 1 }];
    input.heard.change();
  }
  pictures["two.png"].resolve();
  await settled();
  pictures["one.png"].resolve();
  await settled();
  assert.deepEqual(used, [2]);
});
