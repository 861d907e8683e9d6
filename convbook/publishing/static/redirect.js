(moved) => {
  const nameIn = (fragment) => {
    try {
      return decodeURIComponent(fragment).split("?")[0];
    } catch {
      return fragment; // nothing here has such a name, and a stray % is no reason to fail
    }
  };
  // `#KernelLab?stride=2` is a state of the widget KernelLab: it goes where the widget went.
  const go = () => {
    const fragment = location.hash.slice(1);
    const target = moved[nameIn(fragment)] ?? moved[""];
    if (target === undefined) return;
    const state = fragment.includes("?") ? fragment.slice(fragment.indexOf("?")) : "";
    const [page, anchor] = target.split("#");
    const kept = anchor === undefined ? fragment : anchor + state;
    location.replace(page + location.search + (kept && `#${kept}`));
  };
  go();
  addEventListener("hashchange", go);
}
