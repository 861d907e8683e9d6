// What has the keyboard stays in the widget.

const FOCUSABLE = "button, input, select, summary, a[href], [tabindex='0']";
const FOLLOWS = 4; // Node.DOCUMENT_POSITION_FOLLOWING, of two that are both in the page

/** @param {Element} part @returns {HTMLElement[]} */
const fieldsIn = (part) => [.../** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll(FOCUSABLE))];

/** @param {Element} element */
const usable = (element) => element.isConnected && element.checkVisibility() && !element.matches(":disabled");

/** What an element is called, whichever layer or run it belongs to. @param {Element} element */
const nameOf = (element) => (element.ariaLabel ?? element.textContent ?? "").replace(/\d+/g, "");

/**
 * Keeps the keyboard inside `root`: where what has the focus is removed, hidden or switched off, the
 * focus goes to its like (the same button of the layer that was moved, or of the layer after one that
 * was removed), else to what stands nearest. Returns a function that ends it.
 * @param {HTMLElement} root
 */
export function keepFocus(root) {
  /** What had the focus last, and its ancestors. @type {HTMLElement[]} */
  let path = [];
  /** How many of its like came before it. */
  let before = 0;
  const alikeIn = (/** @type {HTMLElement[]} */ fields) => fields.filter((one) => nameOf(one) === nameOf(path[0]));
  const restore = () => {
    const [gone, ...ancestors] = path;
    if (!gone || usable(gone) || ![gone, document.body].some((one) => one === document.activeElement)) return;
    const fields = (/** @type {Element} */ part) => fieldsIn(part).filter(usable);
    const alike = alikeIn(fields(root));
    const near = fields(ancestors.find((part) => part.isConnected && fields(part).length > 0) ?? root);
    const next = alike[before] ?? alike.at(-1) ??
      near.find((one) => gone.compareDocumentPosition(one) === FOLLOWS) ?? near.at(-1);
    path = [];
    next?.focus({ preventScroll: true });
  };
  root.addEventListener("focusin", (event) => {
    path = /** @type {HTMLElement[]} */ (event.composedPath());
    path.length = path.indexOf(root) + 1;
    before = alikeIn(fieldsIn(root)).indexOf(path[0]);
  });
  // Who leaves by their own will is not brought back; what is removed says so before it has gone.
  root.addEventListener("focusout", ({ target, relatedTarget }) => queueMicrotask(() => {
    if (target === path[0] && (relatedTarget || usable(path[0]))) path = [];
  }));
  const observer = new MutationObserver(() => {
    if (path.length > 0 && !usable(path[0])) requestAnimationFrame(restore);
  });
  observer.observe(root, { childList: true, subtree: true, attributeFilter: ["disabled", "hidden"] });
  return () => observer.disconnect();
}
