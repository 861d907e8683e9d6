// The page of results: what is typed is looked up at once, and stays in the address.

(() => {
  const MOST = 12;
  const list = document.querySelector("#search-results ol");
  const said = document.querySelector("#search-said");
  const more = document.querySelector("#search-more");
  const field = document.querySelector(".bd-search-container input[type=search]");
  const book = convbookSearch.index(convbookTexts);

  const element = (tag, options, ...children) => {
    const made = Object.assign(document.createElement(tag), options);
    made.append(...children);
    return made;
  };

  function item({ url, title, section, terms }) {
    const whole = section.heading === title;
    const link = element("a", { href: whole ? url : `${url}#${section.id}` }, title);
    const where = whole ? [] : [element("span", { className: "search-section" }, ` › ${section.heading}`)];
    const pieces = convbookSearch.snippet(section.text, terms)
      .map(([text, found]) => (found ? element("mark", {}, text) : text));
    link.append(...where);
    return element("li", {}, link, element("p", {}, ...pieces));
  }

  function show(query) {
    const all = query.trim() ? book.search(query) : [];
    // A page that says next to nothing about it is no find until one asks for it.
    const found = all.filter(({ score }) => score > 0.02 * all[0].score).slice(0, MOST);
    const others = all.slice(found.length);
    list.replaceChildren(...found.map(item));
    more.hidden = others.length === 0;
    more.textContent = others.length === 1 ? "Show another page" : `Show ${others.length} more pages`;
    more.onclick = () => {
      const shown = others.map(item);
      list.append(...shown);
      more.hidden = true;
      said.textContent = `All ${all.length} pages, the best first.`;
      shown[0].querySelector("a").focus();
    };
    const count = found.length === 1 ? "The page that fits best" : `The ${found.length} pages that fit best`;
    const some = others.length === 0 ? `${count}.` : `${count}, of ${all.length}.`;
    const words = found.length > 0 ? some : "Nothing found. Try a single word, or another for the same thing.";
    said.textContent = query.trim() ? words : "";
  }

  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      show(field.value);
      history.replaceState(null, "", `?${new URLSearchParams({ q: field.value })}`);
    }, 120);
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(field.value);
  });
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  show(field.value);
  field.focus();
})();
