// The buttons above the text: on a narrow screen each opens a list in a drawer, where the list stands
// beside the text the first one puts it away and brings it back.
addEventListener("DOMContentLoaded", () => {
  const LISTS = {
    primary: ["pst-primary-sidebar", "pst-primary-sidebar-modal"],
    page: ["page-headings", "page-contents"],
  };
  const beside = matchMedia("(min-width: 960px)"); // as the theme's style sheet

  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-drawer]"))) {
    const names = LISTS[/** @type {keyof typeof LISTS} */ (button.dataset.drawer)];
    const [list, found] = names.map((name) => document.getElementById(name));
    if (list && found) connect(button, list, /** @type {HTMLDialogElement} */ (found));
    else button.hidden = true;
  }
  showWhereOneIs(document);
  markHeading();
  addEventListener("load", holdPlace); // earlier, no heading is known as the target
  addEventListener("hashchange", holdPlace);

  // The heading that is being read is the last one above the upper third of the window; at the page's end,
  // where no heading can come that high any more, the last one in sight.
  function markHeading() {
    const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("#page-headings a"));
    const heads = [...links].map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    let [marked, asked] = [-1, false];
    const mark = () => {
      asked = false;
      const ended = scrollY + innerHeight > document.documentElement.scrollHeight - 4; // pixels
      const line = ended ? innerHeight : innerHeight / 3;
      const now = heads.findLastIndex((head) => head && head.getBoundingClientRect().top < line);
      if (now === marked) return;
      for (const [at, link] of links.entries()) {
        link.classList.toggle("active", at === now);
        if (at === now) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      marked = now;
    };
    addEventListener("scroll", () => {
      if (!asked) requestAnimationFrame(mark);
      asked = true;
    }, { passive: true });
    if (links.length) mark();
  }

  // A heading that a link leads to stays in its place while what stands above it still grows, for some
  // seconds and until the reader does anything.
  function holdPlace() {
    const target = document.querySelector(":target"); // none for an address that means nothing
    const text = document.querySelector("article");
    if (!target || !text) return;
    const SIGNS = ["wheel", "touchmove", "pointerdown", "keydown", "hashchange"];
    const grown = new ResizeObserver(() => target.scrollIntoView({ behavior: "instant" }));
    const leave = () => {
      grown.disconnect();
      clearTimeout(settled);
      for (const sign of SIGNS) removeEventListener(sign, leave);
    };
    const settled = setTimeout(leave, 5000); // milliseconds: a slow machine sets formulas for so long
    grown.observe(text);
    for (const sign of SIGNS) addEventListener(sign, leave, { passive: true });
  }

  // Only the list of pages scrolls, below the book's name and the search: the open page is brought into sight.
  /** @type {(root: ParentNode) => void} */
  function showWhereOneIs(root) {
    const pages = root.querySelector(".sidebar-primary-item:has(> .bd-links)");
    const here = [...(pages?.querySelectorAll("li.active > a") ?? [])].at(-1);
    if (!pages || !here) return;
    const [box, entry] = [pages, here.parentElement ?? here].map((part) => part.getBoundingClientRect());
    if (entry.bottom > box.bottom) pages.scrollTop += entry.top - box.top - box.height / 4;
  }

  /** @type {(button: HTMLElement, list: HTMLElement, drawer: HTMLDialogElement) => void} */
  function connect(button, list, drawer) {
    const stands = () => button.dataset.drawer === "primary" && beside.matches;
    const say = (/** @type {boolean} */ open) => button.setAttribute("aria-expanded", `${open}`);
    const tell = () => say(drawer.open || (stands() && !list.classList.contains("away")));
    const name = (button.textContent ?? "").trim();
    drawer.setAttribute("aria-label", name);
    const close = Object.assign(document.createElement("button"), { type: "button", className: "frame-close" });
    close.setAttribute("aria-label", "Close");
    close.textContent = "×";
    close.addEventListener("click", () => drawer.close());
    const title = Object.assign(document.createElement("h2"), { className: "frame-title" });
    title.textContent = name;
    const added = button.dataset.drawer === "page" ? [close, title] : [close]; // the other begins with the book's name
    tell();
    beside.addEventListener("change", () => {
      if (stands()) drawer.close();
      tell();
    });

    button.addEventListener("click", () => {
      if (stands()) {
        list.classList.toggle("away");
        return tell();
      }
      drawer.classList.add(...list.classList);
      drawer.append(...added, ...list.childNodes);
      drawer.showModal();
      showWhereOneIs(drawer);
      return tell();
    });

    drawer.addEventListener("click", (event) => {
      const { left, right } = drawer.getBoundingClientRect();
      const outside = event.target === drawer && (event.clientX < left || event.clientX > right);
      if (outside || /** @type {Element} */ (event.target).closest("a[href], .search-button__button")) drawer.close();
    });
    // Sphinx's script for marked words takes this key from the browser, which would close by itself.
    document.addEventListener("keydown", ({ key }) => key === "Escape" && drawer.open && drawer.close());
    drawer.addEventListener("close", () => {
      drawer.className = "";
      for (const one of added) one.remove();
      list.append(...drawer.childNodes);
      tell();
    });
  }
});
