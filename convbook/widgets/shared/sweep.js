// The window's way over the input, shown once when the reader comes to it: the output appears behind it.

/** How long it takes, and in how many bands: a row of pixels each would be too fast to follow. */
const [DURATION, BANDS] = [4000, 8];

/**
 * Where the window is after a share of its way, and what of the output it has left behind it.
 * @param {number} share 0 to 1
 * @param {number[]} size rows and columns of the output
 */
export function sweptTo(share, [rows, columns]) {
  const way = Math.min(BANDS - 1e-9, share * BANDS);
  const band = Math.floor(way);
  const across = way - band;
  const cell = [Math.round(((band + 0.5) / BANDS) * (rows - 1)), Math.round(across * (columns - 1))];
  const [top, bottom, right] = [band / BANDS, (band + 1) / BANDS, across].map((part) => `${(100 * part).toFixed(2)}%`);
  return { cell, left: `polygon(0 0, 100% 0, 100% ${top}, ${right} ${top}, ${right} ${bottom}, 0 ${bottom})` };
}

/**
 * Sweeps once, unless the reader wants no motion. The first touch, key or change ends it, and so
 * does whatever was not there when the page opened: then the finished output stands there at once.
 * @param {import("./view.js").View} view
 * @param {HTMLElement} pictures what has to be in sight
 * @param {HTMLElement} output
 * @param {number[]} size of the output
 * @param {(cell: number[]) => void} place puts the window over what an output reads
 * @param {() => number[]} chosen the output that the window ends on
 */
export function sweepOnce(view, pictures, output, size, place, chosen) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || !view.isOpening()) return;
  const listening = new AbortController();
  let frame = 0;
  let began = 0;
  const end = () => {
    listening.abort();
    seen.disconnect();
    cancelAnimationFrame(frame);
    output.style.removeProperty("clip-path");
    if (began > 0) place(chosen());
    began = 0;
  };
  const step = (/** @type {number} */ now) => {
    began ||= now;
    const share = (now - began) / DURATION;
    if (share >= 1 || !view.isOpening()) {
      end();
      return;
    }
    const { cell, left } = sweptTo(share, size);
    place(cell);
    output.style.clipPath = left;
    frame = requestAnimationFrame(step);
  };
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    frame = requestAnimationFrame(step);
  }, { threshold: 0.5 });
  seen.observe(pictures);
  for (const touch of ["pointerdown", "keydown", "focusin"]) {
    view.root.addEventListener(touch, end, { signal: listening.signal, capture: true });
  }
  addEventListener("touchstart", end, { signal: listening.signal, passive: true });
  addEventListener("beforeprint", end, { signal: listening.signal });
  view.onClose(end);
}
