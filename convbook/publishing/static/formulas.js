// Sets formulas when they come near the screen; the rest follows while nothing else is to be done.
// MathJax is the largest script of the site, and no reader has to wait for it to read the text.
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
      script.onerror = () => {
        document.documentElement.dataset.formulas = "tex"; // show all of it (book.css)
        reject(new Error(`${source} did not load`));
      };
      document.head.append(script);
    }));
  // A formula wider than the screen scrolls in its own box: by keyboard too.
  const width = new ResizeObserver((entries) => {
    for (const { target: box } of entries) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  });
  let last = Promise.resolve(); // one after the other, with time for the reader in between
  const set = (formulas) => {
    for (const formula of formulas) {
      if (!waiting.delete(formula)) continue;
      near.unobserve(formula);
      last = last
        .then(load)
        .then(() => MathJax.typesetPromise([formula]))
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
  // The text is painted first, formulas on the first screen included, as TeX.
  addEventListener("load", () => {
    const idle = window.requestIdleCallback ?? setTimeout; // Safari has no such callback
    idle(() => waiting.forEach((formula) => near.observe(formula)));
  });
  for (const sign of ["scroll", "pointerdown", "keydown"])
    addEventListener(sign, rest, { once: true, passive: true });
  addEventListener("beforeprint", rest);
  setTimeout(rest, PATIENCE);
})();
