(moved) => {
  // `#KernelLab?stride=2` is a state of the widget KernelLab: it goes where the widget went.
  const go = () => {
    const fragment = location.hash.slice(1);
    const [name] = decodeURIComponent(fragment).split("?");
    const target = moved[name] ?? moved[""];
    if (target === undefined) return;
    const state = fragment.includes("?") ? fragment.slice(fragment.indexOf("?")) : "";
    const [page, anchor] = target.split("#");
    const kept = anchor === undefined ? fragment : anchor + state;
    location.replace(page + location.search + (kept && `#${kept}`));
  };
  go();
  addEventListener("hashchange", go);
}
