// Mounts a page's widgets with no kernel behind them: a stand-in for the model that anywidget
// front ends expect (https://anywidget.dev/en/afm/). Browsers refuse modules and fetch on file://,
// so assets are plain scripts, and a front end is imported from a blob URL.
(() => {
  const folder = document.currentScript.src.replace(/[^/]*$/, "");
  const LONGEST_FRAGMENT = 1500;
  const models = new Map(); // id -> model, shared by all views of one widget
  const assets = {}; // name -> value, filled in by the assets' own scripts
  const pending = {}; // name -> promise of that value
  const frontEnds = {}; // name -> promise of the imported front end
  const views = [...document.querySelectorAll(".afm")];
  const find = (name) => [...models.values()].find((model) => model.name === name);
  window.convbook = { models, assets, find };

  class Model {
    #listeners = {};
    #state;
    #parts;

    constructor({ name, state, parts, frontEnd }) {
      this.#state = state;
      this.#parts = parts;
      Object.assign(this, { name, frontEnd });
      const now = parts.filter((part) => !part.lazy);
      this.start = once(async () => {
        await complete(state, now);
        const { initialize } = await importFrontEnd(frontEnd);
        await initialize?.({ model: this });
      });
    }
    // What a link asks for, as far as the front end admits it; returns words about the rest.
    async propose(changes) {
      await this.start();
      const { admit } = await importFrontEnd(this.frontEnd);
      const { admitted, refused } = admit?.(this, changes) ?? { admitted: changes, refused: [] };
      this.set(admitted);
      return refused;
    }
    get(key) {
      return this.#state[key];
    }
    set(key, value) {
      const changes = typeof key === "object" ? key : { [key]: value };
      const changed = Object.keys(changes).filter((k) => !same(this.#state[k], changes[k]));
      Object.assign(this.#state, changes);
      for (const k of changed) this.#tell(`change:${k}`, changes[k]);
      if (changed.length) this.#tell("change");
    }
    // A large value that the reader has to ask for (network weights, say); a kernel sends it anyway.
    async load(trait) {
      await complete(this.#state, this.#parts.filter(({ path }) => path[0] === trait));
      return this.#state[trait];
    }
    // There is no kernel to save to, and set() has told every view: the address keeps the state.
    save_changes() {
      if (!this.keepsItself) keepInAddress(this);
    }
    send() {
      throw new Error("a published page has no kernel to send a message to");
    }
    on(events, callback) {
      for (const event of events.split(" ")) (this.#listeners[event] ??= new Set()).add(callback);
    }
    off(events, callback) {
      for (const event of events?.split(" ") ?? Object.keys(this.#listeners))
        callback ? this.#listeners[event]?.delete(callback) : delete this.#listeners[event];
    }
    #tell(event, ...values) {
      for (const callback of [...(this.#listeners[event] ?? [])]) callback(this, ...values);
    }
  }

  // What failed is done anew when it is asked for again.
  const once = (action, promise) => () =>
    (promise ??= action().catch((error) => {
      promise = undefined;
      throw error;
    }));
  const same = (a, b) =>
    a === b || (!ArrayBuffer.isView(b) && JSON.stringify(a) === JSON.stringify(b));
  // A loop: Uint8Array.from with a function takes half a second for the megabytes of a large network.
  const bytes = (base64) => {
    const text = atob(base64);
    const out = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) out[i] = text.charCodeAt(i);
    return new DataView(out.buffer);
  };

  const fetchAsset = (name) =>
    (pending[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${folder}${name}.js`;
      script.onload = () => resolve(assets[name]);
      script.onerror = () => {
        delete pending[name]; // who tries again, asks again
        const reason = navigator.onLine ? "its file did not come" : "you are offline";
        reject(Object.assign(new Error(reason), { fetching: true }));
      };
      document.head.append(script);
    }));

  // Bytes, large texts and large tables lie apart from the state: put each where its path says.
  async function complete(state, parts) {
    for (const { path, value, asset } of parts) {
      const { base64, json, text } = value ?? (await fetchAsset(asset));
      const parent = path.slice(0, -1).reduce((node, key) => node[key], state);
      parent[path.at(-1)] = json ? JSON.parse(json) : (text ?? bytes(base64));
    }
  }

  const importFrontEnd = (name) =>
    (frontEnds[name] ??= once(async () => {
      const { esm, css } = await fetchAsset(name);
      const style = document.createElement("style");
      style.textContent = css;
      document.head.append(style);
      const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
      const { default: exported, ...named } = await import(url);
      const parts = typeof exported === "function" ? await exported() : (exported ?? named);
      return { url, initialize: parts.initialize, render: parts.render, admit: parts.admit };
    }))();

  async function mount(view) {
    const stage = document.createElement("div");
    stage.className = "afm-stage";
    try {
      await view.model.start();
      await view.model.asked; // a link's state first, so that no other is ever drawn
      const { url, render } = await importFrontEnd(view.model.frontEnd);
      view.url = url;
      view.classList.add("afm-live");
      view.append(stage);
      await render({ model: view.model, el: stage });
      settle(view, stage);
    } catch (error) {
      await new Promise((done) => setTimeout(done)); // a policy's violation is told of a moment later
      stage.remove();
      view.classList.remove("afm-live"); // its picture comes back
      if (error?.fetching) return wait(view);
      view.classList.add("afm-settled");
      complain(view, error);
    }
  }

  // What could not be fetched is fetched on a press, once there is a network, and when the widget
  // comes near the screen again.
  const waiting = new Map(); // view -> its note
  function wait(view) {
    const note = document.createElement("p");
    note.className = "afm-waits";
    note.role = "status";
    const keeps = "To read a section where there is none, press “Keep this section” at the end of a page beforehand. ";
    const offline = "You are offline, so here is the widget's picture. It starts by itself once there is a network. ";
    if (navigator.onLine) note.textContent = "This widget did not arrive; here is its picture. ";
    else note.textContent = offline + (document.querySelector(".keep-offline") ? keeps : "");
    const again = document.createElement("button");
    Object.assign(again, { type: "button", className: "btn btn-sm btn-outline-primary", textContent: "Try again" });
    again.onclick = () => retry(view);
    note.append(again);
    view.append(note);
    waiting.set(view, note);
    view.away = false;
    near.observe(view);
  }
  function retry(view) {
    const note = waiting.get(view);
    if (!note) return;
    near.unobserve(view);
    waiting.delete(view);
    note.remove();
    view.model.ask?.();
    mount(view);
  }
  addEventListener("online", () => [...waiting.keys()].forEach(retry));

  // Give up the room that was kept for a widget once it fills it. A front end may go on building
  // itself after render() has returned, but not for long. A little room too much is kept for good:
  // better an empty line than text that jumps.
  function settle(view, stage) {
    const kept = parseFloat(getComputedStyle(view).minHeight) || 0;
    const done = () => {
      observer.disconnect();
      const over = kept - stage.offsetHeight;
      if (over > 0 && over < 64) view.style.minHeight = `${kept}px`;
      view.classList.add("afm-settled");
    };
    const observer = new ResizeObserver(() => stage.offsetHeight >= kept && done());
    observer.observe(stage);
    setTimeout(done, 1500);
  }

  // A site may forbid blob: URLs in its Content-Security-Policy: reloading does not help then.
  let policy = false;
  document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    if (blockedURI.startsWith("blob") && effectiveDirective.startsWith("script-src")) policy = true;
  });

  function complain(view, error) {
    const note = view.querySelector(".afm-error") ?? document.createElement("p");
    note.className = "afm-error";
    note.role = "alert";
    note.textContent = policy
      ? "The site that shows this page forbids what its widgets need, so here is a picture instead. Whoever runs " +
        "the site can allow it: add blob: to script-src in its Content-Security-Policy."
      : `Something went wrong in this widget: ${error?.message ?? error}. Reload the page to start it again.`;
    view.append(note);
  }

  // What a widget's handlers throw later carries the blob URL of its front end.
  const blame = (source, error) => {
    for (const view of document.querySelectorAll(".afm-live"))
      if (source?.includes(view.url)) complain(view, error);
  };
  addEventListener("error", (event) => blame(event.filename, event.error));
  addEventListener("unhandledrejection", ({ reason }) => blame(reason?.stack, reason));

  // What a reader changed stands in the address: after a reload, on the way back and in a shared link
  // the widget is as it was left. A long state (a drawing, say) stays out of it.
  let writing;
  function keepInAddress(model) {
    if (!navigator.userActivation?.hasBeenActive || find(model.name) !== model) return;
    clearTimeout(writing);
    writing = setTimeout(() => {
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries(model.get("_opening") ?? {}))
        if (!same(model.get(key), value)) query.set(key, JSON.stringify(model.get(key)));
      const own = location.hash.startsWith(`#${model.name}?`);
      const fragment = `#${model.name}?${query}`;
      if (fragment.length > LONGEST_FRAGMENT || !(query.size || own)) return;
      const address = query.size ? fragment : location.pathname + location.search;
      try {
        history.replaceState(history.state, "", address);
      } catch {} // a frame without an address of its own
    }, 300);
  }

  // #KernelLab?preset=%22sobel-x%22&stride=2 sets the first KernelLab of the page and goes there.
  function followFragment() {
    const [, name, query] = location.hash.match(/^#(\w+)\?(.*)$/) ?? [];
    const model = name && find(name);
    if (!model) return;
    const changes = {};
    for (const [key, value] of new URLSearchParams(query)) {
      if (model.get(key) === undefined) continue;
      try {
        changes[key] = JSON.parse(value);
      } catch {} // not a value: the widget keeps its own
    }
    const view = views.find((one) => one.model === model);
    // Where it cannot start, its place says so.
    model.ask = () => {
      model.asked = model.propose(changes).then((refused) => {
        delete model.ask;
        remark(view, refused);
      }, () => {});
    };
    model.ask();
    view.scrollIntoView();
  }

  // What a link asked for and did not get.
  function remark(view, refused) {
    view.querySelector(".afm-remark")?.remove();
    if (!refused.length) return;
    const note = document.createElement("p");
    note.className = "afm-remark";
    note.role = "status";
    note.textContent = `The link asks for what this widget cannot show: ${refused.join("; ")}.`;
    view.prepend(note);
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) target.away = true;
        else if (waiting.has(target)) target.away && retry(target);
        else {
          near.unobserve(target);
          mount(target);
        }
      }
    },
    { rootMargin: "400px" },
  );

  for (const view of views) {
    const saved = view.querySelector("script[type='application/afm+json']");
    if (saved) models.set(view.dataset.model, new Model(JSON.parse(saved.textContent)));
    view.model = models.get(view.dataset.model);
    near.observe(view);
  }
  followFragment();
  addEventListener("hashchange", followFragment);
})();
