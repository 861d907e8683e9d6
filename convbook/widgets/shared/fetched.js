// What a widget fetches only once a reader asks: code that runs networks, and the large network's bytes.

/** @typedef {import("./view.js").View} View */

/**
 * A lazy trait's value: a page's host fetches it, a kernel has sent it.
 * @param {View} view
 * @param {string} trait
 */
export async function fetched(view, trait) {
  return (await view.model.load?.(trait)) ?? view.get(trait);
}

/** What a text of code, in the trait `_code`, exports. @param {View} view */
export async function fetchedCode(view) {
  const url = URL.createObjectURL(new Blob([await fetched(view, "_code")], { type: "text/javascript" }));
  return import(url);
}

/** MobileNetV2's file: a kernel sends it once it is asked to. @param {View} view @returns {Promise<DataView>} */
export async function fetchedImagenet(view) {
  if (view.model.load) return view.model.load("_imagenet");
  if (view.get("_imagenet")?.byteLength) return view.get("_imagenet");
  return new Promise((resolve) => {
    const heard = () => {
      if (!view.get("_imagenet").byteLength) return;
      view.model.off("change:_imagenet", heard);
      resolve(view.get("_imagenet"));
    };
    view.model.on("change:_imagenet", heard);
    view.onClose(() => view.model.off("change:_imagenet", heard));
    view.set({ _imagenet_wanted: true });
  });
}
