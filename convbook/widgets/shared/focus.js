// What has the keyboard stays in the widget.

const FOCUSABLE = "button, input, select, textarea, summary, a[href], [tabindex='0']";

/** @param {Element} element */
const usable = (element) => element.isConnected && element.checkVisibility() && !element.matches(":disabled");

/** What an element is called, whichever layer or run it belongs to. @param {Element} element */
const nameOf = (element) => (element.getAttribute("aria-label") ?? element.textContent ?? "").replace(/\d+/g, "#");

/**
 * Keeps the keyboard inside `root`: where what has the focus is removed, hidden or switched off, the
 * focus goes to its like (the same button of the layer that was moved, or of the layer after one that
 * was removed), else to what stands nearest. Returns a function that ends it.
 * @param {HTMLElement} root
 */
export function keepFocus(root) {
  /** @type {Element | null} */
  let last = null;
  /** The places of `last`: its ancestors within the widget, and how many of its like came before it. */
  let [ancestors, before] = [/** @type {Element[]} */ ([]), 0];
  const candidates = (/** @type {Element} */ part) => [...part.querySelectorAll(FOCUSABLE)].filter(usable);
  const noted = (/** @type {Element} */ element) => {
    last = element;
    ancestors = [];
    for (let up = element.parentElement; up && root.contains(up); up = up.parentElement) ancestors.push(up);
    before = [...root.querySelectorAll(element.localName)].filter((one) => nameOf(one) === nameOf(element))
      .indexOf(element);
  };
  const restore = () => {
    const gone = last;
    const lost = document.activeElement === document.body || document.activeElement === gone;
    if (!gone || usable(gone) || !lost) return;
    const alike = candidates(root).filter((one) => one.localName === gone.localName && nameOf(one) === nameOf(gone));
    const home = ancestors.find((part) => part.isConnected && candidates(part).length > 0) ?? root;
    const near = candidates(home);
    const after = gone.isConnected &&
      near.find((one) => gone.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next = alike[Math.min(before, alike.length - 1)] || after || near.at(-1);
    last = null;
    if (next instanceof HTMLElement) next.focus({ preventScroll: true });
  };
  root.addEventListener("focusin", ({ target }) => target instanceof Element && noted(target));
  root.addEventListener("focusout", ({ target, relatedTarget }) => {
    // Who leaves by their own will is not brought back; what is removed says so before it has gone.
    queueMicrotask(() => {
      if (last !== null && last === target && (relatedTarget || usable(last))) last = null;
    });
  });
  const observer = new MutationObserver(() => {
    if (last && !usable(last)) requestAnimationFrame(restore);
  });
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled", "hidden"] });
  return () => observer.disconnect();
}
