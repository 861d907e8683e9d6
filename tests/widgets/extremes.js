// Puts a widget's settings to their ends, one after the other, and says where the page became too wide.

const KINDS = ["input[type=range]", "input[role=spinbutton]", "input[type=radio]", "input[type=checkbox]", "select"];
const settings = () => [...document.querySelectorAll(`.cb-body :is(${KINDS})`)]
  .filter((field) => !field.disabled && field.checkVisibility());
// One of a table's fields stands for all of them: what it holds never makes a cell wider.
const named = (field) => (field.closest("table.cb-editor") ?? field).getAttribute("aria-label") ??
  field.labels?.[0]?.querySelector(".cb-label")?.firstChild.textContent ?? field.labels?.[0]?.textContent ?? field.type;

/** What a reader does to bring a setting to its largest or its smallest value. */
function put(field, largest) {
  const said = (type) => field.dispatchEvent(new Event(type, { bubbles: true }));
  if (field.type === "checkbox") {
    if (field.checked !== largest) field.click();
  } else if (field.type === "radio") {
    const group = settings().filter(({ name }) => name === field.name);
    if (field === group.at(largest ? -1 : 0)) field.click();
  } else if (field.tagName === "SELECT") {
    field.selectedIndex = largest ? field.options.length - 1 : 0;
    said("change");
  } else {
    const end = field.getAttribute(`${field.type === "range" ? "" : "aria-value"}${largest ? "max" : "min"}`);
    if (end !== null) field.value = end;
    said("input");
  }
}

window.widened = async () => {
  const found = [];
  const look = (what) => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`${what}: ${scrollWidth} pixels`);
  };
  document.querySelectorAll(".cb-body details").forEach((fold) => {
    fold.open = true;
  });
  await window.frame();
  look("as it opens");
  for (const largest of [true, false, true]) {
    // A setting may bring others: those are found when it is their turn.
    const seen = new Set();
    for (let field; (field = settings().find((one) => !seen.has(named(one))));) {
      seen.add(named(field));
      put(field, largest);
      await window.frame();
      look(`${named(field)} ${largest ? "largest" : "smallest"}`);
    }
  }
  return found.slice(0, 4);
};
