// What is wrong with a widget for a reader who forces colours, doubles the size, and uses keys only.

() => {
  const widget = document.querySelector(".cb-widget");
  const seen = (el) => el.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const style = (el) => getComputedStyle(el);
  const findings = [];
  const tell = (what, el) =>
    findings.push(`${what}: ${(el.ariaLabel ?? el.textContent).trim().slice(0, 40) || el.outerHTML.slice(0, 90)}`);

  if (document.documentElement.scrollWidth > innerWidth) findings.push("scrolls sideways");
  for (const el of widget.querySelectorAll("*")) {
    const moves = [...style(el).transitionDuration.split(","), ...style(el).animationDuration.split(",")];
    if (moves.some((time) => parseFloat(time) > 0.01)) tell("moves", el);
  }
  const controls = "button, input, select, textarea, summary, a[href], [tabindex='0']";
  for (const el of widget.querySelectorAll(controls)) {
    const drawn = el.type === "radio" ? el.nextElementSibling ?? el : el;
    if (el.matches(":disabled") || !seen(drawn)) continue;
    el.focus({ focusVisible: true });
    if (document.activeElement !== el) { tell("takes no focus", el); continue; }
    const around = [el.nextElementSibling, el];
    while (around.at(-1) !== widget) around.push(around.at(-1).parentElement);
    const ring = (one) => style(one).outlineStyle !== "none" && parseFloat(style(one).outlineWidth) > 0;
    if (!around.some((one) => one && ring(one))) tell("shows no focus", el);
  }
  document.activeElement.blur();
  const look = (el) => ["backgroundColor", "color", "borderTopColor", "borderTopWidth", "outlineStyle", "fontWeight",
    "textDecorationLine", "stroke", "strokeWidth", "borderTopStyle"].map((name) => style(el)[name]).join();
  for (const name of ["aria-pressed", "aria-selected", "aria-current"]) {
    for (const on of widget.querySelectorAll(`[${name}]:not([${name}=false])`)) {
      const off = on.parentElement.querySelector(`:scope > ${on.localName}:is([${name}=false], :not([${name}]))`);
      if (off && seen(on) && look(on) === look(off)) tell(`is chosen (${name}) and does not look so`, on);
    }
  }
  return findings;
}
