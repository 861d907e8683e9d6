// Marks in the side bar the pages that this reader has come to the end of, on this device.
addEventListener("DOMContentLoaded", () => {
  const KEY = "convbook:read";
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const pageOf = (/** @type {HTMLAnchorElement} */ link) =>
    link.pathname.slice(root.pathname.length).replace(/\.html$/, "");
  const links = [...document.querySelectorAll(".bd-sidenav:not(.bd-sidenav__home-link) a.reference.internal")];

  function kept() {
    try {
      const names = JSON.parse(window.convbookStorage.getItem(KEY) ?? "[]");
      return new Set(Array.isArray(names) ? names : []);
    } catch {
      return new Set();
    }
  }

  function mark(/** @type {Element} */ link, /** @type {string} */ shown, /** @type {string} */ spoken, kind = "") {
    link.querySelector(".read-mark")?.remove();
    if (!shown) return;
    const sign = document.createElement("span");
    sign.className = `read-mark ${kind}`;
    sign.innerHTML = `<span aria-hidden="true">${shown}</span><span class="visually-hidden"> (${spoken})</span>`;
    link.append(sign);
  }

  function show(/** @type {Set<string>} */ read) {
    for (const link of links) {
      const pages = [...link.closest("li").querySelectorAll("a.reference.internal")].map(pageOf);
      const done = pages.filter((page) => read.has(page)).length;
      if (done === pages.length) mark(link, "✓", "read", "whole");
      else if (done) mark(link, `${done}/${pages.length}`, `${done} of ${pages.length} pages read`);
      else mark(link, "", "");
    }
  }

  show(kept());
  const end = document.querySelector(".prev-next-area");
  if (!end) return;
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    const read = kept().add(DOCUMENTATION_OPTIONS.pagename);
    try {
      window.convbookStorage.setItem(KEY, JSON.stringify([...read]));
    } catch {} // full: the mark lasts as long as the page
    show(read);
  }).observe(end);
});
