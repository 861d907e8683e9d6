// The buttons above the text: on a narrow screen each opens a list in a drawer, where the list stands
// beside the text the first one puts it away and brings it back.
addEventListener("DOMContentLoaded", () => {
  const beside = matchMedia("(min-width: 960px)"); // as the theme's style sheet

  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-drawer]"))) {
    const list = document.getElementById(`pst-${button.dataset.drawer}-sidebar`);
    const found = document.getElementById(`pst-${button.dataset.drawer}-sidebar-modal`);
    if (list && found) connect(button, list, /** @type {HTMLDialogElement} */ (found));
    else button.hidden = true;
  }

  /** @type {(button: HTMLElement, list: HTMLElement, drawer: HTMLDialogElement) => void} */
  function connect(button, list, drawer) {
    const stands = () => button.dataset.drawer === "primary" && beside.matches;
    const say = (/** @type {boolean} */ open) => button.setAttribute("aria-expanded", `${open}`);
    const tell = () => say(drawer.open || (stands() && !list.classList.contains("away")));
    drawer.setAttribute("aria-label", button.textContent ?? "");
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
      drawer.append(...list.childNodes);
      drawer.showModal();
      drawer.querySelector(".current.active, a.current")?.scrollIntoView({ block: "center" });
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
      list.append(...drawer.childNodes);
      tell();
    });
  }
});
