// What a reader looks at: whether they see something, and scrolling to it.

/** @param {Element} element */
export function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/**
 * Scrolls to the beginning of `element` once its size is known, unless that is in sight already.
 * @param {Element} element
 */
export async function bringIntoSight(element) {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const bar = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  const { top } = element.getBoundingClientRect();
  if (top < bar || top > innerHeight / 2) element.scrollIntoView({ block: "start" });
}
