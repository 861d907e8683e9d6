// Sets formulas when they come near the screen; the rest follows while nothing else is to be done.
// Until then, and wherever MathJax does not load, the browser shows the MathML that is in the page.
(() => {
  const PATIENCE = 10_000; // ms until formulas far below are set for a reader who does not scroll
  const source = new URL("mathjax/startup.js", document.currentScript.src);
  const waiting = new Set(document.querySelectorAll(".math"));
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
      script.onload = () => MathJax.startup.promise.then(resolve);
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

  // TeX with a line break at each token like `mark` that stands in no brackets or matrix.
  function broken(tex, mark) {
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
    const text = lines.filter((line) => line.trim()).map((line) => `{${line}}`);
    return text.length > 1 ? `\\[\\begin{gathered}${text.join("\\\\[0.5em]")}\\end{gathered}\\]` : tex;
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
  const width = new ResizeObserver((entries) => {
    for (const { target: place, contentRect } of entries) {
      if (place.width === contentRect.width) continue; // only its height has changed
      place.width = contentRect.width;
      last = last.then(() => fit(place));
    }
  });

  async function typeset(formula) {
    const math = formula.querySelector("[data-tex]");
    const place = document.createElement(formula.localName);
    place.tex = math.getAttribute("data-tex");
    math.replaceWith(place);
    await show(place, place.tex);
    if (place.querySelector("mjx-container[display]")) width.observe(place);
  }
  let last = Promise.resolve(); // one after the other, with time for the reader in between
  const set = (formulas) => {
    for (const formula of formulas) {
      if (!waiting.delete(formula)) continue;
      near.unobserve(formula);
      last = last
        .then(load)
        .then(() => typeset(formula))
        .then(() => new Promise((resolve) => setTimeout(resolve)));
    }
    return last;
  };
  const near = new IntersectionObserver(
    (entries) => set(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target)),
    { rootMargin: "600px" },
  );
  const rest = () => set([...waiting]);
  // The text is painted first, formulas on the first screen included, as MathML.
  addEventListener("load", () => {
    const idle = window.requestIdleCallback ?? setTimeout; // Safari has no such callback
    idle(() => waiting.forEach((formula) => near.observe(formula)));
  });
  for (const sign of ["scroll", "pointerdown", "keydown"])
    addEventListener(sign, rest, { once: true, passive: true });
  addEventListener("beforeprint", rest);
  setTimeout(rest, PATIENCE);
})();
