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
  // A formula wider than its place gets smaller, as far as it can be read; one that is wider still
  // scrolls in its own box, by keyboard too.
  const SMALLEST = 0.7;
  const widths = new WeakMap();
  const fit = (box) => {
    const base = Number.parseFloat(box.dataset.size ||= box.style.fontSize || "100%");
    box.style.fontSize = `${base}%`;
    const fits = box.clientWidth / box.scrollWidth;
    if (fits < 1) box.style.fontSize = `${base * Math.max(SMALLEST, fits - 0.005)}%`;
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const width = new ResizeObserver((entries) => {
    for (const { target: box, contentRect } of entries) {
      if (widths.get(box) === contentRect.width) continue; // only its height has changed
      widths.set(box, contentRect.width);
      fit(box);
    }
  });
  const typeset = (formula) => {
    const math = formula.querySelector("[data-tex]");
    math?.replaceWith(math.getAttribute("data-tex"));
    return MathJax.typesetPromise([formula]);
  };
  let last = Promise.resolve(); // one after the other, with time for the reader in between
  const set = (formulas) => {
    for (const formula of formulas) {
      if (!waiting.delete(formula)) continue;
      near.unobserve(formula);
      last = last
        .then(load)
        .then(() => typeset(formula))
        .then(() => formula.querySelectorAll("mjx-container[display]").forEach((box) => width.observe(box)))
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
