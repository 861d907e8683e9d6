// The page of results: what is typed is looked up at once, and stays in the address.

(() => {
  const MOST = 12;
  const list = document.querySelector("#search-results ol");
  const said = document.querySelector("#search-said");
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
    // A page that says next to nothing about it is no find.
    const found = all.filter(({ score }) => score > 0.02 * all[0].score).slice(0, MOST);
    list.replaceChildren(...found.map(item));
    const none = "Nothing found. Try a single word, or another for the same thing.";
    const some = found.length === MOST ? `The ${MOST} pages that fit best.` : `${found.length} pages, the best first.`;
    const words = found.length > 0 ? some : none;
    said.textContent = query.trim() ? words.replace(/^1 pages.*/, "One page.") : "";
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
