// Sets formulas when they come near the screen; the rest follows while nothing else is to be done.
// Until then, and wherever MathJax does not load, the browser shows the MathML that is in the page.
// MathML has the reader's fonts and takes other room than MathJax, so the formulas of a block of text
// are set unseen and come into their places together, and what is on the screen does not move.
(() => {
  const PATIENCE = 10_000; // ms until formulas far below are set for a reader who does not scroll
  const source = new URL("mathjax/startup.js", document.currentScript.src);
  const BLOCKS = "div.math, p, li, dt, dd, h1, h2, h3, h4, summary, figcaption";
  const waiting = new Map(); // block of text -> its formulas
  for (const formula of document.querySelectorAll(".math")) {
    const block = formula.closest("table") ?? formula.closest(BLOCKS) ?? formula.parentElement;
    waiting.set(block, [...(waiting.get(block) ?? []), formula]);
  }
  let ready;
  window.MathJax = {
    ...window.MathJax,
    loader: { load: ["core", "input/tex", "output/chtml", "a11y/assistive-mml"] },
    startup: { typeset: false },
  };
  const load = () =>
    (ready ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      // A formula is as large as the letters beside it, so these have to be there first.
      script.onload = () => MathJax.startup.promise.then(() => document.fonts.ready).then(resolve);
      script.onerror = () => reject(new Error(`${source} did not load`));
      document.head.append(script);
    }));
  // A formula wider than its place gets smaller, as far as it reads well; then it goes on in the next
  // line, where it has a wide space, or else before each relation. What is still too wide gets as
  // small as it can be read, and scrolls in its own box, by keyboard too.
  const READS_WELL = 0.85;
  const SMALLEST = 0.7;
  const BREAKS = [null, /^\\q?quad$/, /^(=|\\approx|\\xrightarrow|\\q?quad)$/];
  const TOKENS = /\\(?:begin|end)\{\w+\*?\}|\\[a-zA-Z]+|\\.|[^]/g;

  // The lines of TeX that is broken at each token like `mark` that stands in no brackets or matrix.
  function linesOf(tex, mark) {
    const inner = tex.replace(/^\\\[|\\\]$/g, "").trim().replace(/^\\begin\{split\}([^]*)\\end\{split\}$/, "$1");
    const lines = [""];
    let depth = 0;
    for (const token of inner.match(TOKENS) ?? []) {
      if (/^(\{|\\left|\\begin.*)$/.test(token)) depth += 1;
      if (/^(\}|\\right|\\end.*)$/.test(token)) depth -= 1;
      const breaks = depth === 0 && mark?.test(token);
      if (breaks && lines.at(-1).trim()) lines.push("");
      if (!breaks || !token.endsWith("quad")) lines[lines.length - 1] += token;
    }
    return lines.filter((line) => line.trim());
  }

  function broken(tex, mark) {
    const lines = linesOf(tex, mark).map((line) => `{${line}}`);
    return lines.length > 1 ? `\\[\\begin{gathered}${lines.join("\\\\[0.5em]")}\\end{gathered}\\]` : tex;
  }

  // Formulas that are cut off, and that MathJax will break into lines, have their room before they are
  // seen. All are measured before any grows: the page is laid out once.
  const LOWER = 0.8; // a line of MathJax's beside one of MathML's
  const GAP = 9; // px between lines
  function reserve(blocks) {
    const rooms = blocks.map((block) => {
      const wide = block.scrollWidth / block.clientWidth;
      const { bottom } = block.getBoundingClientRect();
      const movesText = bottom > 0 && bottom < innerHeight;
      return wide * READS_WELL > 1 && !movesText ? roomFor(block, wide) : "";
    });
    for (const [at, block] of blocks.entries()) block.style.minHeight = rooms[at];
  }
  function roomFor(block, wide) {
    const math = block.querySelector("[data-tex]");
    const { height } = math.getBoundingClientRect();
    const counts = BREAKS.slice(1).map((mark) => linesOf(math.getAttribute("data-tex"), mark).length);
    const count = counts.find((lines) => (wide / lines) * READS_WELL <= 1) ?? counts.at(-1);
    const more = count * LOWER * height + (count - 1) * GAP - height;
    return count > 1 ? `${block.clientHeight + more}px` : "";
  }

  async function show(place, tex) {
    if (place.shown === tex) return;
    place.shown = tex;
    MathJax.typesetClear([place]);
    place.textContent = tex;
    await MathJax.typesetPromise([place]);
  }

  async function fit(place) {
    for (const mark of BREAKS) {
      await show(place, mark ? broken(place.tex, mark) : place.tex);
      const box = place.querySelector("mjx-container");
      const base = Number.parseFloat((box.dataset.size ||= box.style.fontSize || "100%"));
      box.style.fontSize = `${base}%`;
      const fits = box.clientWidth / box.scrollWidth;
      const smallest = mark === BREAKS.at(-1) ? SMALLEST : READS_WELL;
      if (fits < 1) box.style.fontSize = `${base * Math.max(smallest, fits - 0.005)}%`;
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else return box.removeAttribute("tabindex");
    }
  }

  async function typeset(formula) {
    const math = formula.querySelector("[data-tex]");
    const place = document.createElement(formula.localName);
    place.tex = math.getAttribute("data-tex");
    const unseen = document.createElement(formula.localName);
    Object.assign(unseen.style, { position: "fixed", visibility: "hidden" });
    math.after(unseen);
    unseen.append(place);
    parts.set(formula, { math, place, unseen });
    const width = Math.min(formula.clientWidth, math.getBoundingClientRect().width);
    if (formula.localName === "span" || !width) return show(place, place.tex); // or folded away
    place.style.width = `${width}px`;
    return fit(place);
  }

  // Formulas come into their places by a move: were their own ``position`` to change, browsers would
  // not keep the text still where what changes is above the screen.
  const parts = new WeakMap(); // formula -> its MathML, its place, and what hides that
  const swap = (formulas, isSet) => {
    for (const { math, place, unseen } of formulas.map((formula) => parts.get(formula))) {
      math.style.display = isSet ? "none" : "";
      if (isSet) math.after(place);
      else unseen.append(place);
    }
  };

  // A block on the screen keeps its height where that is a few pixels more or less: the margins of a
  // formula give way. Where lines of text would move, MathML stays until the reader is past it, but
  // not where it is cut off: MathJax's formula fits.
  const FEW = [[".math", 40], ["table", 28], ["*", 8]]; // px of a formula alone, a table, and text
  const LINE = 14; // px: what goes up or down by so much stands in another line
  const ASIDE = 60; // px: so does what goes so far aside
  // Words after a formula may come into its line, or leave it, while all formulas stay: the first
  // letter and the last.
  const textsAfter = (formulas) =>
    formulas.flatMap(({ nextSibling: text }) => {
      if (text?.nodeType !== Node.TEXT_NODE || !text.data.trim()) return [];
      return [text.data.search(/\S/), text.data.trimEnd().length - 1].map((at) => {
        const letter = document.createRange();
        letter.setStart(text, at);
        letter.setEnd(text, at + 1);
        return letter;
      });
    });
  const distance = (now, before) => {
    const aside = Math.abs(now.left - before.left);
    return Math.max(Math.abs(now.top - before.top), aside > ASIDE ? aside : 0);
  };
  const unset = new Map(); // block -> its formulas, which are set and not in their places
  const held = new Set(); // blocks with a height
  const widths = new WeakMap();
  function put(block, mayMove = false) {
    const formulas = unset.get(block);
    if (!formulas) return;
    width.observe(block);
    const stands = [block, ...formulas, ...textsAfter(formulas)];
    const measured = () => stands.map((part) => part.getBoundingClientRect());
    const [box, ...before] = measured();
    const isCutOff = block.matches(".math") && block.scrollWidth > block.clientWidth;
    swap(formulas, true);
    const [newBox, ...after] = measured();
    const change = Math.abs(newBox.height - box.height);
    const jump = Math.max(...after.map((stand, index) => distance(stand, before[index])));
    const isAlone = block.matches(".math"); // then only what is below it can move
    const from = isAlone ? Math.min(box.bottom, newBox.bottom) : before[0].top;
    const isSeen = box.bottom > 0 && from < innerHeight;
    if (isSeen && !mayMove) {
      const moves = change >= 1 || jump > LINE;
      if (moves || block.style.minHeight) past.observe(block);
      const [, few] = FEW.find(([kind]) => block.matches(kind));
      const isFar = change > few || jump > Math.max(few, LINE);
      if (isFar && !isCutOff) return swap(formulas, false);
      if (moves && !isFar) {
        block.style.height = `${box.height}px`;
        held.add(block);
      }
    } else block.style.minHeight = "";
    unset.delete(block);
    for (const formula of formulas) {
      const { math, place, unseen } = parts.get(formula);
      place.style.width = "";
      math.remove();
      unseen.remove();
    }
  }
  const free = (block) => {
    past.unobserve(block);
    held.delete(block);
    block.style.height = block.style.minHeight = "";
    put(block, true);
  };
  const past = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries)
      if (!isIntersecting) requestAnimationFrame(() => free(target));
  });
  const width = new ResizeObserver((entries) => {
    for (const { target: block, contentRect } of entries) {
      const before = widths.get(block);
      if (before === contentRect.width) continue; // only its height has changed
      widths.set(block, contentRect.width);
      if (before !== undefined) free(block);
      for (const { parentElement: place } of block.querySelectorAll("mjx-container[display]"))
        last = last.then(() => fit(place));
    }
  });
  let last = Promise.resolve(); // one after the other, with time for the reader in between
  const set = (blocks) => {
    for (const block of blocks) {
      const formulas = waiting.get(block);
      if (!waiting.delete(block)) continue;
      near.unobserve(block);
      last = last.then(load);
      for (const formula of formulas)
        last = last
          .then(() => typeset(formula))
          .then(() => new Promise((resolve) => setTimeout(resolve)));
      last = last.then(() => {
        unset.set(block, formulas);
        requestAnimationFrame(() => put(block)); // where the frame's scroll has brought it
      });
    }
    return last;
  };
  const near = new IntersectionObserver(
    (entries) => set(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target)),
    { rootMargin: "600px" },
  );
  const rest = () => set([...waiting.keys()]);
  // Whoever comes by a link to a heading finds the formulas there set, although lines move: frame.js
  // keeps the heading in its place.
  const isSeen = (block) => {
    const { top, bottom } = block.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const arrive = async () => {
    if (!document.querySelector(":target")) return;
    await set([...waiting.keys()].filter(isSeen));
    [...unset.keys()].filter(isSeen).forEach(free);
  };
  addEventListener("hashchange", () => requestAnimationFrame(arrive));
  // The text is painted first, formulas on the first screen included, as MathML.
  addEventListener("load", () => {
    reserve([...waiting.keys()].filter((block) => block.matches(".math")));
    const idle = window.requestIdleCallback ?? setTimeout; // Safari has no such callback
    idle(() => waiting.forEach((_, block) => near.observe(block)));
    arrive();
  });
  for (const sign of ["scroll", "pointerdown", "keydown"])
    addEventListener(sign, rest, { once: true, passive: true });
  addEventListener("beforeprint", () => {
    for (const block of [...unset.keys(), ...held]) free(block); // paper has heights of its own
    for (const block of waiting.keys()) block.style.minHeight = "";
    rest();
  });
  setTimeout(rest, PATIENCE);
})();
