// Code that a page fetches apart from its widget: a text in a lazy trait (BookWidget.shipped).

/**
 * What a lazy trait holds: a published page fetches it now, a kernel has sent it.
 * @param {import("./view.js").View} view
 * @param {string} trait
 */
export async function shippedValue(view, trait) {
  return view.model.load?.(trait) ?? view.get(trait);
}

/**
 * The module whose text a lazy trait holds.
 * @param {import("./view.js").View} view
 * @param {string} trait
 */
export async function shippedModule(view, trait) {
  const text = await shippedValue(view, trait);
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
